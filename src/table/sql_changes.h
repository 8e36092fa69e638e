// SPDX-License-Identifier: MIT
/**
 * @file sql_changes.h
 * Which cells the statements of a step have touched.
 *
 * SQLite keeps numbers, not their digits: 1.50 comes back as 1.5. A cell that no statement touched
 * gets its digits back; one that was updated or inserted is what SQLite says it is, though it be
 * the same number. The columns of a statement are known when it is prepared, its rows while it
 * runs.
 */
#ifndef PEREBOR_TABLE_SQL_CHANGES_H
#define PEREBOR_TABLE_SQL_CHANGES_H

#include <sqlite3.h>

#include "table/table.h"

/** Opaque; borrows the tables as they were before. */
typedef struct sql_changes sql_changes;

PEREBOR_MUST_CHECK perebor_status sql_changes_create(sql_changes **changes, const table *tables,
                                                     size_t n_tables, perebor_error *error);

void sql_changes_free(sql_changes *changes);

/** Before a statement is prepared. */
void sql_changes_begin_statement(sql_changes *changes);

/** What a statement is about to do: a sql_guard_observer. */
void sql_changes_observe(void *context, int action, const char *first, const char *second);

/** A row that a statement has changed: for sqlite3_update_hook. */
void sql_changes_row(void *context, int action, const char *database, const char *name,
                     sqlite3_int64 rowid);

/** False once memory ran out while rows were noted. */
bool sql_changes_complete(const sql_changes *changes);

/** Whether a table was dropped, altered, or given other rowids: nothing of it is as before. */
bool sql_changes_replaced(const sql_changes *changes, size_t table);

/** Whether a row of that rowid is the one that was there before. */
bool sql_changes_keeps_row(const sql_changes *changes, size_t table, size_t rowid);

/** Whether a cell of a row that was kept has been updated. */
bool sql_changes_touched(const sql_changes *changes, size_t table, size_t column, size_t rowid);

#endif
