// SPDX-License-Identifier: MIT
/**
 * @file gain.h
 * What is gained by acting on the rows with the highest scores first: lift and gain by tenths.
 */
#ifndef PEREBOR_METRIC_GAIN_H
#define PEREBOR_METRIC_GAIN_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/** One part of the rows, of the highest scores first. */
typedef struct perebor_gain_part {
    size_t n;
    double lowest_score;    /**< In it; NaN if it is empty. */
    double n_positive;      /**< Not whole where a tie lies across its ends. */
    double positive_share;  /**< n_positive / n, */
    double lift;            /**< and how many times that of all rows; NaN if it is empty. */
    double gain;            /**< The share of all positives in this part and those before it, */
    double cumulative_lift; /**< and the lift of these together; NaN if they are empty. */
} perebor_gain_part;

/**
 * Cuts the rows, by falling score, into parts as equal as can be: part k ends at row
 * floor((k + 1) n / n_parts). Rows of one score share their positives evenly, whatever the order in
 * which they stand: what a part has is what it is expected to have with ties drawn at random.
 *
 * @param[out] parts   [n_parts] 10 for deciles.
 * @param[in]  labels  [n_rows] 0 or 1.
 * @param[in]  scores  [n_rows] no NaN, n_rows below 2^32.
 * @retval PEREBOR_ERR_ARGUMENT  No parts.
 * @retval PEREBOR_ERR_NUMERIC   No positive rows.
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status perebor_gain(perebor_gain_part *parts, size_t n_parts,
                                               const uint8_t *labels, const double *scores,
                                               size_t n_rows, perebor_error *error);

#endif
