// SPDX-License-Identifier: MIT
#include "sample_result.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "draw.h"
#include "perebor/learning_curve.h"

enum { row_count = 12, sample_n_folds = 5, parameter_count = 6 };

static const char *const parameter_names[parameter_count] = {"model",
                                                             "scale",
                                                             "logreg__C",
                                                             "knn__n_neighbors",
                                                             "logreg__fit_intercept",
                                                             "tree__max_features"};

static perebor_value text(perebor_trials *trials, const char *value) {
    return (perebor_value){.kind = PEREBOR_VALUE_TEXT,
                           .as.text = perebor_trials_intern(trials, value)};
}

static void fill_point(perebor_trials *trials, size_t trial, uint64_t *random) {
    static const char *const scales[] = {"standard", "стандарт \"x\"\n", "none"};
    perebor_value *point = trials->values + trial * parameter_count;
    uint64_t model = draw_bits(random) % 3;
    point[1] = text(trials, scales[draw_bits(random) % 3]);
    if (model == 0) {
        point[0] = text(trials, "logreg");
        point[2] = (perebor_value){.kind = PEREBOR_VALUE_REAL,
                                   .as.real = ldexp((double)(draw_bits(random) >> 11), -50)};
        point[4] =
            (perebor_value){.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = draw_bits(random) % 2};
    } else if (model == 1) {
        point[0] = text(trials, "knn");
        point[3] = (perebor_value){.kind = PEREBOR_VALUE_INTEGER,
                                   .as.integer = 1 + (int64_t)(draw_bits(random) % 60)};
    } else {
        point[0] = text(trials, "tree");
        point[5] = draw_bits(random) % 2
                       ? text(trials, "sqrt")
                       : (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = 1.0};
    }
}

static void fill_outcome(perebor_trials *trials, size_t trial, uint64_t *random) {
    uint64_t kind = draw_bits(random) % 10;
    trials->state[trial] = kind == 0   ? PEREBOR_TRIAL_FAIL
                           : kind == 1 ? PEREBOR_TRIAL_WAITING
                                       : PEREBOR_TRIAL_COMPLETE;
    if (kind == 1) {
        return;
    }
    for (size_t fold = 0; fold < sample_n_folds; fold++) {
        size_t at = trial * sample_n_folds + fold;
        trials->fold_done[at] = kind != 0 || fold < 2;
        trials->folds[at] = (perebor_fold_outcome){
            .test_score = 0.5 + ldexp((double)(draw_bits(random) >> 11), -54),
            .train_score = 0.75 + ldexp((double)(draw_bits(random) >> 11), -55),
            .oob_score = NAN,
            .fit_seconds = 0.001 * (double)fold,
            .score_seconds = 0.0005,
            .iterations = (uint32_t)(draw_bits(random) % 1000),
            .state = PEREBOR_TRIAL_COMPLETE,
            .converged = (uint8_t)(draw_bits(random) % 4 != 0)};
        if (!trials->fold_done[at]) {
            trials->folds[at] = (perebor_fold_outcome){.test_score = NAN,
                                                       .train_score = NAN,
                                                       .oob_score = NAN,
                                                       .state = PEREBOR_TRIAL_WAITING};
        }
    }
    trials->error[trial] =
        kind == 0 ? perebor_trials_intern(trials, "не сошлось: fold 2 has one class") : NULL;
    trials->datetime_start[trial] = 1.7e9 + (double)trial;
    trials->duration[trial] = 0.0125;
    trials->mpi_rank[trial] = (int32_t)(draw_bits(random) % 4);
    trials->host[trial] = perebor_trials_intern(trials, "node-1");
    trials->n_threads[trial] = 2;
}

perebor_trials *sample_trials_create(uint64_t first, size_t n) {
    perebor_trials *trials = NULL;
    if (perebor_trials_create_empty(&trials, parameter_names, parameter_count, first, n,
                                    sample_n_folds, NULL) != PEREBOR_OK) {
        return NULL;
    }
    for (size_t trial = 0; trial < n; trial++) {
        uint64_t random = first + trial;
        fill_point(trials, trial, &random);
        fill_outcome(trials, trial, &random);
    }
    if (perebor_trials_mark_same(trials, NULL) != PEREBOR_OK) {
        perebor_trials_free(trials);
        return NULL;
    }
    return trials;
}

perebor_status sample_trials_add_metrics(perebor_trials *trials) {
    static const char *const names[] = {"f1", "roc_auc", "accuracy"};
    perebor_status status = perebor_trials_set_metrics(trials, names, 3, NULL);
    for (size_t at = 0; status == PEREBOR_OK && at < trials->n_trials * trials->n_folds; at++) {
        size_t trial = at / trials->n_folds, fold = at % trials->n_folds;
        uint64_t random = trials->first_trial + trial + 1000 * fold;
        for (size_t i = 0; trials->fold_done[at] && i < 4; i++) { // of testing, then of training
            perebor_trials_further(trials, trial, fold, PEREBOR_TEST)[i] = draw_uniform(&random);
        }
    }
    return status;
}

perebor_status sample_trials_add_curves(perebor_trials *trials) {
    perebor_status status = PEREBOR_OK;
    double scores[PEREBOR_CURVE_MAX_POINTS];
    for (size_t at = 0; status == PEREBOR_OK && at < trials->n_trials * trials->n_folds; at++) {
        size_t trial = at / trials->n_folds, fold = at % trials->n_folds;
        uint64_t number = trials->first_trial + trial, random = number + 1000 * fold;
        uint32_t n_points = (uint32_t)(1 + number * 5 % PEREBOR_CURVE_MAX_POINTS);
        for (size_t point = 0; point < n_points; point++) {
            scores[point] = draw_uniform(&random);
        }
        if (number % 3 == 1 && trials->fold_done[at]) {
            status = perebor_trials_set_curve(trials, trial, fold, scores, n_points, NULL);
        }
        if (number % 4 == 1 && trials->fold_done[at]) {
            trials->folds[at].has_oob = 1;
            trials->folds[at].oob_score = fold == 1 ? (double)NAN : draw_uniform(&random);
            trials->folds[at].oob_lacking = (uint32_t)(number % 5);
        }
    }
    return status;
}

static const perebor_result_fact build[] = {{"compiler", "cc 12"}, {"arithmetic", "strict"}};
static const perebor_result_host hosts[] = {{"node-1", "Some CPU", 2, 4}, {"node-2", "", 1, 8}};
static const perebor_result_source sources[] = {
    {"file", "data/market_file.csv", {1, 2, 3}, 12, 4, 345, ",", ".", "utf-8"},
    {"profit", "data/money.csv", {0xff}, 12, 2, 99, ";", ",", "utf-8"},
};
static const perebor_result_step steps[] = {
    {"replace", "стандартт → стандарт", "file", "Тип сервиса", 10, 0},
    {"filter", "Выручка > 0", "", "", 0, 3},
};
static const char *const levels[] = {"стандарт", "премиум", "нет", "да"};
static const perebor_result_column columns[] = {
    {"Страниц_за_визит", PEREBOR_ROLE_NUMERIC, NULL, 0},
    {"Тип сервиса", PEREBOR_ROLE_ORDINAL, levels, 2},
    {"Разрешить сообщать", PEREBOR_ROLE_BOOLEAN, levels + 2, 2},
};
static const char *const ids[row_count] = {
    "215348", "215349", "215350", "215351", "215352", "215353", "a b", "", "ё", "9", "10", "11"};
static const uint8_t labels[row_count] = {1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0};
static const uint8_t part[row_count] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1};
static const uint32_t source_rows[row_count] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 4000000000};
static const int32_t test_fold[row_count] = {0, 0, 1, 1, 2, 2, 3, 3, 4, 4, -1, -1};
static const perebor_result_parameter parameters[] = {
    {.name = "model", .distribution = "values", .values = "[\"logreg\",\"knn\",\"tree\"]"},
    {.name = "logreg__C",
     .distribution = "log_uniform_values",
     .min = 1e-4,
     .max = 1e3,
     .when = "{\"model\":[\"logreg\"]}"},
};

static void fill_text(perebor_result *result) {
    result->title = "Кто купит меньше?";
    result->creator_version = "0.1.0-gabc";
    result->created = "2026-01-02T03:04:05Z";
    result->run_uuid = "00000000-0000-4000-8000-000000000001";
    result->history = "2026-01-02T03:04:05Z started\n";
    result->config = "version: 1\nname: проба\n";
    result->config_resolved = "{\"version\":1}";
    memset(result->config_sha256, 0xab, sizeof result->config_sha256);
    result->command_line = "perebor run experiment.yaml";
    result->seed = UINT64_MAX - 1;
    result->id_name = "id";
    result->target_name = "Покупательская активность";
    result->positive_name = "Снизилась";
    result->negative_name = "Прежний уровень";
    memset(result->data_fingerprint, 0x12, sizeof result->data_fingerprint);
    memset(result->folds_fingerprint, 0x34, sizeof result->folds_fingerprint);
    result->space_json = "{\"model\":{}}";
}

perebor_result *sample_result_create(size_t n) {
    perebor_result *result = NULL;
    if (perebor_result_create(&result, NULL) != PEREBOR_OK) {
        return NULL;
    }
    fill_text(result);
    result->status = PEREBOR_RESULT_STOPPED;
    result->build = build;
    result->n_build = sizeof build / sizeof build[0];
    result->hosts = hosts;
    result->n_hosts = sizeof hosts / sizeof hosts[0];
    result->sources = sources;
    result->n_sources = sizeof sources / sizeof sources[0];
    result->steps = steps;
    result->n_steps = sizeof steps / sizeof steps[0];
    result->columns = columns;
    result->n_columns = sizeof columns / sizeof columns[0];
    result->n_rows = row_count;
    result->ids = ids;
    result->labels = labels;
    result->part = part;
    result->source_rows = source_rows;
    result->n_splits = sample_n_folds;
    result->n_repeats = 1;
    result->test_fold = test_fold;
    result->parameters = parameters;
    result->n_parameters = sizeof parameters / sizeof parameters[0];
    result->trials = sample_trials_create(0, n);
    result->owns_trials = true;
    if (result->trials == NULL) {
        perebor_result_free(result);
        return NULL;
    }
    return result;
}
