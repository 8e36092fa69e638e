// SPDX-License-Identifier: MIT
/**
 * @file change_list.h
 * The smallest changes of rows as a table for programs.
 */
#ifndef PEREBOR_REPORT_CHANGE_LIST_H
#define PEREBOR_REPORT_CHANGE_LIST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/json.h"
#include "explain/change_space.h"
#include "explain/smallest_change.h"
#include "h5/file_tree.h"
#include "perebor/dataset.h"
#include "perebor/status.h"
#include "report/list_table.h"

/**
 * A line a row: id, outcome, exact, probability_before, probability, cost, and in to:COLUMN what
 * each actionable column becomes, as the tables have it.
 *
 * @param[in] group  /explain/change
 * @return Whether the group is as it should be.
 */
bool change_list_of_stage(list_table *table, const h5_node *group, const perebor_dataset *dataset);

/** What would change the prediction of one row. */
typedef struct listed_change {
    uint32_t row;
    const smallest_change *change;
    const change_space *space;
    const double *values; /**< [space->n_domains] as smallest_change_find() gave them. */
} listed_change;

/** Writes the line of one row. @retval PEREBOR_ERR_MEMORY */
PEREBOR_MUST_CHECK perebor_status change_list_write_csv(FILE *stream, const listed_change *listed,
                                                        const perebor_dataset *dataset,
                                                        perebor_error *error);

/** Adds the member "changes", of one row, to an object. @retval PEREBOR_ERR_MEMORY */
PEREBOR_MUST_CHECK perebor_status change_list_put_json(perebor_json *json,
                                                       const listed_change *listed,
                                                       const perebor_dataset *dataset,
                                                       perebor_error *error);

#endif
