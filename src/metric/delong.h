// SPDX-License-Identifier: MIT
/**
 * @file delong.h
 * How sure an area under the ROC curve is, and whether two of them on the same rows differ.
 *
 * DeLong, DeLong and Clarke-Pearson, "Comparing the areas under two or more correlated receiver
 * operating characteristic curves: a nonparametric approach", Biometrics 44 (1988), computed from
 * midranks in O(n log n) as in Sun and Xu, "Fast implementation of DeLong's algorithm", IEEE Signal
 * Processing Letters 21 (2014). Rows are taken as independent of each other: an out-of-fold AUC
 * that a search selected is too good, and no interval of this kind knows (corrected_selection.h).
 */
#ifndef PEREBOR_METRIC_DELONG_H
#define PEREBOR_METRIC_DELONG_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/** An AUC and an interval that is to hold the AUC of all rows there could be. */
typedef struct perebor_auc_interval {
    double auc;       /**< The bits of perebor_roc_auc(). */
    double variance;  /**< NaN if a class has one row. */
    double dof;       /**< That of the variance; NaN if it is NaN or 0. */
    double low, high; /**< In [0, 1]; NaN where the variance is, or if the AUC is 0 or 1. */
} perebor_auc_interval;

/** Two AUCs on the same rows. */
typedef struct perebor_auc_comparison {
    double auc[2];
    double covariance[2][2];
    double dof;        /**< That of the difference's variance; NaN if it is NaN or 0. */
    double difference; /**< auc[0] - auc[1] */
    double low, high;  /**< The interval of the difference, on its own scale. */
    double z, p; /**< For no difference, two-sided; 0 and 1 for equal placements of every row; NaN
                    where the difference has no variance. */
} perebor_auc_comparison;

/**
 * An AUC with an interval on the logit scale, where it is nearer to normal and stays inside [0, 1].
 *
 * @param[in]  labels    [n_rows] 0 or 1.
 * @param[in]  scores    [n_rows] no NaN; n_rows below 2^32.
 * @param[in]  level     Of confidence, between 0 and 1: 0.95.
 * @retval PEREBOR_ERR_NUMERIC  A class is absent.
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status perebor_delong(perebor_auc_interval *interval,
                                                 const uint8_t *labels, const double *scores,
                                                 size_t n_rows, double level, perebor_error *error);

/** Makes the bounds of an AUC and its variance, on the logit scale. */
void perebor_auc_bound(perebor_auc_interval *interval, double level);

/**
 * Compares two scores of the same rows.
 *
 * @param[in] scores  [2][n_rows], as above.
 * @retval others     As perebor_delong().
 */
PEREBOR_MUST_CHECK perebor_status perebor_delong_compare(perebor_auc_comparison *comparison,
                                                         const uint8_t *labels,
                                                         const double *const scores[2],
                                                         size_t n_rows, double level,
                                                         perebor_error *error);

/** What few rows prove: a class of ten has a variance that is itself unsure. */
typedef struct perebor_few_rows {
    double low, high; /**< The AUC's, on the logit scale; or the difference's, on its own. */
    double p;         /**< Both sides: of an AUC of 1/2; of no difference. */
} perebor_few_rows;

/**
 * The interval and the test of DeLong's variance by Student's t in the place of the normal
 * distribution, with Satterthwaite's degrees of freedom: those of the classes' variances s_1^2 /
 * n_1 and s_0^2 / n_0, as in Welch's test. For one AUC it is the test of Brunner and Munzel, "The
 * nonparametric Behrens-Fisher problem", Biometrical Journal 42 (2000), but for its logit scale.
 * NaN where DeLong's are. docs/explanation/honest-scores.md says how often either errs.
 */
perebor_few_rows perebor_auc_of_few(const perebor_auc_interval *interval, double level);

/** The same of the difference of two AUCs. */
perebor_few_rows perebor_auc_difference_of_few(const perebor_auc_comparison *comparison,
                                               double level);

#endif
