// SPDX-License-Identifier: MIT
/**
 * @file segmented_rows.h
 * The rows of a search as `perebor segment` left them, and the reasons that `perebor explain`
 * found: what offers start from.
 */
#ifndef PEREBOR_RUN_SEGMENTED_ROWS_H
#define PEREBOR_RUN_SEGMENTED_ROWS_H

#include "base/arena.h"
#include "h5/file_tree.h"
#include "offer/advice_figures.h"
#include "offer/offer_rows.h"
#include "perebor/result_file.h"
#include "run/study.h"

/** Starts as {0}; released with segmented_rows_release(). */
typedef struct segmented_rows {
    perebor_arena arena;
    const h5_node *group; /**< /segments */
    const int8_t *kinds;  /**< [n_segments] segment_kind */
    const int32_t *cell;  /**< [n_rows] the segment that is its cell; 0: none. */
    segment_worth worth;  /**< Its arrays are in the arena or the result. */
    segment_bands risk, worth_bands;
    offer_rows rows;
} segmented_rows;

/**
 * Reads them.
 *
 * @param[in] result  Outlives them, as the study does.
 * @param[in] file    What to call the result in messages.
 *
 * @retval PEREBOR_ERR_CONFLICT  There are no segments, or not of the model that is there.
 * @retval PEREBOR_ERR_FORMAT    They are not what `perebor segment` writes.
 */
PEREBOR_MUST_CHECK perebor_status segmented_rows_read(segmented_rows *segmented,
                                                      const perebor_study *study,
                                                      const perebor_result *result,
                                                      const char *file, perebor_error *error);

/**
 * Reads what is said of the segments.
 *
 * @param[out] descriptions  Borrowed from the result.
 * @retval PEREBOR_ERR_FORMAT  They are not what `perebor segment` writes.
 */
PEREBOR_MUST_CHECK perebor_status segmented_rows_describe(const segmented_rows *segmented,
                                                          segment_descriptions *descriptions,
                                                          perebor_error *error);

void segmented_rows_release(segmented_rows *segmented);

#endif
