// SPDX-License-Identifier: MIT
// n_estimators as a path: what it comes to is the best of the trials that it stands for.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/array_search.h"
#include "perebor/learning_curve.h"
#include "small_experiment.h"

enum { n_folds = 3, most = 13 };

/** Parameters in the order of the space. */
enum { MODEL, OTHER, PATH, OOB, N_ESTIMATORS, n_parameters };

static small_experiment small;

static int make_dataset(void **state) {
    (void)state;
    small_experiment_fill(&small);
    return 0;
}

static perebor_value whole(int64_t number) {
    return (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = number};
}

static perebor_value truth(bool boolean) {
    return (perebor_value){.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = boolean};
}

/** Every number of estimators that a path of 13 chooses among, as a path and as it is. */
static perebor_trials *search(const char *model, const char *selecting, bool is_forest,
                              int n_threads) {
    perebor_value models[] = {{.kind = PEREBOR_VALUE_TEXT, .as.text = model}};
    perebor_value others[] = {whole(2), whole(5)};
    perebor_value paths[] = {truth(false), truth(true)};
    perebor_value oob =
        is_forest ? truth(true) : (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = 1.0};
    perebor_value numbers[16];
    perebor_space *space = NULL;
    perebor_trials *trials = NULL;
    perebor_error error = {0};
    size_t n = perebor_curve_n_points(most);
    for (size_t point = 0; point < n; point++) {
        numbers[point] = whole((int64_t)perebor_curve_n_estimators(point));
    }
    numbers[n++] = whole(most);
    const perebor_parameter parameters[n_parameters] = {
        [MODEL] = {.name = "model",
                   .distribution = PEREBOR_CATEGORICAL,
                   .values = models,
                   .n_values = 1},
        [OTHER] = {.name = is_forest ? "forest__min_samples_leaf" : "boost__min_samples_leaf",
                   .distribution = PEREBOR_CATEGORICAL,
                   .values = others,
                   .n_values = 2},
        [PATH] = {.name = is_forest ? "forest__path" : "boost__path",
                  .distribution = PEREBOR_CATEGORICAL,
                  .values = paths,
                  .n_values = 2},
        [OOB] = {.name = is_forest ? "forest__oob_score" : "boost__subsample",
                 .distribution = PEREBOR_CATEGORICAL,
                 .values = &oob,
                 .n_values = 1},
        [N_ESTIMATORS] = {.name = is_forest ? "forest__n_estimators" : "boost__n_estimators",
                          .distribution = PEREBOR_CATEGORICAL,
                          .values = numbers,
                          .n_values = n}};
    assert_int_equal(perebor_space_create(&space, "path", parameters, n_parameters, NULL, 0,
                                          PEREBOR_SEARCH_GRID, 1, &error),
                     PEREBOR_OK);
    perebor_array_search arrays = {
        .dataset = &small.dataset,
        .space = space,
        .split = {.test_size = 0.25, .stratify = true, .seed = 1},
        .folds = {.method = PEREBOR_STRATIFIED_KFOLD, .n_splits = n_folds, .n_repeats = 1},
        .n_trials = 4 * n,
        .n_threads = n_threads,
        .score_training = true};
    perebor_metric_list_add(&arrays.metrics, perebor_metric_find(selecting));
    perebor_metric_list_add(&arrays.metrics, perebor_metric_find("roc_auc"));
    perebor_metric_list_add(&arrays.metrics, perebor_metric_find("neg_log_loss"));
    perebor_metric_list_add(&arrays.metrics, perebor_metric_find("f1"));
    if (perebor_array_search_run(&arrays, &trials, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    perebor_space_free(space);
    return trials;
}

static const perebor_value *point_of(const perebor_trials *trials, size_t trial) {
    return trials->values + trial * n_parameters;
}

/** The trial that is no path with the best score of those that a path stands for; of equal ones
 * that of the fewest estimators. */
static size_t best_of_those(const perebor_trials *trials, size_t path) {
    size_t best = SIZE_MAX;
    for (size_t trial = 0; trial < trials->n_trials; trial++) { // ascending by n_estimators
        const perebor_value *point = point_of(trials, trial);
        if (!point[PATH].as.boolean &&
            point[OTHER].as.integer == point_of(trials, path)[OTHER].as.integer &&
            point[N_ESTIMATORS].as.integer <= point_of(trials, path)[N_ESTIMATORS].as.integer &&
            (best == SIZE_MAX || perebor_trials_mean_test_score(trials, trial) >
                                     perebor_trials_mean_test_score(trials, best))) {
            best = trial;
        }
    }
    return best;
}

static void assert_same_scores(const perebor_trials *trials, size_t a, size_t b, bool is_forest) {
    for (size_t fold = 0; fold < n_folds; fold++) {
        const perebor_fold_outcome *left_fold = &trials->folds[a * n_folds + fold];
        const perebor_fold_outcome *right_fold = &trials->folds[b * n_folds + fold];
        assert_int_equal(left_fold->has_oob, is_forest);
        assert_int_equal(right_fold->has_oob, is_forest);
        assert_memory_equal(&left_fold->oob_score, &right_fold->oob_score, sizeof(double));
        assert_int_equal(left_fold->oob_lacking, right_fold->oob_lacking);
        for (size_t metric = 0; metric < trials->n_metrics; metric++) {
            for (int part = PEREBOR_TEST; part <= PEREBOR_TRAIN; part++) {
                double left = perebor_trials_score(trials, a, fold, metric, (perebor_part)part);
                double right = perebor_trials_score(trials, b, fold, metric, (perebor_part)part);
                assert_true(!isnan(left));
                assert_memory_equal(&left, &right, sizeof left);
            }
        }
    }
}

/** The curve of a trial has the scores of the trials of so many estimators. */
static void assert_curve(const perebor_trials *trials, size_t trial, size_t first) {
    const perebor_trial_curve *curve = trials->curves[trial];
    for (size_t point = 0; point < curve->n_points; point++) {
        double mean = perebor_trials_mean_test_score(trials, first + point);
        double here = perebor_trials_mean_curve(trials, trial, point);
        assert_memory_equal(&mean, &here, sizeof mean);
    }
}

static void a_path_comes_to_the_best_of_the_trials_that_it_stands_for(void **state) {
    (void)state;
    static const char *const metrics[] = {"roc_auc", "neg_log_loss"};
    size_t n_shorter = 0;
    for (int i = 0; i < 4; i++) {
        bool is_forest = i % 2 == 0;
        perebor_trials *trials =
            search(is_forest ? "forest" : "boost", metrics[i / 2], is_forest, 1 + i % 2);
        for (size_t trial = 0; trial < trials->n_trials; trial++) {
            const perebor_value *point = point_of(trials, trial);
            assert_int_equal(trials->state[trial], PEREBOR_TRIAL_COMPLETE);
            if (!point[PATH].as.boolean) {
                assert_int_equal(trials->n_estimators[trial], 0);
                continue;
            }
            size_t best = best_of_those(trials, trial);
            int64_t n = point_of(trials, best)[N_ESTIMATORS].as.integer;
            assert_int_equal(trials->n_estimators[trial], n);
            assert_same_scores(trials, trial, best, is_forest);
            size_t n_numbers = trials->n_trials / 4; // the trials of a point's other settings
            assert_curve(trials, trial, trial / (2 * n_numbers) * 2 * n_numbers);
            n_shorter += n < point[N_ESTIMATORS].as.integer;
        }
        perebor_trials_free(trials);
    }
    assert_in_range(n_shorter, 20, 79); // of 80 paths
}

static void what_a_path_comes_to_enters_the_digest(void **state) {
    (void)state;
    uint8_t before[32], after[32];
    perebor_trials *trials = search("boost", "roc_auc", false, 2);
    size_t trial = trials->n_trials - 1;
    assert_true(trials->n_estimators[trial] > 0);
    perebor_trials_digest_one(trials, trial, before);
    trials->n_estimators[trial]++;
    perebor_trials_digest_one(trials, trial, after);
    assert_memory_not_equal(before, after, sizeof before);
    perebor_trials_free(trials);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_comes_to_the_best_of_the_trials_that_it_stands_for),
        cmocka_unit_test(what_a_path_comes_to_enters_the_digest),
    };
    return cmocka_run_group_tests(tests, make_dataset, NULL);
}
