// SPDX-License-Identifier: MIT
/**
 * @file segmentation.h
 * Scored rows put into segments: the cells of a matrix of risk and worth, and the user's rules.
 */
#ifndef PEREBOR_SEGMENT_SEGMENTATION_H
#define PEREBOR_SEGMENT_SEGMENTATION_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "perebor/dataset.h"
#include "perebor/status.h"
#include "segment/segment_profile.h"
#include "segment/settings.h"
#include "segment/worth.h"

/** Where a segment comes from. Values are stored in result files: never renumber. */
typedef enum segment_kind {
    SEGMENT_ALL = 0,  /**< Every row: what the others are seen beside. */
    SEGMENT_CELL = 1, /**< A band of risk and a band of worth; a row is in one cell at most. */
    SEGMENT_RULE = 2, /**< Rows that a condition picks; a row may be in several. */
} segment_kind;

/** "all", "cell", "rule", NULL. */
extern const char *const segment_kind_names[];

typedef struct segment {
    const char *name;
    segment_kind kind;
    const char *note; /**< What the user says of it; "" if nothing. */
    segment_profile profile;
} segment;

/** What is known of the rows. Everything is borrowed. */
typedef struct segment_rows {
    const perebor_dataset *dataset;
    const double *probabilities; /**< [n_rows] */
    const double *lower, *upper; /**< [n_rows] bounds of them */
} segment_rows;

/** Starts as {0}; released with segmentation_release(). */
typedef struct segmentation {
    perebor_arena arena;
    segment_worth worth;
    size_t n_rows, n_segments, n_traits;
    segment *segments;     /**< [n_segments] all, the cells that have a row, the rules */
    segment_trait *traits; /**< [n_traits] */
    uint8_t *members;      /**< [n_segments][n_rows] 1 for a member */
    uint32_t *cell;        /**< [n_rows] the segment of its cell; 0: of none. */
} segmentation;

/**
 * Puts rows into segments and describes these.
 *
 * @param[in] settings    Outlive the segmentation, as the rows do.
 * @param[in] experiment  The file's name, for messages.
 *
 * @retval PEREBOR_ERR_FORMAT  The settings name what the data does not have.
 */
PEREBOR_MUST_CHECK perebor_status segmentation_make(segmentation *made, const segment_rows *rows,
                                                    const segment_settings *settings,
                                                    const char *experiment, perebor_error *error);

/** The segment of a name; NULL if there is none. */
const segment *segmentation_find(const segmentation *made, const char *name);

void segmentation_release(segmentation *made);

#endif
