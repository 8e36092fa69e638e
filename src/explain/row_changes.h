// SPDX-License-Identifier: MIT
/**
 * @file row_changes.h
 * The smallest changes (smallest_change.h) of many rows, a unit each.
 */
#ifndef PEREBOR_EXPLAIN_ROW_CHANGES_H
#define PEREBOR_EXPLAIN_ROW_CHANGES_H

#include <stddef.h>
#include <stdint.h>

#include "explain/explain_part.h"
#include "explain/smallest_change.h"

/** What is asked. Borrows everything. */
typedef struct changes_question {
    const perebor_fitted_pipeline *pipeline;
    const perebor_dataset *dataset;
    const change_space *space;
    double threshold;
} changes_question;

/** The answers for every row of the dataset; owns its arrays. */
typedef struct row_changes {
    changes_question question;
    smallest_change *changes; /**< [n_rows] */
    double *values;           /**< [n_rows][space->n_domains] what the columns become. */
} row_changes;

/** @param[out] changes  Stays where it is; released with row_changes_release(). */
PEREBOR_MUST_CHECK perebor_status row_changes_begin(row_changes *changes,
                                                    const changes_question *question,
                                                    perebor_error *error);

void row_changes_release(row_changes *changes);

/** Its units. The changes must outlive the part. */
explain_part row_changes_part(row_changes *changes);

#endif
