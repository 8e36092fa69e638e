// SPDX-License-Identifier: MIT
#include "segment/rule_database.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "segment/columns.h"
#include "statistics/quantile.h"

/** A number of every row that is not a column of the data; NULL if there is none of the name. */
static const double *find_scored(const segment_scored *rows, const char *name) {
    const struct {
        const char *name;
        const double *values;
    } scored[] = {{"p", rows->probabilities},
                  {"value", rows->worth->value},
                  {"value_at_risk", rows->worth->at_risk}};
    for (size_t i = 0; i < sizeof scored / sizeof *scored; i++) {
        if (strcmp(scored[i].name, name) == 0) {
            return scored[i].values;
        }
    }
    return NULL;
}

/** The quantile over the rows that have a value; NaN if none has. False if memory is short. */
static bool quantile_of(double *quantile, const double *values, size_t n_rows, double share) {
    size_t n = 0;
    double *sorted = calloc(2 * n_rows + 2, sizeof *sorted);
    if (sorted == NULL) {
        return false;
    }
    for (size_t row = 0; row < n_rows; row++) {
        if (!isnan(values[row])) {
            sorted[n++] = values[row];
        }
    }
    perebor_values_sort(sorted, sorted + n_rows + 1, n);
    *quantile = n == 0 ? (double)NAN : perebor_quantile(sorted, n, share);
    free(sorted);
    return true;
}

/** quantile('column', share) */
static void sql_quantile(sqlite3_context *context, int n, sqlite3_value **arguments) {
    const segment_scored *like = ((const rule_database *)sqlite3_user_data(context))->like;
    const char *name = (const char *)sqlite3_value_text(arguments[0]);
    double share = sqlite3_value_double(arguments[1]);
    char reason[300];
    (void)n;
    const double *values = name == NULL ? NULL : find_scored(like, name);
    const perebor_column *column = name == NULL ? NULL : segment_find_column(like->dataset, name);
    if (column != NULL && column->n_levels == 0) {
        values = column->values;
    }
    if (values == NULL) {
        (void)snprintf(reason, sizeof reason,
                       "quantile(): there is no numeric column \"%.200s\"; its name stands in "
                       "single quotes",
                       name == NULL ? "" : name);
        sqlite3_result_error(context, reason, -1);
        return;
    }
    if (!(share >= 0.0 && share <= 1.0)) {
        sqlite3_result_error(context, "quantile(): the share is from 0 to 1", -1);
        return;
    }
    double quantile = 0.0;
    if (!quantile_of(&quantile, values, like->dataset->n_rows, share)) {
        sqlite3_result_error_nomem(context);
    } else if (isnan(quantile)) {
        sqlite3_result_null(context);
    } else {
        sqlite3_result_double(context, quantile);
    }
}

perebor_status rule_database_open(rule_database *rules, perebor_error *error) {
    if (sql_guard_open(":memory:", &rules->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) !=
            SQLITE_OK ||
        sqlite3_create_function_v2(rules->database, "quantile", 2,
                                   SQLITE_UTF8 | SQLITE_DETERMINISTIC, rules, sql_quantile, NULL,
                                   NULL, NULL) != SQLITE_OK) {
        return perebor_no_memory(error, "for segments");
    }
    // A word in double quotes is a column, and a mistake where there is none of the name.
    (void)sqlite3_db_config(rules->database, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    return PEREBOR_OK;
}

static perebor_status fail_database(rule_database *rules, perebor_error *error) {
    return sqlite3_errcode(rules->database) == SQLITE_NOMEM
               ? perebor_no_memory(error, "for segments")
               : perebor_fail(error, PEREBOR_ERR_FORMAT,
                              "%s: segments.rules: the columns of the data make no table of SQL: "
                              "%s; rename or drop what is in the way in data",
                              rules->experiment, sqlite3_errmsg(rules->database));
}

/** Runs a statement that was put together; frees it. */
static perebor_status execute(rule_database *rules, sqlite3_str *sql, perebor_error *error) {
    char *text = sqlite3_str_finish(sql);
    if (text == NULL) {
        return perebor_no_memory(error, "for segments");
    }
    int code = sqlite3_exec(rules->database, text, NULL, NULL, NULL);
    sqlite3_free(text);
    return code == SQLITE_OK ? PEREBOR_OK : fail_database(rules, error);
}

static bool has_id(const perebor_dataset *dataset) {
    return dataset->ids != NULL && dataset->id_name[0] != '\0';
}

/** Names of the number of a row. */
static const char *const rowid_names[] = {"rowid", "_rowid_", "oid", NULL};

/** One that no column of the data has taken; NULL if all are taken. */
static const char *rowid_name(const perebor_dataset *dataset) {
    for (const char *const *name = rowid_names; *name != NULL; name++) {
        bool taken = has_id(dataset) && sqlite3_stricmp(*name, dataset->id_name) == 0;
        for (size_t i = 0; i < segment_n_columns(dataset); i++) {
            taken = taken || sqlite3_stricmp(*name, segment_column(dataset, i)->name) == 0;
        }
        if (!taken) {
            return *name;
        }
    }
    return NULL;
}

/** One that no axis of the portrait has taken; NULL if all are taken. */
static const char *portrait_rowid(const segment_settings *settings) {
    for (const char *const *name = rowid_names; *name != NULL; name++) {
        bool taken = false;
        for (size_t i = 0; i < settings->n_axes; i++) {
            taken = taken || sqlite3_stricmp(*name, settings->axes[i].name) == 0;
        }
        if (!taken) {
            return *name;
        }
    }
    return NULL;
}

static perebor_status create_tables(rule_database *rules, perebor_error *error) {
    const perebor_dataset *dataset = rules->scored->dataset;
    sqlite3_str *sql = sqlite3_str_new(rules->database);
    sqlite3_str_appendall(sql, "CREATE TABLE data (");
    if (has_id(dataset)) {
        sqlite3_str_appendf(sql, "\"%w\" NUMERIC, ", dataset->id_name);
    }
    for (size_t i = 0; i < segment_n_columns(dataset); i++) {
        const perebor_column *column = segment_column(dataset, i);
        sqlite3_str_appendf(sql, "%s\"%w\" %s", i > 0 ? ", " : "", column->name,
                            column->n_levels > 0 ? "TEXT" : "REAL");
    }
    sqlite3_str_appendall(sql, "); CREATE TABLE scored (p REAL, value REAL, value_at_risk REAL, "
                               "rank INTEGER, risk TEXT, worth TEXT");
    sqlite3_str_appendall(sql, rules->scored->drivers == NULL ? ")" : ", driver TEXT)");
    const segment_settings *settings = rules->scored->settings;
    for (size_t i = 0; i < settings->n_axes; i++) {
        sqlite3_str_appendf(sql, "%s\"%w\" TEXT", i == 0 ? "; CREATE TABLE portrait (" : ", ",
                            settings->axes[i].name);
    }
    sqlite3_str_appendall(sql, settings->n_axes == 0 ? "" : ")");
    return execute(rules, sql, error);
}

/** A statement with as many values as there are columns, after the number of the row. */
static perebor_status prepare_insert(rule_database *rules, const char *table, const char *rowid,
                                     size_t n_columns, sqlite3_stmt **statement,
                                     perebor_error *error) {
    sqlite3_str *sql = sqlite3_str_new(rules->database);
    sqlite3_str_appendf(sql, "INSERT INTO %s (%s", table, rowid);
    sqlite3_stmt *columns = NULL;
    char query[64];
    (void)snprintf(query, sizeof query, "SELECT * FROM %s", table);
    if (sqlite3_prepare_v2(rules->database, query, -1, &columns, NULL) != SQLITE_OK) {
        sqlite3_free(sqlite3_str_finish(sql));
        return fail_database(rules, error);
    }
    for (size_t i = 0; i < n_columns; i++) {
        sqlite3_str_appendf(sql, ", \"%w\"", sqlite3_column_name(columns, (int)i));
    }
    (void)sqlite3_finalize(columns);
    sqlite3_str_appendall(sql, ") VALUES (?");
    for (size_t i = 0; i < n_columns; i++) {
        sqlite3_str_appendall(sql, ", ?");
    }
    sqlite3_str_appendall(sql, ")");
    char *text = sqlite3_str_finish(sql);
    if (text == NULL) {
        return perebor_no_memory(error, "for segments");
    }
    int code = sqlite3_prepare_v2(rules->database, text, -1, statement, NULL);
    sqlite3_free(text);
    return code == SQLITE_OK ? PEREBOR_OK : fail_database(rules, error);
}

/** A number, or NULL for NaN. */
static void bind_number(sqlite3_stmt *statement, int at, double value) {
    if (isnan(value)) {
        (void)sqlite3_bind_null(statement, at);
    } else {
        (void)sqlite3_bind_double(statement, at, value);
    }
}

/** A text that lives until the statement has run, or NULL. */
static void bind_text(sqlite3_stmt *statement, int at, const char *text) {
    if (text == NULL) {
        (void)sqlite3_bind_null(statement, at);
    } else {
        (void)sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
    }
}

static void bind_data(const rule_database *rules, sqlite3_stmt *statement, size_t row) {
    const perebor_dataset *dataset = rules->scored->dataset;
    int at = 2;
    if (has_id(dataset)) {
        bind_text(statement, at++, dataset->ids[row]);
    }
    for (size_t i = 0; i < segment_n_columns(dataset); i++) {
        const perebor_column *column = segment_column(dataset, i);
        if (column->n_levels > 0) {
            bind_text(statement, at++, segment_level(column, row));
        } else {
            bind_number(statement, at++, column->values[row]);
        }
    }
}

static const char *band_name(const segment_bands *bands, uint8_t band) {
    return band == SEGMENT_NO_BAND ? NULL : bands->names[band];
}

static void bind_scored(const rule_database *rules, sqlite3_stmt *statement, size_t row) {
    const segment_scored *scored = rules->scored;
    const segment_worth *worth = scored->worth;
    bind_number(statement, 2, scored->probabilities[row]);
    bind_number(statement, 3, worth->value[row]);
    bind_number(statement, 4, worth->at_risk[row]);
    (void)sqlite3_bind_int64(statement, 5, worth->rank[row]);
    bind_text(statement, 6, band_name(&scored->settings->risk, worth->risk[row]));
    bind_text(statement, 7, band_name(&scored->settings->worth, worth->worth[row]));
    if (scored->drivers != NULL) {
        uint32_t driver = scored->drivers[row];
        bind_text(statement, 8, driver == 0 ? NULL : scored->settings->drivers[driver - 1].name);
    }
}

static void bind_portrait(const rule_database *rules, sqlite3_stmt *statement, size_t row) {
    const segment_portrait *portrait = rules->scored->portrait;
    for (size_t i = 0; i < portrait->n_axes; i++) {
        bind_text(statement, 2 + (int)i,
                  band_name(&rules->scored->settings->axes[i].bands,
                            portrait->bands[i * portrait->n_rows + row]));
    }
}

typedef void bind_row(const rule_database *rules, sqlite3_stmt *statement, size_t row);

static perebor_status fill(rule_database *rules, const char *table, const char *rowid,
                           size_t n_columns, bind_row *bind, perebor_error *error) {
    perebor_status status;
    sqlite3_stmt *statement = NULL;
    PEREBOR_TRY(done, prepare_insert(rules, table, rowid, n_columns, &statement, error));
    for (size_t row = 0; row < rules->scored->dataset->n_rows; row++) {
        (void)sqlite3_bind_int64(statement, 1, (sqlite3_int64)row);
        bind(rules, statement, row);
        if (sqlite3_step(statement) != SQLITE_DONE) {
            status = fail_database(rules, error);
            goto done;
        }
        (void)sqlite3_reset(statement);
    }
done:
    (void)sqlite3_finalize(statement);
    return status;
}

perebor_status rule_database_fill(rule_database *rules, perebor_error *error) {
    perebor_status status;
    const perebor_dataset *dataset = rules->scored->dataset;
    const char *rowid = rowid_name(dataset);
    if (rowid == NULL || portrait_rowid(rules->scored->settings) == NULL) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s: segments.rules: %s rowid, _rowid_ and oid, so that SQL cannot "
                            "number rows; rename one of them",
                            rules->experiment,
                            rowid == NULL ? "the data has columns" : "the portrait has axes");
    }
    size_t n_columns = segment_n_columns(dataset) + (has_id(dataset) ? 1 : 0);
    PEREBOR_TRY(done, create_tables(rules, error));
    if (sqlite3_exec(rules->database, "BEGIN", NULL, NULL, NULL) != SQLITE_OK) {
        return fail_database(rules, error);
    }
    PEREBOR_TRY(done, fill(rules, "data", rowid, n_columns, bind_data, error));
    size_t n_scored = rules->scored->drivers == NULL ? 6 : 7;
    PEREBOR_TRY(done, fill(rules, "scored", "rowid", n_scored, bind_scored, error));
    if (rules->scored->settings->n_axes > 0) {
        PEREBOR_TRY(done, fill(rules, "portrait", portrait_rowid(rules->scored->settings),
                               rules->scored->settings->n_axes, bind_portrait, error));
    }
    if (sqlite3_exec(rules->database, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
        status = fail_database(rules, error);
    }
done:
    return status;
}

char *rule_database_join(const rule_database *rules) {
    const segment_settings *settings = rules->scored->settings;
    bool has_portrait = settings->n_axes > 0;
    return sqlite3_mprintf("data JOIN scored ON data.%s = scored.rowid%s%s",
                           rowid_name(rules->scored->dataset),
                           has_portrait ? " JOIN portrait ON scored.rowid = portrait." : "",
                           has_portrait ? portrait_rowid(settings) : "");
}
