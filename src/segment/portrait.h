// SPDX-License-Identifier: MIT
/**
 * @file portrait.h
 * How a row behaves, on the axes that the user names: engagement, money, promotions.
 */
#ifndef PEREBOR_SEGMENT_PORTRAIT_H
#define PEREBOR_SEGMENT_PORTRAIT_H

#include "perebor/dataset.h"
#include "perebor/status.h"
#include "segment/settings.h"
#include "statistics/density_valley.h"

/** Where an axis is cut, and of several columns what makes them comparable. */
typedef struct segment_axis_cuts {
    double *center, *scale; /**< [n_columns] mean and standard deviation (ddof 1); of a single
                                 column 0 and 1 */
    double from[SEGMENT_MAX_BANDS]; /**< [n_bands - 1] where each band but the first begins */
    perebor_valley valley;          /**< The valley of an axis that is cut at one. */
} segment_axis_cuts;

/** Starts as {0}; released with segment_portrait_release(). */
typedef struct segment_portrait {
    size_t n_axes, n_rows;
    segment_axis_cuts *axes; /**< [n_axes] */
    uint8_t *bands;          /**< [n_axes][n_rows] or SEGMENT_NO_BAND */
} segment_portrait;

/**
 * Places rows on every axis.
 *
 * @param[in] like  Rows of the same settings whose cuts are taken; NULL: these rows make them.
 *
 * @retval PEREBOR_ERR_FORMAT  A column is not there or holds no numbers.
 */
PEREBOR_MUST_CHECK perebor_status segment_portrait_make(
    segment_portrait *portrait, const perebor_dataset *dataset, const segment_settings *settings,
    const segment_portrait *like, const char *experiment, perebor_error *error);

/** Whether an axis that is cut at a valley has one: above this share of the lower mode there is
 * none to speak of. */
bool segment_valley_is_clear(const perebor_valley *valley);

void segment_portrait_release(segment_portrait *portrait);

#endif
