// SPDX-License-Identifier: MIT
/**
 * @file typing_rows.h
 * What the rows of a dataset are known by.
 */
#ifndef PEREBOR_TABLE_TYPING_ROWS_H
#define PEREBOR_TABLE_TYPING_ROWS_H

#include "perebor/dataset.h"
#include "table/typing_cells.h"

/**
 * Checks that a column identifies rows, unless it is that of the groups or the key of a join, which
 * has been checked.
 *
 * @param[in] id, group  TABLE_NO_COLUMN if none.
 * @retval PEREBOR_ERR_FORMAT  A row without an id, or two rows with one.
 */
PEREBOR_MUST_CHECK perebor_status typing_check_ids(const typing *typing, size_t id, size_t group,
                                                   perebor_error *error);

/**
 * Counts the rows of a dataset and gives them ids and the numbers that they had in the base table.
 *
 * @param[in] id  TABLE_NO_COLUMN: rows are known by these numbers.
 */
PEREBOR_MUST_CHECK perebor_status typing_rows(const typing *typing, size_t id,
                                              perebor_dataset *dataset, perebor_error *error);

#endif
