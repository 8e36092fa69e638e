// SPDX-License-Identifier: MIT
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "table/database.h"
#include "table/sql_changes.h"
#include "table/sql_guard.h"
#include "table/steps.h"

/** The tables after the statements, beside those before. */
typedef struct results {
    table *tables; /**< [n_tables] */
    size_t n_tables, capacity;
} results;

/** A step under way. */
typedef struct sql_step {
    table_load *load;
    const perebor_clean_step *step;
    sqlite3 *database;
    sql_guard guard;
    sql_changes *changes;
} sql_step;

/** Why a statement failed: what the guard refused, or what SQLite says. */
static perebor_status fail_sql(sql_step *sql, perebor_error *error) {
    perebor_status verdict = sql_guard_verdict(&sql->guard);
    if (verdict == PEREBOR_ERR_STOPPED) {
        return perebor_fail(error, verdict, "stopped while a step of data.clean was running");
    }
    if (verdict != PEREBOR_OK) {
        return table_fail_at(sql->load, sql->step->at, error, "sql: %s", sql->guard.reason);
    }
    if (sqlite3_errcode(sql->database) == SQLITE_NOMEM) {
        return perebor_no_memory(error, "to load tables");
    }
    return table_fail_at(sql->load, sql->step->at, error, "sql: %s%s",
                         sqlite3_errmsg(sql->database),
                         sql->load->schema != NULL ? "; tables to predict from need every table "
                                                     "and column that the statement names"
                                                   : "");
}

static perebor_status open_memory(sqlite3 **database, perebor_error *error) {
    if (sql_guard_open(":memory:", database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) !=
        SQLITE_OK) {
        return perebor_no_memory(error, "to load tables");
    }
    // The statements work on the tables of the experiment and on no file.
    (void)sqlite3_limit(*database, SQLITE_LIMIT_ATTACHED, 0);
    return PEREBOR_OK;
}

static perebor_status copy_in(sql_step *sql, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    if (sqlite3_exec(sql->database, "BEGIN", NULL, NULL, NULL) != SQLITE_OK) {
        return fail_sql(sql, error);
    }
    for (size_t i = 0; i < sql->load->n_tables; i++) {
        PEREBOR_TRY(done,
                    table_write_database(sql->database, sql->load, &sql->load->tables[i], error));
    }
    // The user's own statements may begin a transaction.
    if (sqlite3_exec(sql->database, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
        status = fail_sql(sql, error);
    }
done:
    return status;
}

/** Runs the first statement of a text. @param[out] rest  What follows it. */
static perebor_status run_statement(sql_step *sql, const char *text, const char **rest,
                                    perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    sqlite3_stmt *statement = NULL;
    int code = SQLITE_DONE;
    sql_changes_begin_statement(sql->changes);
    sql->guard.statement = text;
    if (sqlite3_prepare_v2(sql->database, text, -1, &statement, rest) != SQLITE_OK) {
        return fail_sql(sql, error);
    }
    while (statement != NULL && (code = sqlite3_step(statement)) == SQLITE_ROW) {
    }
    if (code != SQLITE_DONE || sql_guard_verdict(&sql->guard) != PEREBOR_OK) {
        status = fail_sql(sql, error);
    } else if (!sql_changes_complete(sql->changes)) {
        status = perebor_no_memory(error, "to load tables");
    }
    (void)sqlite3_finalize(statement);
    return status;
}

static perebor_status run_statements(sql_step *sql, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    sql->guard.observer = sql_changes_observe;
    sql->guard.context = sql->changes;
    sql_guard_watch(&sql->guard, sql->database, sql->step->timeout_seconds);
    (void)sqlite3_update_hook(sql->database, sql_changes_row, sql->changes);
    const char *rest = sql->step->sql;
    while (*rest != '\0') {
        PEREBOR_TRY(done, run_statement(sql, rest, &rest, error));
    }
done:
    return status;
}

/** Gives cells that no statement touched their digits back, and rows the lines that they had. */
static perebor_status restore(const sql_changes *changes, size_t place, table *current,
                              const table *before, perebor_error *error) {
    current->source_rows = malloc((current->n_rows + 1) * sizeof *current->source_rows);
    if (current->source_rows == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    current->n_read = before->source_rows != NULL ? before->n_read : before->n_rows;
    for (size_t row = 0; row < current->n_rows; row++) {
        size_t rowid = current->lines[row];
        bool known = sql_changes_keeps_row(changes, place, rowid);
        size_t old = known ? rowid - 1 : 0;
        current->source_rows[row] = !known                        ? TABLE_NO_ROW
                                    : before->source_rows != NULL ? before->source_rows[old]
                                                                  : (uint32_t)old;
        current->lines[row] = !known                  ? 0
                              : before->lines != NULL ? before->lines[old]
                                                      : (uint32_t)rowid;
        for (size_t i = 0; known && i < current->n_columns; i++) {
            if (!sql_changes_touched(changes, place, i, rowid)) {
                current->columns[i].cells[row] = before->columns[i].cells[old];
            }
        }
    }
    return PEREBOR_OK;
}

/** Reads one table or view back. @param[in] before  What it was, NULL if it is another. */
static perebor_status copy_out(sql_step *sql, const char *name, const table *before, table *table,
                               perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    sqlite3_stmt *statement = NULL;
    table_load *load = sql->load;
    size_t place = before != NULL ? (size_t)(before - load->tables) : 0;
    bool same = before != NULL && !sql_changes_replaced(sql->changes, place);
    const char *rowid = same ? table_rowid_name(before) : NULL;
    char *text = rowid != NULL ? sqlite3_mprintf("SELECT %s, * FROM main.\"%w\" ORDER BY %s", rowid,
                                                 name, rowid)
                               : sqlite3_mprintf("SELECT * FROM main.\"%w\"", name);
    if (text == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    assert(table != NULL);
    sql->guard.statement = NULL;
    if (sqlite3_prepare_v2(sql->database, text, -1, &statement, NULL) != SQLITE_OK) {
        status = fail_sql(sql, error);
        goto done;
    }
    table->name = perebor_arena_text(&load->arena, name);
    table->decimal = before != NULL ? before->decimal : '.';
    table->key = before != NULL ? before->key : NULL;
    if (table->name == NULL) {
        status = perebor_no_memory(error, "to load tables");
        goto done;
    }
    status = table_read_statement(table, load, statement, same ? 1 : 0, name, error);
    if (sql_guard_verdict(&sql->guard) != PEREBOR_OK) {
        status = fail_sql(sql, error);
    }
    PEREBOR_TRY(done, status);
    if (table->n_rows == 0 || table->n_columns == 0) {
        status = table_fail_at(load, sql->step->at, error,
                               "sql: table \"%s\" has no rows afterwards", name);
        goto done;
    }
    if (same) {
        table->path = before->path;
        table->has_lines = before->has_lines;
        status = restore(sql->changes, place, table, before, error);
    }
done:
    (void)sqlite3_finalize(statement);
    sqlite3_free(text);
    return status;
}

static perebor_status add_result(results *results, perebor_error *error) {
    if (results->n_tables == results->capacity) {
        size_t capacity = results->capacity == 0 ? 8 : 2 * results->capacity;
        table *tables = realloc(results->tables, capacity * sizeof *tables);
        if (tables == NULL) {
            return perebor_no_memory(error, "to load tables");
        }
        results->tables = tables;
        results->capacity = capacity;
    }
    results->tables[results->n_tables++] = (table){0};
    return PEREBOR_OK;
}

static const table *find_before(const table_load *load, const char *name) {
    for (size_t i = 0; i < load->n_tables; i++) {
        if (strcmp(load->tables[i].name, name) == 0) {
            return &load->tables[i];
        }
    }
    return NULL;
}

/** Whether the database still has a table, or has a view, of that name. */
static perebor_status find_relation(sql_step *sql, const char *name, bool *found,
                                    perebor_error *error) {
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(sql->database,
                                  "SELECT 1 FROM sqlite_schema WHERE type IN ('table', 'view') "
                                  "AND name = ?",
                                  -1, &statement, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    perebor_status status =
        code == SQLITE_ROW || code == SQLITE_DONE ? PEREBOR_OK : fail_sql(sql, error);
    *found = code == SQLITE_ROW;
    (void)sqlite3_finalize(statement);
    return status;
}

/** Reads the tables from before that are there still, in their order. */
static perebor_status copy_old_out(sql_step *sql, results *results, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < sql->load->n_tables; i++) {
        const table *before = &sql->load->tables[i];
        bool found = false;
        PEREBOR_TRY(done, find_relation(sql, before->name, &found, error));
        if (found) {
            PEREBOR_TRY(done, add_result(results, error));
            PEREBOR_TRY(done, copy_out(sql, before->name, before,
                                       &results->tables[results->n_tables - 1], error));
        }
    }
done:
    return status;
}

/** Reads the tables and views that the statements made. */
static perebor_status copy_new_out(sql_step *sql, results *results, perebor_error *error) {
    static const char list[] = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') "
                               "AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY rowid";
    perebor_status status = PEREBOR_OK;
    sqlite3_stmt *statement = NULL;
    int code;
    if (sqlite3_prepare_v2(sql->database, list, -1, &statement, NULL) != SQLITE_OK) {
        return fail_sql(sql, error);
    }
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(statement, 0);
        if (name == NULL || find_before(sql->load, name) != NULL) {
            continue;
        }
        PEREBOR_TRY(done, add_result(results, error));
        PEREBOR_TRY(done,
                    copy_out(sql, name, NULL, &results->tables[results->n_tables - 1], error));
    }
    if (code != SQLITE_DONE) {
        status = fail_sql(sql, error);
    }
done:
    (void)sqlite3_finalize(statement);
    return status;
}

static perebor_status copy_all_out(sql_step *sql, results *results, perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, copy_old_out(sql, results, error));
    PEREBOR_TRY(done, copy_new_out(sql, results, error));
    if (results->n_tables == 0) {
        status = table_fail_at(sql->load, sql->step->at, error,
                               "sql: no table is left afterwards; the target needs one");
    }
done:
    return status;
}

perebor_status table_run_sql(table_load *load, const perebor_clean_step *step,
                             perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    sql_step sql = {.load = load, .step = step};
    results output = {0};
    PEREBOR_TRY(done, sql_changes_create(&sql.changes, load->tables, load->n_tables, error));
    PEREBOR_TRY(done, open_memory(&sql.database, error));
    PEREBOR_TRY(done, copy_in(&sql, error));
    int changes_before = sqlite3_total_changes(sql.database);
    PEREBOR_TRY(done, run_statements(&sql, error));
    uint64_t n_changes = (uint64_t)(sqlite3_total_changes(sql.database) - changes_before);
    PEREBOR_TRY(done, copy_all_out(&sql, &output, error));
    PEREBOR_TRY(done, table_log(load,
                                (perebor_step_report){
                                    .step = "sql", .table = "", .column = "", .n_rows = n_changes},
                                error, "%s%s%s", step->sql, step->reason != NULL ? ": " : "",
                                step->reason != NULL ? step->reason : ""));
    results before = {.tables = load->tables, .n_tables = load->n_tables};
    sql_changes_free(sql.changes);
    sql.changes = NULL;
    load->tables = output.tables;
    load->n_tables = output.n_tables;
    output = before;
done:
    sql_changes_free(sql.changes);
    for (size_t i = 0; i < output.n_tables; i++) {
        table_release(&output.tables[i]);
    }
    free(output.tables);
    (void)sqlite3_close(sql.database);
    return status;
}
