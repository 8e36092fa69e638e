// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/array_search.h"
#include "small_experiment.h"

enum { trial_count = 24, n_folds = 3 };

static small_experiment small;

static int make_dataset(void **state) {
    (void)state;
    small_experiment_fill(&small);
    return 0;
}

static perebor_trials *search(const char *const *metrics, size_t n_metrics, int n_threads) {
    perebor_space *space = NULL;
    perebor_trials *trials = NULL;
    perebor_error error = {0};
    assert_int_equal(small_experiment_space(&space, 3, NULL), PEREBOR_OK);
    perebor_array_search arrays = {
        .dataset = &small.dataset,
        .space = space,
        .split = {.test_size = 0.25, .stratify = true, .seed = 1},
        .folds = {.method = PEREBOR_STRATIFIED_KFOLD, .n_splits = n_folds, .n_repeats = 1},
        .n_trials = trial_count,
        .n_threads = n_threads,
        .score_training = true};
    for (size_t i = 0; i < n_metrics; i++) {
        perebor_metric_list_add(&arrays.metrics, perebor_metric_find(metrics[i]));
    }
    if (perebor_array_search_run(&arrays, &trials, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    perebor_space_free(space);
    return trials;
}

static void metrics_that_are_asked_for_are_recorded_by_name(void **state) {
    (void)state;
    static const char *const metrics[] = {"neg_brier_score", "roc_auc", "accuracy"};
    perebor_trials *plain = search(NULL, 0, 2);
    perebor_trials *named = search(metrics, 3, 2);
    assert_true(perebor_trials_have_default_metric(plain));
    assert_int_equal(named->n_metrics, 3);
    assert_string_equal(named->metric_names[0], "neg_brier_score");
    assert_string_equal(named->metric_names[2], "roc_auc");
    for (size_t trial = 0; trial < trial_count; trial++) {
        assert_int_equal(named->state[trial], PEREBOR_TRIAL_COMPLETE);
        for (size_t fold = 0; fold < n_folds; fold++) {
            for (int part = PEREBOR_TEST; part <= PEREBOR_TRAIN; part++) {
                double area = perebor_trials_score(named, trial, fold, 2, (perebor_part)part);
                double brier = perebor_trials_score(named, trial, fold, 0, (perebor_part)part);
                assert_true(perebor_trials_score(plain, trial, fold, 0, (perebor_part)part) ==
                            area);
                assert_true(brier <= 0.0 && brier >= -1.0);
            }
        }
    }
    perebor_trials_free(plain);
    perebor_trials_free(named);
}

static void threads_change_no_digest(void **state) {
    (void)state;
    static const char *const metrics[] = {"f1", "neg_log_loss", "average_precision"};
    uint8_t alone[32], together[32];
    perebor_trials *one = search(metrics, 3, 1);
    perebor_trials *four = search(metrics, 3, 4);
    perebor_trials_digest(one, alone);
    perebor_trials_digest(four, together);
    assert_memory_equal(alone, together, sizeof alone);
    perebor_trials_free(one);
    perebor_trials_free(four);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics_that_are_asked_for_are_recorded_by_name),
        cmocka_unit_test(threads_change_no_digest),
    };
    return cmocka_run_group_tests(tests, make_dataset, NULL);
}
