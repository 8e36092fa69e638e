// SPDX-License-Identifier: MIT
/** Rows are scored by what was fitted without them, bit for bit as one would by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/fitted_pipeline.h"
#include "perebor/folds.h"
#include "perebor/learners.h"
#include "perebor/split.h"
#include "small_experiment.h"
#include "trial/evaluator.h"
#include "trial/out_of_fold.h"

enum { n_splits = 3, n_repeats = 2 };

static small_experiment data;
static perebor_split split;
static perebor_folds folds;
static perebor_evaluator *evaluator;
static perebor_workspace workspace;

static int set_up(void **state) {
    (void)state;
    uint8_t labels[SMALL_N_ROWS];
    const perebor_split_settings split_settings = {.test_size = 0.2, .stratify = true, .seed = 1};
    const perebor_folds_settings folds_settings = {.method = PEREBOR_STRATIFIED_KFOLD,
                                                   .n_splits = n_splits,
                                                   .n_repeats = n_repeats,
                                                   .shuffle = true,
                                                   .seed = 4};
    small_experiment_fill(&data);
    assert_int_equal(
        perebor_split_make(&split, data.labels, NULL, SMALL_N_ROWS, &split_settings, NULL),
        PEREBOR_OK);
    for (size_t i = 0; i < split.n_train; i++) {
        labels[i] = data.labels[split.train[i]];
    }
    assert_int_equal(perebor_folds_make(&folds, labels, NULL, split.n_train, &folds_settings, NULL),
                     PEREBOR_OK);
    assert_int_equal(
        perebor_evaluator_create(&evaluator, &data.dataset, &split, &folds, true, true, NULL),
        PEREBOR_OK);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    perebor_evaluator_free(evaluator);
    perebor_folds_release(&folds);
    perebor_split_release(&split);
    perebor_workspace_release(&workspace);
    return 0;
}

static perebor_candidate candidate_of(const char *name) {
    perebor_candidate candidate = {.learner = perebor_learner_find(name),
                                   .preparation = {.select_k = 4}};
    for (size_t i = 0; i < candidate.learner->n_settings; i++) {
        candidate.settings[i] = candidate.learner->settings[i].default_value;
    }
    return candidate;
}

static const double untouched = -77.0;

static void fill(double *values) {
    for (size_t row = 0; row < SMALL_N_ROWS; row++) {
        values[row] = untouched;
    }
}

static void run(const perebor_candidate *candidate, size_t first, size_t n, double *scores,
                double *probabilities) {
    perebor_error error = {0};
    if (out_of_fold(evaluator, candidate, first, n, PEREBOR_CALIBRATE_USUALLY, scores,
                    probabilities, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
}

/** Whether a row of the training part validates in a fold. */
static bool validates(size_t fold, uint32_t row) {
    const fold_split *of = &evaluator->folds[fold];
    for (size_t i = 0; i < of->n_validation; i++) {
        if (of->validation[i] == row) {
            return true;
        }
    }
    return false;
}

/** The training rows of a fold: those of the training part that do not validate in it. */
static size_t others(size_t fold, uint32_t *rows) {
    size_t n = 0;
    for (size_t i = 0; i < evaluator->folds[fold].n_training; i++) {
        uint32_t row = evaluator->folds[fold].training[i];
        assert_false(validates(fold, row));
        rows[n++] = row;
    }
    return n;
}

/** Every row by itself, by a pipeline that saw neither it nor its fold. */
static void check_fold(const perebor_candidate *candidate, size_t fold, const double *scores,
                       const double *probabilities) {
    perebor_fitted_pipeline *pipeline = NULL;
    uint32_t rows[SMALL_N_ROWS];
    size_t n = others(fold, rows);
    assert_int_equal(
        perebor_fitted_pipeline_fit_calibrated(&pipeline, candidate, &data.dataset, rows, n, NULL),
        PEREBOR_OK);
    for (size_t i = 0; i < evaluator->folds[fold].n_validation; i++) {
        uint32_t row = evaluator->folds[fold].validation[i];
        double score, probability;
        assert_int_equal(perebor_fitted_pipeline_score(pipeline, &data.dataset, &row, 1, &workspace,
                                                       &score, NULL),
                         PEREBOR_OK);
        assert_int_equal(perebor_fitted_pipeline_predict(pipeline, &data.dataset, &row, 1,
                                                         &workspace, &probability, NULL),
                         PEREBOR_OK);
        assert_memory_equal(&scores[row], &score, sizeof score);
        assert_memory_equal(&probabilities[row], &probability, sizeof probability);
    }
    perebor_fitted_pipeline_free(pipeline);
}

static void every_learner_scores_rows_that_it_was_not_fitted_on(void **state) {
    (void)state;
    static const char *const learners[] = {"logreg", "knn", "svc", "tree"};
    double scores[SMALL_N_ROWS], probabilities[SMALL_N_ROWS];
    for (size_t i = 0; i < 4; i++) {
        perebor_candidate candidate = candidate_of(learners[i]);
        for (size_t repeat = 0; repeat < n_repeats; repeat++) {
            fill(scores);
            fill(probabilities);
            run(&candidate, repeat * n_splits, n_splits, scores, probabilities);
            for (size_t fold = 0; fold < n_splits; fold++) {
                check_fold(&candidate, repeat * n_splits + fold, scores, probabilities);
            }
        }
    }
}

static void all_of_the_training_part_is_scored_and_nothing_of_the_test_part(void **state) {
    (void)state;
    double scores[SMALL_N_ROWS], probabilities[SMALL_N_ROWS];
    perebor_candidate candidate = candidate_of("tree");
    fill(scores);
    fill(probabilities);
    run(&candidate, 0, n_splits, scores, probabilities);
    for (size_t i = 0; i < split.n_train; i++) {
        assert_true(isfinite(scores[split.train[i]]) && scores[split.train[i]] != untouched);
        assert_true(probabilities[split.train[i]] >= 0.0 && probabilities[split.train[i]] <= 1.0);
    }
    for (size_t i = 0; i < split.n_test; i++) {
        assert_true(scores[split.test[i]] == untouched);
        assert_true(probabilities[split.test[i]] == untouched);
    }
}

static void one_fold_alone_scores_its_own_rows(void **state) {
    (void)state;
    double all[SMALL_N_ROWS], one[SMALL_N_ROWS];
    perebor_candidate candidate = candidate_of("svc");
    fill(all);
    run(&candidate, 0, n_splits, all, NULL);
    fill(one);
    run(&candidate, 1, 1, one, NULL);
    for (uint32_t row = 0; row < SMALL_N_ROWS; row++) {
        assert_true(validates(1, row) ? one[row] == all[row] : one[row] == untouched);
    }
    fill(one);
    run(&candidate, 2, 0, one, NULL); // of no fold: nothing
    for (uint32_t row = 0; row < SMALL_N_ROWS; row++) {
        assert_true(one[row] == untouched);
    }
}

static void scores_are_the_same_with_and_without_probabilities(void **state) {
    (void)state;
    double alone[SMALL_N_ROWS], scores[SMALL_N_ROWS], probabilities[SMALL_N_ROWS];
    perebor_candidate candidate = candidate_of("svc"); // whose margins are calibrated
    fill(alone);
    fill(scores);
    fill(probabilities);
    run(&candidate, 0, n_splits, alone, NULL);
    run(&candidate, 0, n_splits, scores, probabilities);
    assert_memory_equal(alone, scores, sizeof scores);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_learner_scores_rows_that_it_was_not_fitted_on),
        cmocka_unit_test(all_of_the_training_part_is_scored_and_nothing_of_the_test_part),
        cmocka_unit_test(one_fold_alone_scores_its_own_rows),
        cmocka_unit_test(scores_are_the_same_with_and_without_probabilities),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
