// SPDX-License-Identifier: MIT
/**
 * @file worth.h
 * What may be lost with every row, and who comes first.
 */
#ifndef PEREBOR_SEGMENT_WORTH_H
#define PEREBOR_SEGMENT_WORTH_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/dataset.h"
#include "perebor/status.h"
#include "segment/settings.h"

/** The band of a row that has no value. */
enum { SEGMENT_NO_BAND = UINT8_MAX };

/** Starts as {0}; released with segment_worth_release(). */
typedef struct segment_worth {
    size_t n_rows;
    size_t n_without_value; /**< Rows whose value is missing. */
    double *value;          /**< [n_rows] of one period; NaN where it is missing. */
    double *at_risk;        /**< [n_rows] probability · value · horizon · share lost. */
    uint32_t *rank;         /**< [n_rows] 1 for whoever comes first. */
    uint8_t *risk, *worth;  /**< [n_rows] band, or SEGMENT_NO_BAND. */
    double worth_from[SEGMENT_MAX_BANDS]; /**< The values at which the bands of worth begin. */
} segment_worth;

/**
 * Values rows.
 *
 * Rows are ranked by probability; of equal ones the more valuable comes first, then the one whose
 * identifier comes first as a number or, where it is none, as text, then the one that was read
 * first. A row without a value ranks as one that is worth nothing.
 *
 * @param[in] probabilities  [dataset->n_rows] in [0, 1].
 * @param[in] like           Whose bands of worth are taken; NULL: these rows make them.
 * @param[in] experiment     The file's name, for messages.
 *
 * @retval PEREBOR_ERR_FORMAT  The column of values is not there or holds no numbers.
 */
PEREBOR_MUST_CHECK perebor_status segment_worth_make(segment_worth *worth,
                                                     const perebor_dataset *dataset,
                                                     const double *probabilities,
                                                     const segment_settings *settings,
                                                     const segment_worth *like,
                                                     const char *experiment, perebor_error *error);

void segment_worth_release(segment_worth *worth);

#endif
