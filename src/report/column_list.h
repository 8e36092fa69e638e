// SPDX-License-Identifier: MIT
/**
 * @file column_list.h
 * What a model does with its columns, for programs: the groups that run/column_stage.h describes,
 * as they are in a file, as tables.
 */
#ifndef PEREBOR_REPORT_COLUMN_LIST_H
#define PEREBOR_REPORT_COLUMN_LIST_H

#include <stdio.h>

#include "base/json.h"
#include "h5/file_tree.h"
#include "perebor/dataset.h"
#include "perebor/status.h"

/** What there is to be listed. */
typedef enum column_listing {
    COLUMN_LIST_IMPORTANCE,   /**< A line a set of columns: single ones, and then clusters. */
    COLUMN_LIST_SHAPES,       /**< A line a point of a curve, column by column. */
    COLUMN_LIST_INTERACTIONS, /**< A line a pair, the strongest first. */
    COLUMN_LIST_CHANGES,      /**< A line a row of the dataset. */
    COLUMN_LISTINGS,
} column_listing;

/** "importance", "shapes", "interactions", "changes", NULL. */
extern const char *const column_listing_names[];

/** Whether a stage has one of them; NULL is a stage that is not there.
 * @retval PEREBOR_ERR_ARGUMENT  It does not. */
PEREBOR_MUST_CHECK perebor_status column_list_check(const h5_node *stage, column_listing listing,
                                                    perebor_error *error);

/**
 * Writes one of them as CSV.
 *
 * @param[in] stage    /explain of a file.
 * @param[in] dataset  Of the same columns and rows.
 *
 * @retval PEREBOR_ERR_ARGUMENT  As column_list_check().
 * @retval PEREBOR_ERR_FORMAT    It is not as it should be.
 */
PEREBOR_MUST_CHECK perebor_status column_list_write_csv(FILE *stream, column_listing listing,
                                                        const h5_node *stage,
                                                        const perebor_dataset *dataset,
                                                        perebor_error *error);

/** Adds a member for each that the stage has to an object. @retval PEREBOR_ERR_FORMAT */
PEREBOR_MUST_CHECK perebor_status column_list_put_json(perebor_json *json, const h5_node *stage,
                                                       const perebor_dataset *dataset,
                                                       perebor_error *error);

#endif
