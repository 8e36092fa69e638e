// SPDX-License-Identifier: MIT
#include "export_cases.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "perebor/learners.h"

static double values[CASE_COLUMNS][CASE_ROWS];
static uint8_t labels[CASE_ROWS];

static const char *const sizes[] = {"L", "M*/", "S"};
static const char *const answers[] = {"no", "yes\n"};
static const char *const kinds[] = {"", "a\"b\\", "what\?\?/", "Омск"};
static const char *const towns[] = {"Kazan", "Omsk", "Perm"};

static const perebor_column columns[CASE_COLUMNS] = {
    {.name = "a b", .role = PEREBOR_ROLE_NUMERIC, .values = values[0]},
    {.name = "double", .role = PEREBOR_ROLE_NUMERIC, .values = values[1]},
    {.name = "Возраст */", .role = PEREBOR_ROLE_NUMERIC, .values = values[2]},
    {.name = "a-b", .role = PEREBOR_ROLE_NUMERIC, .values = values[3]},
    {"size", PEREBOR_ROLE_ORDINAL, values[4], sizes, 3, 0},
    {"ok", PEREBOR_ROLE_BOOLEAN, values[5], answers, 2, 0},
    {"kind", PEREBOR_ROLE_NOMINAL, values[6], kinds, 4, 0},
    {"town", PEREBOR_ROLE_NOMINAL, values[7], towns, 3, 0},
};

static const perebor_dataset dataset = {.n_rows = CASE_ROWS,
                                        .n_columns = CASE_COLUMNS,
                                        .columns = columns,
                                        .labels = labels,
                                        .target_name = "left? \"really\"",
                                        .positive_name = "yes */",
                                        .negative_name = "rest",
                                        .id_name = "nº"};

static double draw_value(size_t column, size_t row, uint64_t *random) {
    bool fresh = row >= CASE_TRAINING;
    if (column >= CASE_FIRST_NOMINAL) {
        size_t n = columns[column].n_levels;
        size_t level = draw_bits(random) % (fresh ? n + 1 : n - (column == 7 ? 1 : 0));
        return (double)(level < n ? level : n + 1);
    }
    if (columns[column].n_levels > 0) {
        return (double)(draw_bits(random) % columns[column].n_levels);
    }
    double value = column == 0 ? (double)(draw_bits(random) % 12) / 4.0 : draw_uniform(random);
    return value + (column < 2 ? 0.8 * labels[row] : 0.0) + (column == 2 ? 1000.0 : 0.0);
}

const perebor_dataset *case_dataset(void) {
    uint64_t random = 11;
    for (size_t row = 0; row < CASE_ROWS; row++) {
        labels[row] = (uint8_t)(draw_bits(&random) % 3 == 0);
        for (size_t column = 0; column < CASE_COLUMNS; column++) {
            double value = draw_value(column, row, &random);
            bool missing = draw_bits(&random) % 13 == 0 && column != CASE_FIRST_NOMINAL;
            values[column][row] = missing ? NAN : value;
        }
    }
    return &dataset;
}

/** Numbers, null, true, false, or one of the setting's words. */
static perebor_value read_value_of(const perebor_setting *setting, const char *text) {
    char *after = NULL;
    double number = strtod(text, &after);
    if (*after == '\0') {
        return strpbrk(text, ".e") == NULL
                   ? (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = (int64_t)number}
                   : (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = number};
    }
    for (size_t i = 0; setting->choices != NULL && setting->choices[i] != NULL; i++) {
        if (strcmp(setting->choices[i], text) == 0) {
            return (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = setting->choices[i]};
        }
    }
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0) {
        return (perebor_value){.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = *text == 't'};
    }
    assert_string_equal(text, "null");
    return (perebor_value){.kind = PEREBOR_VALUE_NULL};
}

static void set(perebor_candidate *candidate, const char *name, const char *text) {
    for (size_t i = 0; i < candidate->learner->n_settings; i++) {
        const perebor_setting *setting = &candidate->learner->settings[i];
        if (strcmp(setting->name, name) == 0) {
            perebor_error error = {0};
            if (perebor_setting_accept(setting, read_value_of(setting, text),
                                       &candidate->settings[i], &error) != PEREBOR_OK) {
                fail_msg("%s", error.message);
            }
            return;
        }
    }
    fail_msg("%s has no %s", candidate->learner->name, name);
}

perebor_candidate case_candidate(const export_case *of) {
    perebor_candidate candidate = {.learner = perebor_learner_find(of->learner),
                                   .preparation = of->preparation};
    char line[128], name[32], text[32];
    int used = 0;
    for (size_t i = 0; i < candidate.learner->n_settings; i++) {
        candidate.settings[i] = candidate.learner->settings[i].default_value;
    }
    if (candidate.preparation.impute_nominal == PEREBOR_IMPUTE_MEAN) {
        candidate.preparation.impute_nominal = PEREBOR_IMPUTE_MOST_FREQUENT;
    }
    (void)snprintf(line, sizeof line, "%s", of->settings != NULL ? of->settings : "");
    for (const char *at = line; sscanf(at, " %31[^=]=%31s%n", name, text, &used) == 2; at += used) {
        set(&candidate, name, text);
    }
    return candidate;
}

static perebor_fitted_pipeline *fit(const export_case *of, const perebor_dataset *from, size_t n) {
    uint32_t rows[CASE_ROWS];
    perebor_error error = {0};
    perebor_fitted_pipeline *pipeline = NULL;
    perebor_candidate candidate = case_candidate(of);
    for (uint32_t row = 0; row < n; row++) {
        rows[row] = row;
    }
    perebor_status status =
        of->uncalibrated ? perebor_fitted_pipeline_fit(&pipeline, &candidate, from, rows, n, &error)
                         : perebor_fitted_pipeline_fit_calibrated_by(&pipeline, &candidate, from,
                                                                     rows, n, of->method, &error);
    if (status != PEREBOR_OK) {
        fail_msg("%s: %s", of->learner, error.message);
    }
    return pipeline;
}

perebor_fitted_pipeline *case_fit(const export_case *of) {
    return fit(of, case_dataset(), CASE_TRAINING);
}

perebor_fitted_pipeline *case_fit_on(const export_case *of, const perebor_dataset *from) {
    assert_true(from->n_rows <= CASE_ROWS);
    return fit(of, from, from->n_rows);
}

perebor_fitted_pipeline *case_fit_voting(const export_case *of, const uint32_t *weights, size_t n) {
    perebor_candidate candidates[16];
    uint32_t rows[CASE_TRAINING];
    perebor_error error = {0};
    perebor_fitted_pipeline *pipeline = NULL;
    assert_true(n <= 16);
    for (size_t i = 0; i < n; i++) {
        candidates[i] = case_candidate(&of[i]);
    }
    for (uint32_t row = 0; row < CASE_TRAINING; row++) {
        rows[row] = row;
    }
    if (perebor_fitted_pipeline_fit_voting(&pipeline, candidates, weights, n, case_dataset(), rows,
                                           CASE_TRAINING, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return pipeline;
}

char *case_export(const perebor_fitted_pipeline *pipeline, perebor_model_format format,
                  size_t *size) {
    char *bytes = NULL;
    perebor_error error = {0};
    if (perebor_model_export(pipeline, format, "m", &bytes, size, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return bytes;
}
