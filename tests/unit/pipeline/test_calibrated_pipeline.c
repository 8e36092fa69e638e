// SPDX-License-Identifier: MIT
/** Pipelines that are calibrated by every method keep their probabilities over saving and loading.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "h5/file_tree.h"
#include "metric/roc_auc.h"
#include "perebor/fitted_pipeline.h"
#include "perebor/learners.h"
#include "pipeline/fitted_tree.h"
#include "scratch.h"
#include "small_experiment.h"

enum { n_training = 120, n_scored = SMALL_N_ROWS - n_training };

static small_experiment experiment;
static uint32_t all_rows[SMALL_N_ROWS];
static char folder[SCRATCH_SIZE];
static char paths[2][SCRATCH_SIZE + 16];
static const char *const learners[] = {"logreg", "knn", "tree", "svc"};
enum { n_learners = sizeof learners / sizeof *learners };

static int set_up(void **state) {
    (void)state;
    small_experiment_fill(&experiment);
    for (uint32_t row = 0; row < SMALL_N_ROWS; row++) {
        all_rows[row] = row;
    }
    if (scratch_create(folder) == NULL) {
        return 1;
    }
    (void)snprintf(paths[0], sizeof paths[0], "%s/first.h5", folder);
    (void)snprintf(paths[1], sizeof paths[1], "%s/second.h5", folder);
    return 0;
}

static int clean_up(void **state) {
    (void)state;
    (void)unlink(paths[0]);
    (void)unlink(paths[1]);
    return rmdir(folder);
}

static perebor_candidate candidate_of(const char *learner) {
    perebor_candidate candidate = {.learner = perebor_learner_find(learner)};
    candidate.preparation.impute_nominal = PEREBOR_IMPUTE_MOST_FREQUENT;
    candidate.preparation.scale = PEREBOR_SCALE_STANDARD;
    for (size_t i = 0; i < candidate.learner->n_settings; i++) {
        candidate.settings[i] = candidate.learner->settings[i].default_value;
    }
    return candidate;
}

static perebor_fitted_pipeline *fit(const char *learner, perebor_calibration_method method) {
    perebor_fitted_pipeline *pipeline = NULL;
    perebor_error error = {0};
    perebor_candidate candidate = candidate_of(learner);
    if (perebor_fitted_pipeline_fit_calibrated_by(&pipeline, &candidate, &experiment.dataset,
                                                  all_rows, n_training, method,
                                                  &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return pipeline;
}

static void predict(const perebor_fitted_pipeline *pipeline, double *scores,
                    double *probabilities) {
    perebor_workspace workspace = {0};
    assert_int_equal(perebor_fitted_pipeline_score(pipeline, &experiment.dataset,
                                                   all_rows + n_training, n_scored, &workspace,
                                                   scores, NULL),
                     PEREBOR_OK);
    assert_int_equal(perebor_fitted_pipeline_predict(pipeline, &experiment.dataset,
                                                     all_rows + n_training, n_scored, &workspace,
                                                     probabilities, NULL),
                     PEREBOR_OK);
    perebor_workspace_release(&workspace);
}

/** Rises with the scores; a map that ties nothing leaves the AUC what it is. */
static void check_order(const perebor_fitted_pipeline *pipeline, const double *scores,
                        const double *probabilities) {
    perebor_workspace workspace = {0};
    const perebor_calibration *map = perebor_fitted_pipeline_calibration(pipeline);
    for (size_t i = 0; i < n_scored; i++) {
        assert_true(probabilities[i] >= 0.0 && probabilities[i] <= 1.0);
        for (size_t j = 0; j < n_scored; j++) {
            assert_true(scores[i] <= scores[j] || probabilities[i] >= probabilities[j]);
        }
    }
    bool ties = map->kind == PEREBOR_CALIBRATION_ISOTONIC ||
                (map->kind == PEREBOR_CALIBRATION_BETA && map->a == 0.0 && map->b == 0.0);
    const uint8_t *labels = experiment.labels + n_training;
    double of_scores = perebor_roc_auc(labels, scores, n_scored, &workspace);
    double of_probabilities = perebor_roc_auc(labels, probabilities, n_scored, &workspace);
    assert_true(ties || of_scores == of_probabilities);
    perebor_workspace_release(&workspace);
}

static size_t read_file(const char *path, char *bytes, size_t capacity) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, capacity, file);
    (void)fclose(file);
    assert_in_range(size, 1, capacity - 1);
    return size;
}

static void check_saving(const perebor_fitted_pipeline *pipeline, const double *probabilities) {
    enum { capacity = 1 << 20 };
    static char first[capacity], second[capacity];
    double scores[n_scored], again[n_scored];
    perebor_fitted_pipeline *loaded = NULL;
    perebor_error error = {0};
    assert_int_equal(perebor_fitted_pipeline_save(pipeline, paths[0], true, &error), PEREBOR_OK);
    if (perebor_fitted_pipeline_load(&loaded, paths[0], &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    predict(loaded, scores, again);
    assert_memory_equal(again, probabilities, sizeof again);
    assert_int_equal(perebor_fitted_pipeline_save(loaded, paths[1], true, &error), PEREBOR_OK);
    size_t size = read_file(paths[0], first, capacity);
    assert_int_equal(read_file(paths[1], second, capacity), size);
    assert_memory_equal(first, second, size);
    perebor_fitted_pipeline_free(loaded);
}

static void probabilities_of_every_map_keep_order_and_bits(void **state) {
    (void)state;
    for (size_t i = 0; i < n_learners; i++) {
        bool share = perebor_learner_find(learners[i])->score_kind == PEREBOR_SCORE_SHARE;
        for (int method = PEREBOR_CALIBRATE_USUALLY; method <= PEREBOR_CALIBRATE_BEST; method++) {
            double scores[n_scored], probabilities[n_scored];
            if (method == PEREBOR_CALIBRATE_SIGMOID && share) {
                continue;
            }
            perebor_fitted_pipeline *pipeline =
                fit(learners[i], (perebor_calibration_method)method);
            predict(pipeline, scores, probabilities);
            check_order(pipeline, scores, probabilities);
            check_saving(pipeline, probabilities);
            perebor_fitted_pipeline_free(pipeline);
        }
    }
}

/** The content of a pipeline's file. */
static h5_tree *tree_of(const char *learner, perebor_calibration_method method) {
    perebor_fitted_pipeline *pipeline = fit(learner, method);
    h5_tree *tree = h5_tree_create();
    assert_non_null(tree);
    fitted_to_tree(pipeline, tree, h5_add_group(tree, tree->root, "model"));
    perebor_fitted_pipeline_free(pipeline);
    return tree;
}

static void only_what_version_1_cannot_say_is_of_version_2(void **state) {
    (void)state;
    static const struct {
        const char *learner;
        perebor_calibration_method method;
        const char *version;
    } cases[] = {
        {"svc", PEREBOR_CALIBRATE_USUALLY, "1.1"},    {"svc", PEREBOR_CALIBRATE_SIGMOID, "1.1"},
        {"knn", PEREBOR_CALIBRATE_USUALLY, "1.1"},    {"logreg", PEREBOR_CALIBRATE_USUALLY, "1.1"},
        {"logreg", PEREBOR_CALIBRATE_SIGMOID, "2.0"}, {"svc", PEREBOR_CALIBRATE_BETA, "2.0"},
        {"tree", PEREBOR_CALIBRATE_ISOTONIC, "2.0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        h5_tree *tree = tree_of(cases[i].learner, cases[i].method);
        const h5_node *model = h5_find(tree->root, "model");
        assert_string_equal(h5_find_text(model, "model_version"), cases[i].version);
        h5_tree_free(tree);
    }
}

/** One thing wrong in each way. */
static void spoil(h5_node *root, size_t way) {
    double *parameters = ((h5_node *)h5_find(root, "model/calibration/parameters"))->array.data;
    const h5_node *knots = h5_find(root, "model/calibration/knot");
    const h5_node *values = h5_find(root, "model/calibration/probability");
    switch (way) {
    case 0:
        parameters[2] = -0.5;
        break;
    case 1:
        parameters[4] = NAN;
        break;
    case 2:
        parameters[5] = 0.5; // a share of 0 would be 0
        break;
    case 3:
        ((double *)knots->array.data)[1] = ((double *)knots->array.data)[0];
        break;
    case 4:
        ((double *)values->array.data)[0] = 0.99;
        break;
    default:
        ((double *)values->array.data)[1] = INFINITY;
        break;
    }
}

static void a_map_that_does_not_rise_is_refused(void **state) {
    (void)state;
    for (size_t way = 0; way < 6; way++) {
        perebor_error error = {0};
        h5_tree *tree =
            tree_of("knn", way < 3 ? PEREBOR_CALIBRATE_BETA : PEREBOR_CALIBRATE_ISOTONIC);
        spoil(tree->root, way);
        h5_reader reader = {.root = tree->root, .file = "spoilt.h5", .error = &error};
        assert_null(fitted_from_tree(&reader));
        assert_int_equal(reader.status, PEREBOR_ERR_FORMAT);
        assert_non_null(strstr(error.message, "calibration"));
        h5_tree_free(tree);
    }
}

static void what_the_scores_do_not_take_is_refused(void **state) {
    (void)state;
    perebor_error error = {0};
    perebor_fitted_pipeline *pipeline = NULL;
    perebor_candidate candidate = candidate_of("tree");
    assert_int_equal(perebor_fitted_pipeline_fit_calibrated_by(
                         &pipeline, &candidate, &experiment.dataset, all_rows, n_training,
                         PEREBOR_CALIBRATE_SIGMOID, &error),
                     PEREBOR_ERR_ARGUMENT);
    assert_null(pipeline);
    assert_non_null(strstr(error.message, "scores of tree are shares"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probabilities_of_every_map_keep_order_and_bits),
        cmocka_unit_test(only_what_version_1_cannot_say_is_of_version_2),
        cmocka_unit_test(a_map_that_does_not_rise_is_refused),
        cmocka_unit_test(what_the_scores_do_not_take_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, clean_up);
}
