// SPDX-License-Identifier: MIT
/*
 * A study in a SQLite database of Optuna's RDB storage.
 *
 * Its tables, since schema v2.4.0: studies (study_id, study_name), study_directions (study_id,
 * objective, direction), trials (trial_id, number, study_id, state, datetime_start,
 * datetime_complete), trial_values (trial_id, objective, value), trial_params (trial_id,
 * param_name, param_value, distribution_json) and trial_user_attributes (trial_id, key,
 * value_json). For a categorical parameter, param_value is the place among the distribution's
 * choices.
 */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "compare/compared_search.h"
#include "perebor/trials.h"
#include "table/lone_table.h"

/** Every study: what it is called and how much there is of it. */
static const char studies_query[] =
    "SELECT s.study_name AS name, d.direction AS direction,"
    " (SELECT count(*) FROM trials t WHERE t.study_id = s.study_id) AS n_trials,"
    " (SELECT count(DISTINCT a.key) FROM trial_user_attributes a JOIN trials t"
    "  ON t.trial_id = a.trial_id WHERE t.study_id = s.study_id"
    "  AND a.key GLOB 'split[0-9]*_test_score') AS n_folds, s.study_id AS id"
    " FROM studies s JOIN study_directions d ON d.study_id = s.study_id AND d.objective = 0"
    " ORDER BY s.study_id";

enum { STUDY_NAME, STUDY_DIRECTION, STUDY_TRIALS, STUDY_FOLDS, STUDY_ID };

/** A query about one study: its number stands between the two parts. */
typedef struct study_query {
    const char *before, *after;
} study_query;

static const study_query trials_query = {
    "SELECT t.state AS state, v.value AS value,"
    " (julianday(t.datetime_complete) - julianday(t.datetime_start)) * 86400.0 AS seconds,"
    " (SELECT json_group_object(p.param_name,"
    "  CASE json_extract(p.distribution_json, '$.name') WHEN 'CategoricalDistribution'"
    "  THEN json_extract(p.distribution_json,"
    "   '$.attributes.choices[' || CAST(p.param_value AS INTEGER) || ']')"
    "  ELSE p.param_value END)"
    "  FROM (SELECT * FROM trial_params q WHERE q.trial_id = t.trial_id ORDER BY q.param_name) p)"
    " AS params"
    " FROM trials t LEFT JOIN trial_values v ON v.trial_id = t.trial_id AND v.objective = 0"
    " WHERE t.study_id = ",
    " ORDER BY t.number"};

enum { TRIAL_STATE, TRIAL_VALUE, TRIAL_SECONDS, TRIAL_PARAMS };

/** Scores of folds: the row of the trial, counted as above, the fold, and the score. */
static const study_query folds_query = {
    "SELECT t.place AS place, CAST(substr(a.key, 6) AS INTEGER) AS fold,"
    " CAST(a.value_json AS REAL) AS score FROM trial_user_attributes a"
    " JOIN (SELECT trial_id, row_number() OVER (ORDER BY number) - 1 AS place FROM trials"
    " WHERE study_id = ",
    ") t ON t.trial_id = a.trial_id WHERE a.key GLOB 'split[0-9]*_test_score'"};

enum { FOLD_PLACE, FOLD_FOLD, FOLD_SCORE };

/** What is being read. */
typedef struct optuna_reading {
    compared_search *search;
    const char *file;
    const char *id; /* study_id, as it is written in a query */
    perebor_error *error;
} optuna_reading;

static perebor_status ask(const optuna_reading *reading, const study_query *query,
                          lone_table *answer) {
    const char *sql = perebor_arena_format(&reading->search->memory, "%s%s%s", query->before,
                                           reading->id, query->after);
    if (sql == NULL) {
        return perebor_no_memory(reading->error, "for a query");
    }
    const perebor_table_source source = {
        .name = "study", .path = reading->file, .sqlite_query = sql};
    return lone_table_read(answer, &source, reading->error);
}

/** "a", "b": the names of the studies. */
static const char *list_studies(compared_search *search, const lone_table *studies) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    const char *list = "";
    for (size_t row = 0; list != NULL && row < studies->table.n_rows; row++) {
        list = perebor_arena_format(&search->memory, "%s%s\"%s\"", list, row > 0 ? ", " : "",
                                    lone_table_text(studies, STUDY_NAME, row, buffer));
    }
    return list != NULL ? list : "?";
}

/** @param[in] name  NULL: the only one. */
static perebor_status choose_study(const optuna_reading *reading, const lone_table *studies,
                                   const char *name, size_t *chosen) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    size_t row = 0;
    while (name != NULL && row < studies->table.n_rows &&
           strcmp(lone_table_text(studies, STUDY_NAME, row, buffer), name) != 0) {
        row++;
    }
    if (row == studies->table.n_rows) {
        return perebor_fail(reading->error, PEREBOR_ERR_FORMAT,
                            "%s: there is no study \"%s\", but %s", reading->file, name,
                            list_studies(reading->search, studies));
    }
    if (name == NULL && studies->table.n_rows > 1) {
        return perebor_fail(reading->error, PEREBOR_ERR_FORMAT,
                            "%s has several studies, %s: name one as %s#STUDY", reading->file,
                            list_studies(reading->search, studies), reading->file);
    }
    *chosen = row;
    return PEREBOR_OK;
}

static perebor_trial_state read_state(const lone_table *trials, size_t row) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    const char *text = lone_table_text(trials, TRIAL_STATE, row, buffer);
    uint8_t state = 0;
    while (perebor_trial_state_names[state] != NULL &&
           strcmp(perebor_trial_state_names[state], text) != 0) {
        state++;
    }
    return perebor_trial_state_names[state] != NULL ? (perebor_trial_state)state
                                                    : PEREBOR_TRIAL_FAIL;
}

/** What can be said of a trial without its folds; a score where there is one fold. */
static perebor_status read_trial(const optuna_reading *reading, const lone_table *trials,
                                 size_t row) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    compared_search *search = reading->search;
    perebor_trial_state state = read_state(trials, row);
    double sign = search->is_negated ? -1.0 : 1.0;
    search->trials->duration[row] = lone_table_number(trials, TRIAL_SECONDS, row);
    search->trials->state[row] = (uint8_t)state;
    search->params[row] =
        perebor_arena_text(&search->memory, lone_table_text(trials, TRIAL_PARAMS, row, buffer));
    if (search->params[row] == NULL) {
        return perebor_no_memory(reading->error, "for %zu trials", trials->table.n_rows);
    }
    if (!search->has_folds) {
        compared_trials_put(search, row, 0, sign * lone_table_number(trials, TRIAL_VALUE, row));
    }
    return PEREBOR_OK;
}

static perebor_status read_trials(const optuna_reading *reading) {
    perebor_status status;
    lone_table trials = {0};
    PEREBOR_TRY(done, ask(reading, &trials_query, &trials));
    for (size_t row = 0; row < trials.table.n_rows && row < reading->search->trials->n_trials;
         row++) {
        PEREBOR_TRY(done, read_trial(reading, &trials, row));
    }
done:
    lone_table_release(&trials);
    return status;
}

/** Scores of the folds, as OptunaSearchCV leaves them. */
static perebor_status read_folds(const optuna_reading *reading) {
    perebor_status status;
    compared_search *search = reading->search;
    lone_table folds = {0};
    PEREBOR_TRY(done, ask(reading, &folds_query, &folds));
    for (size_t i = 0; i < folds.table.n_rows; i++) {
        double place = lone_table_number(&folds, FOLD_PLACE, i);
        double fold = lone_table_number(&folds, FOLD_FOLD, i);
        bool inside = place >= 0.0 && place < (double)search->trials->n_trials && fold >= 0.0 &&
                      fold < (double)search->trials->n_folds;
        if (inside) {
            compared_trials_put(search, (size_t)place, (size_t)fold,
                                lone_table_number(&folds, FOLD_SCORE, i));
        }
    }
done:
    lone_table_release(&folds);
    return status;
}

static perebor_status read_study(optuna_reading *reading, const lone_table *studies, size_t row,
                                 const char *metric) {
    perebor_status status;
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    compared_search *search = reading->search;
    double n_trials = lone_table_number(studies, STUDY_TRIALS, row);
    double n_folds = lone_table_number(studies, STUDY_FOLDS, row);
    search->is_negated =
        strcmp(lone_table_text(studies, STUDY_DIRECTION, row, buffer), "MINIMIZE") == 0;
    reading->id =
        perebor_arena_text(&search->memory, lone_table_text(studies, STUDY_ID, row, buffer));
    if (reading->id == NULL) {
        return perebor_no_memory(reading->error, "to read %s", reading->file);
    }
    PEREBOR_TRY(done, compared_trials_create(search, (size_t)n_trials,
                                             n_folds > 1.0 ? (size_t)n_folds : 1, metric,
                                             reading->error));
    if (search->trials->n_trials > 0) {
        PEREBOR_TRY(done, read_trials(reading));
    }
    if (search->has_folds) {
        PEREBOR_TRY(done, read_folds(reading));
    }
    compared_trials_settle(search);
done:
    return status;
}

perebor_status optuna_study_open(compared_search *search, const char *path, const char *metric,
                                 perebor_error *error) {
    perebor_status status;
    const char *name;
    lone_table studies = {0};
    size_t row = 0;
    optuna_reading reading = {.search = search, .id = "", .error = error};
    search->path = path;
    search->kind = COMPARED_OPTUNA;
    reading.file = compared_path_of(&search->memory, path, &name);
    if (reading.file == NULL) {
        return perebor_no_memory(error, "to read %s", path);
    }
    const perebor_table_source source = {
        .name = "studies", .path = reading.file, .sqlite_query = studies_query};
    status = lone_table_read(&studies, &source, error);
    if (status == PEREBOR_ERR_FORMAT) {
        (void)perebor_fail(error, status,
                           "%s (the tables of Optuna 2.4 or later are wanted; 'optuna storage "
                           "upgrade' brings older ones there)",
                           error != NULL ? error->message : path);
    }
    PEREBOR_TRY(done, status);
    PEREBOR_TRY(done, choose_study(&reading, &studies, name, &row));
    PEREBOR_TRY(done, read_study(&reading, &studies, row, metric));
done:
    lone_table_release(&studies);
    return status;
}
