// SPDX-License-Identifier: MIT
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "table/database.h"
#include "table/steps.h"

/** The tables after the statements, beside those before. */
struct results {
    struct table *tables; /**< [n_tables] */
    size_t n_tables, capacity;
};

static perebor_status fail_sql(const struct table_load *load, const perebor_clean_step *step,
                               sqlite3 *database, perebor_error *error) {
    if (sqlite3_errcode(database) == SQLITE_NOMEM) {
        return table_out_of_memory(error);
    }
    return table_fail_at(load, step->at, error, "sql: %s", sqlite3_errmsg(database));
}

static perebor_status open_memory(sqlite3 **database, perebor_error *error) {
    if (sqlite3_open_v2(":memory:", database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
        SQLITE_OK) {
        return table_out_of_memory(error);
    }
    // The statements work on the tables of the experiment and on no file.
    (void)sqlite3_limit(*database, SQLITE_LIMIT_ATTACHED, 0);
    return PEREBOR_OK;
}

static perebor_status copy_in(sqlite3 *database, const struct table_load *load,
                              const perebor_clean_step *step, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    if (sqlite3_exec(database, "BEGIN", NULL, NULL, NULL) != SQLITE_OK) {
        return fail_sql(load, step, database, error);
    }
    for (size_t i = 0; i < load->n_tables; i++) {
        PEREBOR_TRY(done, table_write_database(database, load, &load->tables[i], error));
    }
    // The user's own statements may begin a transaction.
    if (sqlite3_exec(database,
                     "COMMIT; CREATE TEMP TABLE perebor_before AS SELECT name, sql "
                     "FROM sqlite_schema",
                     NULL, NULL, NULL) != SQLITE_OK) {
        status = fail_sql(load, step, database, error);
    }
done:
    return status;
}

/** Restores what SQL left as it was: the words of unchanged numbers, and where each row was read.
 */
static perebor_status restore(struct table_load *load, struct table *table,
                              const struct table *before, perebor_error *error) {
    table->source_rows = malloc((table->n_rows + 1) * sizeof *table->source_rows);
    if (table->source_rows == NULL) {
        return table_out_of_memory(error);
    }
    for (size_t row = 0; row < table->n_rows; row++) {
        size_t rowid = table->lines[row];
        bool known = rowid > 0 && rowid <= before->n_rows;
        size_t old = known ? rowid - 1 : 0;
        table->source_rows[row] = !known                        ? TABLE_NO_ROW
                                  : before->source_rows != NULL ? before->source_rows[old]
                                                                : (uint32_t)old;
        table->lines[row] = !known                  ? 0
                            : before->lines != NULL ? before->lines[old]
                                                    : (uint32_t)rowid;
        for (size_t i = 0; known && i < table->n_columns && i < before->n_columns; i++) {
            double now;
            double then;
            table_cell *cell = &table->columns[i].cells[row];
            table_cell old_cell = before->columns[i].cells[old];
            if (table_pool_number(&load->pool, *cell, table->decimal, &now) &&
                table_pool_number(&load->pool, old_cell, before->decimal, &then) && now == then) {
                *cell = old_cell;
            }
        }
    }
    return PEREBOR_OK;
}

/** Reads one table or view back. @p same: it is a table from before with the same columns. */
static perebor_status copy_out(sqlite3 *database, struct table_load *load,
                               const perebor_clean_step *step, const char *name, bool same,
                               struct table *table, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    sqlite3_stmt *statement = NULL;
    const struct table *before = NULL;
    for (size_t i = 0; i < load->n_tables; i++) {
        if (strcmp(load->tables[i].name, name) == 0) {
            before = &load->tables[i];
        }
    }
    char *sql = sqlite3_mprintf(
        same ? "SELECT rowid, * FROM \"%w\" ORDER BY rowid" : "SELECT * FROM \"%w\"", name);
    if (sql == NULL) {
        return table_out_of_memory(error);
    }
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK) {
        status = fail_sql(load, step, database, error);
        goto done;
    }
    assert(table != NULL);
    table->name = perebor_arena_text(&load->arena, name);
    table->decimal = before != NULL ? before->decimal : '.';
    table->key = before != NULL ? before->key : NULL;
    if (table->name == NULL) {
        status = table_out_of_memory(error);
        goto done;
    }
    PEREBOR_TRY(done, table_read_statement(table, load, statement, same ? 1 : 0, name, error));
    if (table->n_rows == 0 || table->n_columns == 0) {
        status =
            table_fail_at(load, step->at, error, "sql: table \"%s\" has no rows afterwards", name);
        goto done;
    }
    if (same && before != NULL) {
        table->path = before->path;
        table->has_lines = before->has_lines;
        status = restore(load, table, before, error);
    }
done:
    (void)sqlite3_finalize(statement);
    sqlite3_free(sql);
    return status;
}

static perebor_status add_result(struct results *results, perebor_error *error) {
    if (results->n_tables == results->capacity) {
        size_t capacity = results->capacity == 0 ? 8 : 2 * results->capacity;
        struct table *tables = realloc(results->tables, capacity * sizeof *tables);
        if (tables == NULL) {
            return table_out_of_memory(error);
        }
        results->tables = tables;
        results->capacity = capacity;
    }
    results->tables[results->n_tables++] = (struct table){0};
    return PEREBOR_OK;
}

/** Reads all tables and views back: those from before first and in their order. */
static perebor_status copy_all_out(sqlite3 *database, struct table_load *load,
                                   const perebor_clean_step *step, struct results *results,
                                   perebor_error *error) {
    static const char list[] =
        "SELECT s.name, b.name IS NOT NULL FROM sqlite_schema s LEFT JOIN temp.perebor_before b "
        "ON b.name = s.name AND b.sql = s.sql WHERE s.type IN ('table', 'view') "
        "AND s.name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY b.rowid IS NULL, b.rowid, s.rowid";
    perebor_status status = PEREBOR_OK;
    sqlite3_stmt *statement = NULL;
    int code;
    if (sqlite3_prepare_v2(database, list, -1, &statement, NULL) != SQLITE_OK) {
        return fail_sql(load, step, database, error);
    }
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        PEREBOR_TRY(done, add_result(results, error));
        PEREBOR_TRY(done,
                    copy_out(database, load, step, (const char *)sqlite3_column_text(statement, 0),
                             sqlite3_column_int(statement, 1) != 0,
                             &results->tables[results->n_tables - 1], error));
    }
    if (code != SQLITE_DONE) {
        status = fail_sql(load, step, database, error);
    }
done:
    (void)sqlite3_finalize(statement);
    return status;
}

perebor_status table_run_sql(struct table_load *load, const perebor_clean_step *step,
                             perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    sqlite3 *database = NULL;
    struct results results = {0};
    PEREBOR_TRY(done, open_memory(&database, error));
    PEREBOR_TRY(done, copy_in(database, load, step, error));
    int changes_before = sqlite3_total_changes(database);
    if (sqlite3_exec(database, step->sql, NULL, NULL, NULL) != SQLITE_OK) {
        status = fail_sql(load, step, database, error);
        goto done;
    }
    uint64_t n_changes = (uint64_t)(sqlite3_total_changes(database) - changes_before);
    PEREBOR_TRY(done, copy_all_out(database, load, step, &results, error));
    PEREBOR_TRY(done, table_log(load,
                                (perebor_step_report){
                                    .step = "sql", .table = "", .column = "", .n_rows = n_changes},
                                error, "%s%s%s", step->sql, step->reason != NULL ? ": " : "",
                                step->reason != NULL ? step->reason : ""));
    struct results before = {.tables = load->tables, .n_tables = load->n_tables};
    load->tables = results.tables;
    load->n_tables = results.n_tables;
    results = before;
done:
    for (size_t i = 0; i < results.n_tables; i++) {
        table_release(&results.tables[i]);
    }
    free(results.tables);
    (void)sqlite3_close(database);
    return status;
}
