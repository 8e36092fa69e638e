// SPDX-License-Identifier: MIT
/* Trees of a random_state are scikit-learn's: its scores, bit for bit, as tests/golden/model has
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/learners.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { setting_count = 8, n_validation = 25, most_rows = 400, n_cases = 80 };

/** One case of the golden file with its table. */
typedef struct example {
    perebor_training training;
    perebor_matrix validation;
    uint8_t labels[most_rows];
    perebor_value values[setting_count];
    char words[setting_count][16];
    double expected[n_validation];
} example;

static uint32_t dice_state;

/** As in make_tree_sklearn.py. */
static uint32_t dice(uint32_t n) {
    dice_state = 1664525u * dice_state + 1013904223u;
    return (dice_state >> 16) % n;
}

static const perebor_learner *tree(void) {
    const perebor_learner *learner = perebor_learner_find("tree");
    assert_non_null(learner);
    assert_int_equal(learner->n_settings, setting_count);
    return learner;
}

static void fill_table(example *example, uint32_t number) {
    static const uint32_t levels[] = {2, 7, 1000, 40};
    perebor_matrix *rows = &example->training.rows;
    size_t n = rows->n_rows;
    dice_state = number;
    for (size_t column = 0; column < rows->n_columns; column++) {
        for (size_t row = 0; row < n + n_validation; row++) {
            double value = ((double)dice(levels[column % 4]) - 3.0) / 7.0;
            if (number % 4 == 3) { // neighbours too close to be told apart
                value += (double)dice(3) * 6e-8;
            }
            if (row < n) {
                perebor_matrix_column(rows, column)[row] = value;
            } else {
                perebor_matrix_column(&example->validation, column)[row - n] = value;
            }
        }
    }
    const double *last = perebor_matrix_column(rows, rows->n_columns - 1);
    for (size_t row = 0; row < n; row++) {
        example->labels[row] = (uint8_t)row;
        if (row > 1) {
            example->labels[row] = (dice(3) == 0) != (last[row] > 0.2);
        }
    }
    example->training.labels = example->labels;
}

/** Reads null, a whole number, a number with a point, or a text. */
static perebor_value read_value(const char *word) {
    char *end;
    if (strcmp(word, "null") == 0) {
        return (perebor_value){.kind = PEREBOR_VALUE_NONE};
    }
    long long whole = strtoll(word, &end, 10);
    if (*end == '\0') {
        return (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = whole};
    }
    double number = strtod(word, &end);
    if (*end == '\0') {
        return (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = number};
    }
    return (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = word};
}

static bool read_example(FILE *file, example *example, uint32_t number) {
    size_t n_rows;
    size_t n_columns;
    perebor_error error = {0};
    if (fscanf(file, "%zu %zu", &n_rows, &n_columns) != 2) {
        return false;
    }
    assert_true(n_rows <= most_rows);
    for (size_t s = 0; s < setting_count; s++) {
        assert_int_equal(fscanf(file, "%15s", example->words[s]), 1);
        assert_int_equal(perebor_setting_accept(&tree()->settings[s], read_value(example->words[s]),
                                                &example->values[s], &error),
                         PEREBOR_OK);
    }
    for (size_t row = 0; row < n_validation; row++) {
        assert_int_equal(fscanf(file, "%lf", &example->expected[row]), 1);
    }
    assert_int_equal(
        perebor_matrix_create(&example->training.rows, n_rows, n_columns, &workspace, &error),
        PEREBOR_OK);
    assert_int_equal(
        perebor_matrix_create(&example->validation, n_validation, n_columns, &workspace, &error),
        PEREBOR_OK);
    fill_table(example, number);
    return true;
}

/** Checks the scores of one member. */
static void compare(void *context, size_t member, perebor_status status, const char *message,
                    const double *validation_scores, const double *training_scores,
                    const perebor_fit_report *report) {
    const example *example = context;
    (void)message;
    (void)report;
    assert_int_equal(member, 0);
    assert_int_equal(status, PEREBOR_OK);
    assert_null(training_scores);
    assert_memory_equal(validation_scores, example->expected, sizeof example->expected);
}

static void check_all(bool share) {
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/model/tree_sklearn.txt", "r");
    assert_non_null(file);
    example example;
    uint32_t number = 0;
    while (read_example(file, &example, number)) {
        const perebor_value *settings = example.values;
        perebor_family family = {.training = &example.training,
                                 .validation = &example.validation,
                                 .settings = &settings,
                                 .n_members = 1,
                                 .workspace = &workspace};
        perebor_error error = {0};
        assert_int_equal(
            perebor_learner_score_family(tree(), &family, share, compare, &example, &error),
            PEREBOR_OK);
        number++;
    }
    assert_int_equal(number, n_cases);
    (void)fclose(file);
}

static void every_tree_scores_as_scikit_learns(void **state) {
    (void)state;
    check_all(false);
}

static void every_tree_of_a_family_scores_as_scikit_learns(void **state) {
    (void)state;
    check_all(true);
}

static void a_value_beyond_single_precision_is_refused(void **state) {
    (void)state;
    double values[16] = {0.0, 1e39};
    uint8_t labels[2] = {0, 1};
    perebor_training training = {.rows = {values, 2, 1, 8}, .labels = labels};
    perebor_value settings[setting_count];
    for (size_t s = 0; s < setting_count; s++) {
        settings[s] = tree()->settings[s].default_value;
    }
    settings[setting_count - 1] = (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = 42};
    perebor_model *model = NULL;
    perebor_fit_report report;
    perebor_error error = {0};
    assert_int_equal(tree()->fit(&model, &training, settings, &workspace, &report, &error),
                     PEREBOR_ERR_NUMERIC);
    assert_null(model);
    assert_non_null(strstr(error.message, "column 0"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_tree_scores_as_scikit_learns),
        cmocka_unit_test(every_tree_of_a_family_scores_as_scikit_learns),
        cmocka_unit_test(a_value_beyond_single_precision_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
