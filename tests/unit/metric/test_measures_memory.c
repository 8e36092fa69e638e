// SPDX-License-Identifier: MIT
/** Whatever allocation fails, what is said of scores is an error or right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "failing_malloc.h"
#include "metric/calibration_measures.h"
#include "metric/corrected_selection.h"
#include "metric/delong.h"
#include "metric/ensemble_selection.h"
#include "metric/gain.h"
#include "metric/thresholds.h"

enum { n_rows = 24 };

static uint8_t labels[n_rows];
static uint32_t fold_of[n_rows];
static double first[n_rows], second[n_rows], probabilities[n_rows], second_half[n_rows];
static const double *const scores[2] = {first, second};

static int draw_rows(void **state) {
    (void)state;
    for (size_t row = 0; row < n_rows; row++) {
        labels[row] = row % 3 == 0;
        fold_of[row] = (uint32_t)(row / 6 % 2);
        first[row] = (double)(row * 7 % 5);
        second[row] = (double)(row * 11 % n_rows);
        probabilities[row] = second[row] / n_rows;
        second_half[row] = (double)(row * 5 % n_rows) / n_rows;
    }
    return 0;
}

static perebor_status bound(void *result, perebor_error *error) {
    return perebor_delong(result, labels, first, n_rows, 0.95, error);
}

static perebor_status compare(void *result, perebor_error *error) {
    return perebor_delong_compare(result, labels, scores, n_rows, 0.95, error);
}

static perebor_status correct(void *result, perebor_error *error) {
    const perebor_search_scores search = {.n_trials = 2,
                                          .n_rows = n_rows,
                                          .n_repeats = 1,
                                          .n_folds = 2,
                                          .labels = labels,
                                          .fold_of = fold_of,
                                          .scores = scores};
    return perebor_corrected_selection(&search, 3, 5, 0.95, result, error);
}

static const double *const probable[2] = {probabilities, second_half};
static const perebor_search_scores blended = {.n_trials = 2,
                                              .n_rows = n_rows,
                                              .n_repeats = 1,
                                              .n_folds = 2,
                                              .labels = labels,
                                              .fold_of = fold_of,
                                              .scores = probable};

/** What a selection gives out. */
typedef struct ensemble {
    uint32_t weights[2];
    double score;
} ensemble;

static perebor_status select_ensemble(void *result, perebor_error *error) {
    ensemble *out = result;
    perebor_workspace workspace = {0};
    perebor_status status =
        perebor_ensemble_select(&blended, 4, &workspace, out->weights, &out->score, error);
    perebor_workspace_release(&workspace);
    return status;
}

static perebor_status resample_ensemble(void *result, perebor_error *error) {
    perebor_workspace workspace = {0};
    perebor_status status = perebor_ensemble_resample(&blended, 4, 5, 1, &workspace, result, error);
    perebor_workspace_release(&workspace);
    return status;
}

static perebor_status bin(void *result, perebor_error *error) {
    return perebor_reliability_bins(result, 3, PEREBOR_BINS_EQUAL_COUNT, labels, probabilities,
                                    n_rows, error);
}

static perebor_status cut(void *result, perebor_error *error) {
    const perebor_threshold_terms terms = {1.0, 2.0, 5};
    return perebor_thresholds(result, labels, first, n_rows, &terms, error);
}

static perebor_status gain(void *result, perebor_error *error) {
    return perebor_gain(result, 4, labels, first, n_rows, error);
}

static void any_allocation_may_fail(void **state) {
    (void)state;
    perebor_status (*const calls[])(void *, perebor_error *) = {
        bound, compare, correct, select_ensemble, resample_ensemble, bin, cut, gain};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        static _Alignas(16) unsigned char whole[2][1024];
        memset(whole, 0, sizeof whole);
        assert_int_equal(calls[i](whole[0], NULL), PEREBOR_OK);
        perebor_status status = PEREBOR_ERR_MEMORY;
        size_t n = 1;
        for (; status != PEREBOR_OK; n++) {
            perebor_error error = {0};
            failing_malloc_arm(n);
            status = calls[i](whole[1], &error);
            bool failed = failing_malloc_disarm();
            assert_int_equal(status, failed ? PEREBOR_ERR_MEMORY : PEREBOR_OK);
            assert_int_equal(error.status, status);
        }
        assert_true(n > 2);
        assert_memory_equal(whole[0], whole[1], sizeof whole[0]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, draw_rows, NULL);
}
