// SPDX-License-Identifier: MIT
#include "golden_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/learners.h"

static double values[GOLDEN_COLUMNS][GOLDEN_ROWS];
static uint8_t labels[GOLDEN_ROWS];
static perebor_column columns[GOLDEN_COLUMNS];

perebor_dataset golden_dataset;
uint32_t golden_rows[GOLDEN_ROWS];
perebor_fitted_pipeline *golden_pipeline;

static void read_rows(void) {
    static const char *const names[] = {"a", "b", "c", "d"};
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/importance/rows.txt", "r");
    assert_non_null(file);
    for (size_t row = 0; row < GOLDEN_ROWS; row++) {
        char line[256];
        char *at = fgets(line, sizeof line, file);
        assert_non_null(at);
        for (size_t column = 0; column < GOLDEN_COLUMNS; column++) {
            values[column][row] = strtod(at, &at);
        }
        labels[row] = (uint8_t)strtol(at, NULL, 10);
        golden_rows[row] = (uint32_t)row;
    }
    (void)fclose(file);
    for (size_t column = 0; column < GOLDEN_COLUMNS; column++) {
        columns[column] = (perebor_column){
            .name = names[column], .role = PEREBOR_ROLE_NUMERIC, .values = values[column]};
    }
    golden_dataset = (perebor_dataset){.n_rows = GOLDEN_ROWS,
                                       .n_columns = GOLDEN_COLUMNS,
                                       .columns = columns,
                                       .labels = labels,
                                       .target_name = "y",
                                       .positive_name = "1",
                                       .negative_name = "0",
                                       .id_name = ""};
}

static void set(perebor_candidate *candidate, const char *name, perebor_value value) {
    for (size_t i = 0; i < candidate->learner->n_settings; i++) {
        if (strcmp(candidate->learner->settings[i].name, name) == 0) {
            candidate->settings[i] = value;
            return;
        }
    }
    fail_msg("no setting %s", name);
}

int golden_set_up(void **state) {
    (void)state;
    perebor_error error = {0};
    perebor_candidate candidate = {.learner = perebor_learner_find("knn")};
    read_rows();
    for (size_t i = 0; i < candidate.learner->n_settings; i++) {
        candidate.settings[i] = candidate.learner->settings[i].default_value;
    }
    set(&candidate, "n_neighbors", (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = 9});
    if (perebor_fitted_pipeline_fit_calibrated(&golden_pipeline, &candidate, &golden_dataset,
                                               golden_rows, GOLDEN_TRAIN, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return 0;
}

int golden_tear_down(void **state) {
    (void)state;
    perebor_fitted_pipeline_free(golden_pipeline);
    return 0;
}

size_t golden_read(const char *name, double *into, size_t most) {
    static char line[1 << 16];
    size_t length = strlen(name), n = 0;
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/importance/expected.txt", "r");
    assert_non_null(file);
    while (n == 0 && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, name, length) == 0 && line[length] == ' ') {
            char *at = line + length;
            n = strtoul(at, &at, 10);
            assert_true(n > 0 && n <= most);
            for (size_t i = 0; i < n; i++) {
                into[i] = strtod(at, &at);
            }
        }
    }
    (void)fclose(file);
    assert_true(n > 0);
    return n;
}
