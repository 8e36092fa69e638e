// SPDX-License-Identifier: MIT
/**
 * @file score_curve.h
 * What every threshold of a score would accept: the points of ROC and precision-recall curves.
 */
#ifndef PEREBOR_METRIC_SCORE_CURVE_H
#define PEREBOR_METRIC_SCORE_CURVE_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/** Rows with a score of the threshold or more, of each class. */
typedef struct score_curve_point {
    double threshold; /**< +infinity accepts nobody. */
    double n_true_positive, n_false_positive;
} score_curve_point;

/** Starts as {0}; ended with score_curve_release(). */
typedef struct score_curve {
    score_curve_point *points; /**< [n] by falling threshold: nobody first, everybody last. */
    size_t n;
} score_curve;

/**
 * One point for each distinct score, or, where these are more than @p most, those that are at least
 * 2 / @p most apart in the sum of both rates: no point that is left out is farther than that from
 * one that stays.
 *
 * @param[in] labels  [n_rows] 0 or 1, both present.
 * @param[in] scores  [n_rows] no NaN; n_rows below 2^32.
 * @param[in] most    At least 2.
 *
 * @retval PEREBOR_ERR_NUMERIC  A class is absent.
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status score_curve_make(score_curve *curve, const uint8_t *labels,
                                                   const double *scores, size_t n_rows, size_t most,
                                                   perebor_error *error);

void score_curve_release(score_curve *curve);

#endif
