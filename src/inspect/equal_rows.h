// SPDX-License-Identifier: MIT
/**
 * @file equal_rows.h
 * Rows that are equal in some columns.
 */
#ifndef PEREBOR_INSPECT_EQUAL_ROWS_H
#define PEREBOR_INSPECT_EQUAL_ROWS_H

#include "table/table.h"

/** Cells by which rows are compared. */
typedef struct cell_rows {
    const table_cell **columns; /**< [n_columns][n_rows] */
    size_t n_columns, n_rows;
} cell_rows;

/**
 * Finds, for every row, the first row that equals it: itself for most.
 *
 * @param[out] first  [n_rows]
 */
PEREBOR_MUST_CHECK perebor_status table_find_equal_rows(const cell_rows *rows, uint32_t *first,
                                                        perebor_error *error);

#endif
