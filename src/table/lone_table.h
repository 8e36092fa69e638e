// SPDX-License-Identifier: MIT
/**
 * @file lone_table.h
 * One table read by itself, as text and numbers: for whoever wants its cells and no dataset.
 */
#ifndef PEREBOR_TABLE_LONE_TABLE_H
#define PEREBOR_TABLE_LONE_TABLE_H

#include "table/table.h"

/** Starts as {0}; ended with lone_table_release(). */
typedef struct lone_table {
    table_load load;
    perebor_tables_spec spec;
    perebor_source_report source; /**< What was read. */
    perebor_arena texts;          /**< Texts of the report. */
    table table;
} lone_table;

/**
 * Reads a CSV file, or a table or query of a SQLite database, with nothing done to it.
 *
 * @retval PEREBOR_ERR_IO      It cannot be read.
 * @retval PEREBOR_ERR_FORMAT  It is no such table, or has no rows.
 */
PEREBOR_MUST_CHECK perebor_status lone_table_read(lone_table *lone,
                                                  const perebor_table_source *source,
                                                  perebor_error *error);

/** The text of a cell, "" for a missing value. @param[in] buffer  Receives it if it is a number. */
const char *lone_table_text(const lone_table *lone, size_t column, size_t row,
                            char buffer[TABLE_DECIMAL_TEXT_SIZE]);

/** The number in a cell; NaN if it is a missing value or no number. */
double lone_table_number(const lone_table *lone, size_t column, size_t row);

void lone_table_release(lone_table *lone);

/** Reads what a source names into a table of a load, and says what was read. */
PEREBOR_MUST_CHECK perebor_status table_read_source(table_load *load,
                                                    const perebor_table_source *source,
                                                    perebor_source_report *report, table *table,
                                                    perebor_error *error);

#endif
