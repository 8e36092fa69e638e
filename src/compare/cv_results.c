// SPDX-License-Identifier: MIT
/*
 * A CSV file of trials with the columns of scikit-learn's cv_results_.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/try.h"
#include "compare/compared_search.h"
#include "perebor/trials.h"
#include "table/lone_table.h"

enum { name_size = 256 };

/** Where things are in the table. */
typedef struct cv_columns {
    const char *suffix; /* "score" or the metric: of mean_test_<suffix>, split0_test_<suffix> */
    size_t mean, n_splits;
    size_t params, state, fit_time, score_time; /* or TABLE_NO_COLUMN */
} cv_columns;

static size_t find_split(const table *table, const char *suffix, size_t split) {
    char name[name_size];
    (void)snprintf(name, sizeof name, "split%zu_test_%s", split, suffix);
    return table_find_column(table, name);
}

static size_t find_mean(const table *table, const char *suffix) {
    char name[name_size];
    (void)snprintf(name, sizeof name, "mean_test_%s", suffix);
    return table_find_column(table, name);
}

static perebor_status find_columns(cv_columns *columns, const table *table, const char *metric,
                                   const char *path, perebor_error *error) {
    *columns = (cv_columns){.suffix = metric, .mean = find_mean(table, metric)};
    if (columns->mean == TABLE_NO_COLUMN) {
        columns->suffix = "score";
        columns->mean = find_mean(table, "score");
    }
    if (columns->mean == TABLE_NO_COLUMN) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s: it has neither a column mean_test_%s nor mean_test_score, as "
                            "scikit-learn's cv_results_ has them; write them with "
                            "pandas.DataFrame(search.cv_results_).to_csv()",
                            path, metric);
    }
    while (find_split(table, columns->suffix, columns->n_splits) != TABLE_NO_COLUMN) {
        columns->n_splits++;
    }
    columns->params = table_find_column(table, "params");
    columns->state = table_find_column(table, "state");
    columns->fit_time = table_find_column(table, "mean_fit_time");
    columns->score_time = table_find_column(table, "mean_score_time");
    return PEREBOR_OK;
}

/** "name=value name=value" of the columns param_NAME that have a value. */
static const char *join_params(compared_search *search, const lone_table *lone, size_t row) {
    const char *joined = "";
    for (size_t column = 0; joined != NULL && column < lone->table.n_columns; column++) {
        char buffer[TABLE_DECIMAL_TEXT_SIZE];
        const char *name = lone->table.columns[column].name;
        const char *value = lone_table_text(lone, column, row, buffer);
        if (strncmp(name, "param_", 6) == 0 && *value != '\0') {
            joined = perebor_arena_format(&search->memory, "%s%s%s=%s", joined,
                                          *joined != '\0' ? " " : "", name + 6, value);
        }
    }
    return joined;
}

static const char *read_params(compared_search *search, const lone_table *lone,
                               const cv_columns *columns, size_t row) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    return columns->params == TABLE_NO_COLUMN
               ? join_params(search, lone, row)
               : perebor_arena_text(&search->memory,
                                    lone_table_text(lone, columns->params, row, buffer));
}

/** Fitting and scoring, of all folds together; NaN if it does not say. */
static double read_seconds(const lone_table *lone, const cv_columns *columns, size_t row) {
    if (columns->fit_time == TABLE_NO_COLUMN || columns->n_splits == 0) {
        return NAN;
    }
    double fit = lone_table_number(lone, columns->fit_time, row);
    double score = columns->score_time == TABLE_NO_COLUMN
                       ? 0.0
                       : lone_table_number(lone, columns->score_time, row);
    return (fit + score) * (double)columns->n_splits;
}

static bool is_unfinished(const lone_table *lone, const cv_columns *columns, size_t row) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    const char *state =
        columns->state == TABLE_NO_COLUMN ? "" : lone_table_text(lone, columns->state, row, buffer);
    return strcmp(state, perebor_trial_state_names[PEREBOR_TRIAL_WAITING]) == 0 ||
           strcmp(state, perebor_trial_state_names[PEREBOR_TRIAL_RUNNING]) == 0;
}

static perebor_status read_row(compared_search *search, const lone_table *lone,
                               const cv_columns *columns, size_t row, perebor_error *error) {
    search->params[row] = read_params(search, lone, columns, row);
    search->trials->duration[row] = read_seconds(lone, columns, row);
    if (search->params[row] == NULL) {
        return perebor_no_memory(error, "for %zu trials", lone->table.n_rows);
    }
    if (!is_unfinished(lone, columns, row)) {
        search->trials->state[row] = PEREBOR_TRIAL_COMPLETE;
    }
    for (size_t fold = 0; fold < search->trials->n_folds; fold++) {
        size_t column =
            columns->n_splits > 0 ? find_split(&lone->table, columns->suffix, fold) : columns->mean;
        compared_trials_put(search, row, fold, lone_table_number(lone, column, row));
    }
    return PEREBOR_OK;
}

perebor_status cv_results_open(compared_search *search, const char *path, const char *metric,
                               perebor_error *error) {
    perebor_status status;
    lone_table lone = {0};
    cv_columns columns;
    const perebor_table_source source = {.name = path, .path = path, .makes_up_names = true};
    search->path = path;
    search->kind = COMPARED_CV_RESULTS;
    PEREBOR_TRY(done, lone_table_read(&lone, &source, error));
    PEREBOR_TRY(done, find_columns(&columns, &lone.table, metric, path, error));
    PEREBOR_TRY(done,
                compared_trials_create(search, lone.table.n_rows,
                                       columns.n_splits > 0 ? columns.n_splits : 1, metric, error));
    for (size_t row = 0; row < lone.table.n_rows; row++) {
        PEREBOR_TRY(done, read_row(search, &lone, &columns, row, error));
    }
    compared_trials_settle(search);
done:
    lone_table_release(&lone);
    return status;
}
