// SPDX-License-Identifier: MIT
#include "table/database.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/try.h"
#include "table/byte_stream.h"
#include "table/sql_guard.h"

enum { first_rows = 256, digest_chunk = 1 << 16 };

/** The digest and the size of a file as it lies there. */
static perebor_status digest_file(perebor_source_report *report, const char *path,
                                  perebor_error *error) {
    int descriptor = -1;
    perebor_status status = byte_stream_open_regular(&descriptor, path, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    FILE *file = fdopen(descriptor, "rb");
    if (file == NULL) {
        (void)close(descriptor);
        return perebor_no_memory(error, "to load tables");
    }
    perebor_sha256 digest;
    perebor_sha256_init(&digest);
    char *chunk = malloc(digest_chunk);
    size_t n = 0;
    report->n_bytes = 0;
    while (chunk != NULL && (n = fread(chunk, 1, digest_chunk, file)) > 0) {
        perebor_sha256_update(&digest, chunk, n);
        report->n_bytes += n;
    }
    bool failed = ferror(file) != 0;
    (void)fclose(file);
    free(chunk);
    if (chunk == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    if (failed) {
        return perebor_fail(error, PEREBOR_ERR_IO, "%s: cannot read", path);
    }
    perebor_sha256_final(&digest, report->sha256);
    return PEREBOR_OK;
}

static perebor_status fail_sqlite(sqlite3 *database, const char *where, perebor_error *error) {
    int code = sqlite3_errcode(database);
    perebor_status status = code == SQLITE_NOMEM   ? PEREBOR_ERR_MEMORY
                            : code == SQLITE_IOERR ? PEREBOR_ERR_IO
                                                   : PEREBOR_ERR_FORMAT;
    return perebor_fail(error, status, "%s: %s", where, sqlite3_errmsg(database));
}

static perebor_status name_columns(table *table, table_load *load, sqlite3_stmt *statement,
                                   int first_column, const char *where, perebor_error *error) {
    int n = sqlite3_column_count(statement) - first_column;
    table->columns = n <= 0 ? NULL : calloc((size_t)n, sizeof *table->columns);
    if (n > 0 && table->columns == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    table->n_columns = n <= 0 ? 0 : (size_t)n;
    for (size_t i = 0; i < table->n_columns; i++) {
        const char *name = sqlite3_column_name(statement, (int)i + first_column);
        char *normal = NULL;
        size_t length = 0;
        perebor_text_rule rule = {.form = PEREBOR_TEXT_NFC, .trim = true};
        if (name == NULL) {
            return perebor_no_memory(error, "to load tables");
        }
        perebor_status status =
            perebor_text_normalize(&normal, &length, name, strlen(name), rule, error);
        if (status != PEREBOR_OK) {
            return status;
        }
        table->columns[i].name = perebor_arena_copy(&load->arena, normal, length);
        free(normal);
        if (table->columns[i].name == NULL) {
            return perebor_no_memory(error, "to load tables");
        }
        if (length == 0) {
            return perebor_fail(error, PEREBOR_ERR_FORMAT,
                                "%s: column %zu has an empty name; give it one with AS", where,
                                i + 1);
        }
        for (size_t j = 0; j < i; j++) {
            if (strcmp(table->columns[j].name, table->columns[i].name) == 0) {
                return perebor_fail(error, PEREBOR_ERR_FORMAT,
                                    "%s: columns %zu and %zu are both named \"%s\"; names must "
                                    "differ",
                                    where, j + 1, i + 1, table->columns[i].name);
            }
        }
    }
    return PEREBOR_OK;
}

static perebor_status read_cell(table_load *load, sqlite3_stmt *statement, int column, char decimal,
                                table_cell *cell, const char *where, size_t row,
                                perebor_error *error) {
    int type = sqlite3_column_type(statement, column);
    if (type == SQLITE_NULL) {
        *cell = TABLE_MISSING;
        return PEREBOR_OK;
    }
    if (type == SQLITE_FLOAT) {
        return table_pool_intern_double(&load->pool, cell, sqlite3_column_double(statement, column),
                                        decimal, error);
    }
    const char *text =
        type == SQLITE_BLOB ? NULL : (const char *)sqlite3_column_text(statement, column);
    size_t length = (size_t)sqlite3_column_bytes(statement, column);
    if (text == NULL && type != SQLITE_BLOB) {
        return perebor_no_memory(error, "to load tables");
    }
    if (text == NULL || strlen(text) != length || !perebor_text_is_valid(text, length)) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s, row %zu: column \"%s\" is not a number or a text in UTF-8", where,
                            row + 1, sqlite3_column_name(statement, column));
    }
    return table_pool_intern(&load->pool, cell, text, length, decimal, error);
}

static perebor_status grow(table *table, size_t *capacity, perebor_error *error) {
    *capacity = *capacity == 0 ? first_rows : 2 * *capacity;
    for (size_t i = 0; i < table->n_columns; i++) {
        table_cell *cells = realloc(table->columns[i].cells, *capacity * sizeof *cells);
        if (cells == NULL) {
            return perebor_no_memory(error, "to load tables");
        }
        table->columns[i].cells = cells;
    }
    uint32_t *lines = realloc(table->lines, *capacity * sizeof *lines);
    if (lines == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    table->lines = lines;
    return PEREBOR_OK;
}

perebor_status table_read_statement(table *table, table_load *load, sqlite3_stmt *statement,
                                    int first_column, const char *where, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t capacity = 0;
    int code;
    PEREBOR_TRY(done, name_columns(table, load, statement, first_column, where, error));
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        size_t row = table->n_rows;
        if (row == UINT32_MAX - 1) {
            status = perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: more than %u rows", where,
                                  UINT32_MAX - 1);
            goto done;
        }
        if (row == capacity) {
            PEREBOR_TRY(done, grow(table, &capacity, error));
        }
        assert(table->lines != NULL);
        for (size_t i = 0; i < table->n_columns; i++) {
            assert(table->columns[i].cells != NULL);
            PEREBOR_TRY(done, read_cell(load, statement, (int)i + first_column, table->decimal,
                                        &table->columns[i].cells[row], where, row, error));
        }
        sqlite3_int64 number =
            first_column == 0 ? (sqlite3_int64)row + 1 : sqlite3_column_int64(statement, 0);
        table->lines[row] = number > 0 && number < UINT32_MAX ? (uint32_t)number : 0;
        table->n_rows++;
    }
    if (code != SQLITE_DONE) {
        status = fail_sqlite(sqlite3_db_handle(statement), where, error);
    }
done:
    return status;
}

static perebor_status prepare(sqlite3 *database, const perebor_table_source *source,
                              const char *where, sqlite3_stmt **statement, perebor_error *error) {
    char *sql = source->sqlite_query != NULL
                    ? sqlite3_mprintf("%s", source->sqlite_query)
                    : sqlite3_mprintf("SELECT * FROM \"%w\"", source->sqlite_table);
    if (sql == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    perebor_status status = PEREBOR_OK;
    const char *rest = NULL;
    if (sqlite3_prepare_v2(database, sql, -1, statement, &rest) != SQLITE_OK) {
        status = fail_sqlite(database, where, error);
    } else if (*statement == NULL || sqlite3_column_count(*statement) == 0 ||
               strspn(rest, " \t\r\n;") != strlen(rest)) {
        status = perebor_fail(error, PEREBOR_ERR_FORMAT,
                              "%s: the query must be one SELECT that gives columns", where);
    }
    sqlite3_free(sql);
    return status;
}

/** What a query came to: what its guard refused comes before what SQLite made of that. */
static perebor_status judge(sql_guard *guard, perebor_status status, const char *where,
                            perebor_error *error) {
    perebor_status verdict = sql_guard_verdict(guard);
    if (verdict == PEREBOR_ERR_STOPPED) {
        return perebor_fail(error, verdict, "stopped while %s was read", where);
    }
    return verdict == PEREBOR_OK ? status
                                 : perebor_fail(error, verdict, "%s: %s", where, guard->reason);
}

perebor_status table_read_database(table *output, perebor_source_report *report, table_load *load,
                                   const perebor_table_source *source, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;
    const char *where = source->path;
    sql_guard guard = {.statement = source->sqlite_query};
    table result = {.name = source->name, .path = source->path, .key = source->key, .decimal = '.'};
    if (source->sqlite_table != NULL) {
        where = perebor_arena_format(&load->arena, "%s, table \"%s\"", source->path,
                                     source->sqlite_table);
        if (where == NULL) {
            return perebor_no_memory(error, "to load tables");
        }
        result.path = where;
    }
    PEREBOR_TRY(done, digest_file(report, source->path, error));
    if (sql_guard_open(source->path, &database, SQLITE_OPEN_READONLY) != SQLITE_OK) {
        status = database == NULL ? perebor_no_memory(error, "to load tables")
                                  : fail_sqlite(database, where, error);
        goto done;
    }
    sql_guard_watch(&guard, database, 0.0);
    status = prepare(database, source, where, &statement, error);
    if (status == PEREBOR_OK) {
        status = table_read_statement(&result, load, statement, 0, where, error);
    }
    PEREBOR_TRY(done, judge(&guard, status, where, error));
    if (result.n_rows == 0) {
        status = perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: there are no rows", where);
        goto done;
    }
    report->n_rows = result.n_rows;
    report->n_columns = result.n_columns;
    report->delimiter = report->decimal = report->encoding = "";
    report->compression = report->names = "";
done:
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(database);
    if (status == PEREBOR_OK) {
        *output = result;
    } else {
        table_release(&result);
    }
    return status;
}

/** Whether a cell is a missing value or a number that SQL may hold as one: not a code such as 007.
 */
static bool is_numeric_cell(const table_load *load, const table *table, table_cell cell) {
    double number;
    if (!table_cell_is_text(cell)) {
        return true;
    }
    const char *text = table_pool_text(&load->pool, cell, NULL);
    text += *text == '-';
    bool is_code =
        text[0] < '0' || text[0] > '9' || (text[0] == '0' && text[1] >= '0' && text[1] <= '9');
    return !is_code && table_pool_number(&load->pool, cell, table->decimal, &number);
}

static bool is_numeric(const table_load *load, const table *table, size_t column) {
    for (size_t row = 0; row < table->n_rows; row++) {
        if (!is_numeric_cell(load, table, table->columns[column].cells[row])) {
            return false;
        }
    }
    return true;
}

static perebor_status create_table(sqlite3 *database, const table_load *load, const table *table,
                                   bool *numeric, perebor_error *error) {
    sqlite3_str *sql = sqlite3_str_new(database);
    sqlite3_str_appendf(sql, "CREATE TABLE \"%w\" (", table->name);
    for (size_t i = 0; i < table->n_columns; i++) {
        numeric[i] = is_numeric(load, table, i);
        sqlite3_str_appendf(sql, "%s\"%w\" %s", i > 0 ? ", " : "", table->columns[i].name,
                            numeric[i] ? "NUMERIC" : "TEXT");
    }
    sqlite3_str_appendf(sql, ")");
    char *text = sqlite3_str_finish(sql);
    if (text == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    perebor_status status = PEREBOR_OK;
    if (sqlite3_exec(database, text, NULL, NULL, NULL) != SQLITE_OK) {
        status = fail_sqlite(database, table->name, error);
    }
    sqlite3_free(text);
    return status;
}

static perebor_status prepare_insert(sqlite3 *database, const table *table,
                                     sqlite3_stmt **statement, perebor_error *error) {
    const char *rowid = table_rowid_name(table);
    if (rowid == NULL) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "table \"%s\" has columns rowid, _rowid_ and oid, so that SQL cannot "
                            "number its rows; rename one of them in the file",
                            table->name);
    }
    sqlite3_str *sql = sqlite3_str_new(database);
    sqlite3_str_appendf(sql, "INSERT INTO \"%w\" (%s", table->name, rowid);
    for (size_t i = 0; i < table->n_columns; i++) {
        sqlite3_str_appendf(sql, ", \"%w\"", table->columns[i].name);
    }
    sqlite3_str_appendf(sql, ") VALUES (?");
    for (size_t i = 0; i < table->n_columns; i++) {
        sqlite3_str_appendf(sql, ", ?");
    }
    sqlite3_str_appendf(sql, ")");
    char *text = sqlite3_str_finish(sql);
    if (text == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    perebor_status status = PEREBOR_OK;
    if (sqlite3_prepare_v2(database, text, -1, statement, NULL) != SQLITE_OK) {
        status = fail_sqlite(database, table->name, error);
    }
    sqlite3_free(text);
    return status;
}

/** Binds a cell: a whole number, another number, a text as in the file, or NULL. */
static int bind_cell(sqlite3_stmt *statement, int place, const table_load *load, const table *table,
                     table_cell cell, bool numeric) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    double number = 0.0;
    if (cell == TABLE_MISSING) {
        return sqlite3_bind_null(statement, place);
    }
    const char *text = table_pool_text(&load->pool, cell, buffer);
    if (numeric && table_cell_is_decimal(cell) && strchr(text, '.') == NULL) {
        return sqlite3_bind_int64(statement, place, strtoll(text, NULL, 10));
    }
    if (numeric && table_pool_number(&load->pool, cell, table->decimal, &number)) {
        return sqlite3_bind_double(statement, place, number);
    }
    char *point = table_cell_is_decimal(cell) ? strchr(buffer + (text - buffer), '.') : NULL;
    if (point != NULL) {
        *point = table->decimal;
    }
    return sqlite3_bind_text(statement, place, text, -1, SQLITE_TRANSIENT);
}

perebor_status table_write_database(sqlite3 *database, const table_load *load, const table *table,
                                    perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    sqlite3_stmt *statement = NULL;
    bool *numeric = calloc(table->n_columns + 1, sizeof *numeric);
    if (numeric == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    PEREBOR_TRY(done, create_table(database, load, table, numeric, error));
    PEREBOR_TRY(done, prepare_insert(database, table, &statement, error));
    for (size_t row = 0; row < table->n_rows; row++) {
        int code = sqlite3_bind_int64(statement, 1, (sqlite3_int64)row + 1);
        for (size_t i = 0; code == SQLITE_OK && i < table->n_columns; i++) {
            code = bind_cell(statement, (int)i + 2, load, table, table->columns[i].cells[row],
                             numeric[i]);
        }
        if (code != SQLITE_OK || sqlite3_step(statement) != SQLITE_DONE) {
            status = fail_sqlite(database, table->name, error);
            goto done;
        }
        (void)sqlite3_reset(statement);
    }
done:
    (void)sqlite3_finalize(statement);
    free(numeric);
    return status;
}
