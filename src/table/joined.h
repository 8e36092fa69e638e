// SPDX-License-Identifier: MIT
/**
 * @file joined.h
 * Tables joined row by row. Nothing is copied: a joined row is a row number in each table.
 */
#ifndef PEREBOR_TABLE_JOINED_H
#define PEREBOR_TABLE_JOINED_H

#include "table/key_index.h"
#include "table/name_index.h"
#include "table/table.h"

/** One column of the joined table. */
typedef struct table_joined_column {
    const char *name;
    size_t part;   /**< Which of the joined tables it is in. */
    size_t column; /**< Which column of that. */
    bool is_key;   /**< Identifies a row: never a feature. */
    bool is_extra; /**< Its table is joined for passthrough columns only. */
} table_joined_column;

/** Zero-initialised when empty. Borrows the tables. */
typedef struct table_joined {
    table **parts;   /**< [n_parts]; the first is the base. */
    uint32_t **rows; /**< [n_parts][n_rows] row of each part, TABLE_NO_ROW: no partner. */
    size_t n_parts;
    table_joined_column *columns; /**< [n_columns] in table order, the key once. */
    size_t n_columns;
    name_index names; /**< Names of the columns. */
    size_t n_rows;
} table_joined;

static inline table_cell table_joined_cell(const table_joined *joined,
                                           const table_joined_column *column, size_t row) {
    uint32_t part_row = joined->rows[column->part][row];
    return part_row == TABLE_NO_ROW
               ? TABLE_MISSING
               : joined->parts[column->part]->columns[column->column].cells[part_row];
}

/** The decimal mark of a column's texts. */
char table_joined_decimal(const table_joined *joined, const table_joined_column *column);

/** Where the cell of a joined row came from; its base row if there is none. */
const char *table_joined_place(const table_joined *joined, const table_joined_column *column,
                               size_t row, char place[TABLE_PLACE_SIZE]);

/**
 * What may be the matter where columns are not found: a header that is none, a delimiter that is
 * another; else, of a single table, the names that it has. "" or "; …", in the arena.
 */
const char *table_joined_hint(perebor_arena *arena, const table_joined *joined);

/** The place of a column, an error with the nearest name if there is none. */
PEREBOR_MUST_CHECK perebor_status table_joined_require(const table_load *load,
                                                       const table_joined *joined, const char *name,
                                                       perebor_position at, size_t *column,
                                                       perebor_error *error);

void table_joined_release(table_joined *joined);

#endif
