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
    double variance;  /**< The mean's, corrected; NaN with one score. */
    double dof;       /**< Degrees of freedom: J - 1; of perebor_conservative_t() k - 1. */
    double low, high; /**< mean -+ t sd, t of so many degrees of freedom. */
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

/**
 * The same where it must not err more often than is said, whatever the learner: the test that
 * verdicts go by.
 *
 * Nadeau and Bengio's correlation of two scores, 1/k, is that of means over the validation rows: it
 * holds where the fitted model is nearly the same in every fold. Where training rows decide, a
 * score is a sum over pairs of a validation row and a training row, and each row of a pair plays
 * either part in some fold: a direction w fitted to columns that say little scores w x, symmetric
 * in both. Two splits then share the pairs that both of them part, whichever way:
 *
 *     2 (k - 1) / k^2 of them if they are of different repeats, 1 / (k - 1) if of the same,
 *
 * of which the greater is taken for the correlation (k > 3: the former, about twice 1/k). The
 * degrees of freedom are k - 1, those of one repeat, as further repeats cut the same rows anew: s^2
 * has not J - 1. More than ten folds count as ten: a choice that training rows make alike in nearly
 * every fold is one draw, however many folds there are. docs/explanation/compared-searches.md says
 * how often either test errs.
 *
 * @param[in] n         Scores: folds of all repeats.
 * @param[in] n_splits  Folds of a repeat, k. With 2 the variance is not bounded, as the rows of one
 *                      fold train the other: all is NaN.
 */
perebor_resampled_mean perebor_conservative_t(const double *scores, size_t n, size_t n_splits,
                                              double level);

#endif
