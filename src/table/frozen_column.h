// SPDX-License-Identifier: MIT
/**
 * @file frozen_column.h
 * Cells of a column → numbers, or places among the levels that a schema has.
 */
#ifndef PEREBOR_TABLE_FROZEN_COLUMN_H
#define PEREBOR_TABLE_FROZEN_COLUMN_H

#include "perebor/dataset.h"
#include "table/typing_cells.h"

/**
 * A column as the schema has it. Values that are none of its levels are n_levels + 1 in a nominal
 * column and missing in an ordinal or boolean one.
 *
 * @param[in]  column   Of the joined tables; TABLE_NO_COLUMN: there is none, all values are
 * missing.
 * @param[in]  frozen   Of the schema.
 * @param[out] result   Its values are in the arena of the dataset, its name and levels the
 * schema's.
 * @param[out] unknown  What is none of the levels, in the arena of the report; n_rows 0: nothing.
 *
 * @retval PEREBOR_ERR_FORMAT    Text in a numeric column.
 * @retval PEREBOR_ERR_CONFLICT  The experiment takes a level of a boolean column for the other.
 */
PEREBOR_MUST_CHECK perebor_status frozen_column(const typing *typing, size_t column,
                                                const perebor_column *frozen,
                                                perebor_column *result,
                                                perebor_unknown_values *unknown,
                                                perebor_error *error);

/**
 * The target of every row: 1 or 0 for the schema's classes, -1 for a missing value or neither.
 *
 * @param[out] report  Its members about the target are filled.
 */
PEREBOR_MUST_CHECK perebor_status frozen_labels(const typing *typing, size_t target,
                                                const perebor_dataset *schema,
                                                perebor_frozen_report *report,
                                                perebor_error *error);

#endif
