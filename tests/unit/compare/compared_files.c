// SPDX-License-Identifier: MIT
#include "compared_files.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "h5/file_tree.h"
#include "sample_result.h"
#include "store/stage.h"

enum { n_train = 10, n_rows = n_train + COMPARED_TEST_ROWS, n_splits = 5, n_repeats = 2 };

const double compared_folds[2][COMPARED_FOLDS] = {
    {.853, .870, .849, .871, .866, .859, .868, .861, .862, .860},
    {.861, .874, .852, .880, .869, .858, .877, .863, .871, .866}};
const double compared_scores[2][COMPARED_TEST_ROWS] = {{.7, .9, .5, .3, .6, .2, .3, .4, .1, .8},
                                                       {.9, .8, .4, .6, .5, .3, .2, .4, .1, .7}};

static const uint8_t labels[n_rows] = {1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1};
static const char *const model_name = "model";

static void sound(perebor_status status, const perebor_error *error) {
    if (status != PEREBOR_OK) {
        fail_msg("%s", error->message);
    }
}

static perebor_trials *create_trials(const double folds[COMPARED_FOLDS], size_t n) {
    perebor_error error = {0};
    perebor_trials *trials = NULL;
    sound(perebor_trials_create_empty(&trials, &model_name, 1, 0, n, COMPARED_FOLDS, &error),
          &error);
    for (size_t trial = 0; trial < n; trial++) {
        trials->values[trial] = (perebor_value){.kind = PEREBOR_VALUE_TEXT,
                                                .as.text = perebor_trials_intern(trials, "tree")};
        trials->state[trial] = PEREBOR_TRIAL_COMPLETE;
        trials->duration[trial] = 1.0;
        for (size_t fold = 0; fold < COMPARED_FOLDS; fold++) {
            const perebor_fold_outcome outcome = {.test_score = folds[fold] - 0.05 * (double)trial,
                                                  .train_score = NAN,
                                                  .state = PEREBOR_TRIAL_COMPLETE};
            perebor_trials_set_fold(trials, trial, fold, &outcome, NULL);
        }
    }
    sound(perebor_trials_mark_same(trials, &error), &error);
    return trials;
}

perebor_result *compared_result_create(const double folds[COMPARED_FOLDS], size_t n) {
    perebor_result *result = sample_result_create(0);
    assert_non_null(result);
    uint8_t *part = perebor_result_allocate(result, n_rows, 1);
    uint32_t *source_rows = perebor_result_allocate(result, n_rows, sizeof *source_rows);
    int32_t *test_fold = perebor_result_allocate(result, 2 * n_rows, sizeof *test_fold);
    for (int row = 0; row < n_rows; row++) {
        part[row] = row >= n_train;
        source_rows[row] = (uint32_t)row;
        test_fold[row] = row < n_train ? row / 2 : -1;
        test_fold[n_rows + row] = row < n_train ? row % n_splits : -1;
    }
    perebor_trials_free(result->trials);
    result->trials = create_trials(folds, n);
    result->status = PEREBOR_RESULT_COMPLETE;
    result->n_rows = n_rows;
    result->ids = NULL;
    result->labels = labels;
    result->part = part;
    result->source_rows = source_rows;
    result->n_splits = n_splits;
    result->n_repeats = n_repeats;
    result->test_fold = test_fold;
    return result;
}

void compared_result_refit(perebor_result *result, const double scores[COMPARED_TEST_ROWS]) {
    perebor_error error = {0};
    h5_tree *tree = h5_tree_create();
    h5_node *model = h5_add_group(tree, tree->root, "model");
    h5_node *group = h5_add_group(tree, model, "test_part");
    h5_node *row = h5_add_dataset(tree, group, "row", H5_INT64, 1, COMPARED_TEST_ROWS, 0);
    h5_node *score = h5_add_dataset(tree, group, "score", H5_DOUBLE, 1, COMPARED_TEST_ROWS, 0);
    h5_set_unsigned(tree, model, "trial", 0);
    for (size_t i = 0; i < COMPARED_TEST_ROWS; i++) {
        ((int64_t *)row->array.data)[i] = (int64_t)(n_train + i);
    }
    memcpy(score->array.data, scores, COMPARED_TEST_ROWS * sizeof *scores);
    sound(stage_put(result, model, &error), &error);
    h5_tree_free(tree);
}

void compared_result_write(perebor_result *result, const char *path) {
    perebor_error error = {0};
    sound(perebor_result_write(result, path, true, &error), &error);
    perebor_result_free(result);
}
