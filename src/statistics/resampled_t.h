// SPDX-License-Identifier: MIT
/**
 * @file resampled_t.h
 * What the scores of the folds of a cross-validation, plain or repeated, say of their expectation.
 *
 * The J scores share training rows and are no independent sample: their variance over J is far too
 * small. Nadeau and Bengio, "Inference for the generalization error", Machine Learning 52 (2003),
 * section 4, estimate the variance of the mean as (1/J + n_test / n_train) s^2, which takes the
 * correlation of two scores for n_test / (n_test + n_train); Bouckaert and Frank, "Evaluating the
 * replicability of significance tests for comparing learning algorithms" (PAKDD 2004), use it for
 * repeated k-fold cross-validation, where n_test / n_train = 1 / (k - 1). The correlation is a
 * guess, not an estimate (none without bias exists: Bengio and Grandvalet, JMLR 5, 2004).
 */
#ifndef PEREBOR_STATISTICS_RESAMPLED_T_H
#define PEREBOR_STATISTICS_RESAMPLED_T_H

#include <stddef.h>

/** A mean with its interval, and a test of its being 0. */
typedef struct perebor_resampled_mean {
    double mean;
    double variance;  /**< Of the mean, corrected; NaN of one score. */
    double low, high; /**< mean -+ t sd, t of J - 1 degrees of freedom. */
    double t, p;      /**< Corrected resampled t of expectation 0, and both its tails; t is 0 and p
                         1 if every score is 0, NaN if all are equal and not 0. */
} perebor_resampled_mean;

/**
 * @param[in] scores  [n] of every fold of every repeat; or their differences between two trials,
 *                    for the paired test.
 * @param[in] test_to_train  Rows of a validation part over those of a training part: 1 / (k - 1) of
 *                           k folds.
 * @param[in] level   Of confidence, between 0 and 1: 0.95.
 */
perebor_resampled_mean perebor_resampled_t(const double *scores, size_t n, double test_to_train,
                                           double level);

#endif
