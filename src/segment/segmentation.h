// SPDX-License-Identifier: MIT
/**
 * @file segmentation.h
 * Scored rows put into segments: the cells of a matrix of risk and worth, the user's rules, the
 * bands of a portrait, drivers, clusters, and rules that are found.
 */
#ifndef PEREBOR_SEGMENT_SEGMENTATION_H
#define PEREBOR_SEGMENT_SEGMENTATION_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "perebor/dataset.h"
#include "perebor/status.h"
#include "segment/clustering.h"
#include "segment/discovery.h"
#include "segment/driver.h"
#include "segment/portrait.h"
#include "segment/segment_profile.h"
#include "segment/settings.h"
#include "segment/worth.h"

/** Where a segment comes from. Values are stored in result files: never renumber. */
typedef enum segment_kind {
    SEGMENT_ALL = 0,      /**< Every row: what the others are seen beside. */
    SEGMENT_CELL = 1,     /**< A band of risk and a band of worth; a row is in one cell at most. */
    SEGMENT_RULE = 2,     /**< Rows that a condition picks; a row may be in several. */
    SEGMENT_PORTRAIT = 3, /**< A band of an axis of the portrait; a row is in one of each axis. */
    SEGMENT_DRIVER = 4,   /**< Rows of one main reason; a row is in one at most. */
    SEGMENT_CLUSTER = 5,  /**< A row is in one at most. */
    SEGMENT_DISCOVERED = 6, /**< Rows that a rule picks that was found; a row may be in several. */
} segment_kind;

enum { SEGMENT_N_KINDS = SEGMENT_DISCOVERED + 1 };

/** "all", "cell", "rule", "portrait", "driver", "cluster", "discovered", NULL. */
extern const char *const segment_kind_names[];

typedef struct segment {
    const char *name;
    segment_kind kind;
    const char *note;  /**< What the user says of it; "" if nothing. */
    const char *where; /**< The condition in SQL of a rule, also of one that was found; else "". */
    segment_profile profile;
} segment;

/** What is known of the rows. Everything is borrowed. */
typedef struct segment_rows {
    const perebor_dataset *dataset;
    const double *probabilities;    /**< [n_rows] */
    const double *lower, *upper;    /**< [n_rows] bounds of them */
    const uint8_t *is_test;         /**< [n_rows] 1 for rows of the test part; NULL: not known */
    const segment_reasons *reasons; /**< NULL: rows are not explained. */
    uint64_t seed;                  /**< The seed of all draws. */
} segment_rows;

/** Starts as {0}; released with segmentation_release(). */
typedef struct segmentation {
    perebor_arena arena;
    const segment_rows *rows;
    const segment_settings *settings;
    const perebor_column *consent; /**< NULL: not said. */
    segment_worth worth;
    segment_portrait portrait;
    segment_clustering clustering;   /**< Has no columns if none is asked for. */
    segment_discoveries discoveries; /**< Have no columns if none are asked for. */
    size_t n_rows, n_segments, n_traits;
    segment *segments;     /**< [n_segments] all, the cells that have a row, rules, bands of the
                                portrait, drivers, clusters, rules that were found */
    segment_trait *traits; /**< [n_traits] */
    uint8_t *members;      /**< [n_segments][n_rows] 1 for a member */
    uint32_t *cell;        /**< [n_rows] the segment of its cell; 0: of none. */
    uint32_t *cluster, *driver; /**< [n_rows] likewise */
} segmentation;

/**
 * Puts rows into segments and describes these.
 *
 * @param[in] settings    Outlive the segmentation, as the rows do.
 * @param[in] like        Other rows by the same settings: bands, quantiles, clusters and found
 *                        rules are as these have them. NULL: these rows make them.
 * @param[in] experiment  The file's name, for messages.
 *
 * @retval PEREBOR_ERR_FORMAT  The settings name what the data does not have.
 */
PEREBOR_MUST_CHECK perebor_status segmentation_make(segmentation *made, const segment_rows *rows,
                                                    const segment_settings *settings,
                                                    const segmentation *like,
                                                    const char *experiment, perebor_error *error);

/** The segment of a name, or the only one whose name begins so; NULL if there is none. */
const segment *segmentation_find(const segmentation *made, const char *name);

void segmentation_release(segmentation *made);

#endif
