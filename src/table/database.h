// SPDX-License-Identifier: MIT
/**
 * @file database.h
 * SQLite databases: as sources, read only, and in memory for the tables of a load.
 */
#ifndef PEREBOR_TABLE_DATABASE_H
#define PEREBOR_TABLE_DATABASE_H

#include <sqlite3.h>

#include "table/table.h"

/** Reads the table or the query result that a source names. */
PEREBOR_MUST_CHECK perebor_status table_read_database(table *table, perebor_source_report *report,
                                                      table_load *load,
                                                      const perebor_table_source *source,
                                                      perebor_error *error);

/**
 * Reads all rows of a statement into a table whose names are set; columns from @p first_column.
 *
 * Numbers become the shortest text that reads back as they are.
 *
 * @param[in] where  What is read, for messages.
 */
PEREBOR_MUST_CHECK perebor_status table_read_statement(table *table, table_load *load,
                                                       sqlite3_stmt *statement, int first_column,
                                                       const char *where, perebor_error *error);

/** Copies a table into a database; its table_rowid_name() is the number of the row, from 1. */
PEREBOR_MUST_CHECK perebor_status table_write_database(sqlite3 *database, const table_load *load,
                                                       const table *table, perebor_error *error);

#endif
