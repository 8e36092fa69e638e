// SPDX-License-Identifier: MIT
/** Ensembles against those of tests/golden/ensemble, which make_ensemble.py selected with numpy. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "metric/ensemble_selection.h"

enum { n_trials = 12, n_rows = 120, n_repeats = 2, n_folds = 4 };

static uint8_t labels[n_rows];
static uint32_t fold_of[n_repeats * n_rows];
static double scores[n_trials][n_repeats * n_rows];
static const double *rows_of[n_trials];

static double read_number(FILE *file) {
    double number;
    assert_int_equal(fscanf(file, "%lf", &number), 1);
    return number;
}

static int read_scores(void **state) {
    (void)state;
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/ensemble/scores.txt", "r");
    assert_non_null(file);
    for (size_t row = 0; row < n_rows; row++) {
        labels[row] = read_number(file) != 0.0;
        for (uint32_t repeat = 0; repeat < n_repeats; repeat++) {
            fold_of[repeat * n_rows + row] = repeat * n_folds + (uint32_t)read_number(file);
        }
        for (size_t repeat = 0; repeat < n_repeats; repeat++) {
            for (size_t trial = 0; trial < n_trials; trial++) {
                scores[trial][repeat * n_rows + row] = read_number(file);
                rows_of[trial] = scores[trial];
            }
        }
    }
    return fclose(file);
}

static void ensembles_are_those_of_numpy(void **state) {
    (void)state;
    const perebor_search_scores search = {.n_trials = n_trials,
                                          .n_rows = n_rows,
                                          .n_repeats = n_repeats,
                                          .n_folds = (size_t)n_repeats * n_folds,
                                          .labels = labels,
                                          .fold_of = fold_of,
                                          .scores = rows_of};
    perebor_workspace workspace = {0};
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/ensemble/ensembles.txt", "r");
    assert_non_null(file);
    for (size_t line = 0; line < 5; line++) {
        uint32_t weights[n_trials];
        double score;
        size_t n_rounds = (size_t)read_number(file);
        assert_int_equal(
            perebor_ensemble_select(&search, n_rounds, &workspace, weights, &score, NULL),
            PEREBOR_OK);
        for (size_t trial = 0; trial < n_trials; trial++) {
            assert_int_equal(weights[trial], (uint32_t)read_number(file));
        }
        assert_true(fabs(score - read_number(file)) < 1e-14);
    }
    assert_int_equal(fclose(file), 0);
    perebor_workspace_release(&workspace);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ensembles_are_those_of_numpy),
    };
    return cmocka_run_group_tests(tests, read_scores, NULL);
}
