// SPDX-License-Identifier: MIT
/**
 * @file discovery.h
 * Rules that are found: descriptions of rows among which what is predicted comes true more often
 * (subgroup.h), as conditions in SQL that may be taken into the experiment.
 *
 * They are sought among the rows of training; those of the test part have no say, so that they show
 * what a rule is worth.
 */
#ifndef PEREBOR_SEGMENT_DISCOVERY_H
#define PEREBOR_SEGMENT_DISCOVERY_H

#include "base/arena.h"
#include "perebor/dataset.h"
#include "perebor/status.h"
#include "segment/settings.h"

/** What is said of a subgroup. */
typedef struct segment_discovered {
    const char *name;  /**< "R1" */
    const char *words; /**< "pages <= 5, kind = toys" */
    const char *where; /**< The same as a condition in SQL. */
} segment_discovered;

/** Starts as {0}; released with segment_discoveries_release(). */
typedef struct segment_discoveries {
    subgroups found;
    segment_discovered *items; /**< [found.n] */
    size_t n_columns;
    const perebor_column **columns; /**< [n_columns] of the dataset, as they were searched */
    bool has_labels;                /**< Without the target nothing can be found. */
} segment_discoveries;

/**
 * Searches.
 *
 * @param[in] is_test  [dataset->n_rows] 1 for rows of the test part; NULL: there is none.
 * @param[in] like     Whose rules are taken; NULL: they are sought.
 * @param     arena    For names.
 *
 * @retval PEREBOR_ERR_FORMAT  The settings name a column that is not there.
 */
PEREBOR_MUST_CHECK perebor_status segment_discover(
    segment_discoveries *discoveries, const perebor_dataset *dataset, const uint8_t *is_test,
    const segment_discovery *settings, const segment_discoveries *like, perebor_arena *arena,
    const char *experiment, perebor_error *error);

void segment_discoveries_release(segment_discoveries *discoveries);

#endif
