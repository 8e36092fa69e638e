// SPDX-License-Identifier: MIT
/** Pipelines that vote score the weighted mean of their probabilities, with the same bits fitted,
 * saved and loaded; what cannot vote is refused. */
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
#include "perebor/fitted_pipeline.h"
#include "perebor/learners.h"
#include "pipeline/fitted_tree.h"
#include "scratch.h"
#include "small_experiment.h"

enum { n_training = 120, n_scored = SMALL_N_ROWS - n_training, n_members = 3 };

static small_experiment experiment;
static uint32_t all_rows[SMALL_N_ROWS];
static const uint32_t *const scored_rows = all_rows + n_training;
static perebor_candidate candidates[n_members];
static const uint32_t weights[n_members] = {3, 1, 2};
static const char *const learners[n_members] = {"svc", "knn",
                                                "logreg"}; // margins, shares, log-odds

static perebor_candidate candidate_of(const char *learner, perebor_scaler scale) {
    perebor_candidate candidate = {.learner = perebor_learner_find(learner)};
    candidate.preparation.impute_nominal = PEREBOR_IMPUTE_MOST_FREQUENT;
    candidate.preparation.scale = scale;
    for (size_t i = 0; i < candidate.learner->n_settings; i++) {
        candidate.settings[i] = candidate.learner->settings[i].default_value;
    }
    return candidate;
}

static int set_up(void **state) {
    (void)state;
    small_experiment_fill(&experiment);
    for (uint32_t row = 0; row < SMALL_N_ROWS; row++) {
        all_rows[row] = row;
    }
    for (size_t i = 0; i < n_members; i++) {
        candidates[i] =
            candidate_of(learners[i], i == 1 ? PEREBOR_SCALE_MINMAX : PEREBOR_SCALE_STANDARD);
    }
    return 0;
}

static perebor_fitted_pipeline *fit_voting(void) {
    perebor_fitted_pipeline *pipeline = NULL;
    perebor_error error = {0};
    if (perebor_fitted_pipeline_fit_voting(&pipeline, candidates, weights, n_members,
                                           &experiment.dataset, all_rows, n_training,
                                           &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return pipeline;
}

static void predict(const perebor_fitted_pipeline *pipeline, bool scores, double *numbers) {
    perebor_workspace workspace = {0};
    assert_int_equal(
        (scores ? perebor_fitted_pipeline_score : perebor_fitted_pipeline_predict)(
            pipeline, &experiment.dataset, scored_rows, n_scored, &workspace, numbers, NULL),
        PEREBOR_OK);
    perebor_workspace_release(&workspace);
}

static void scores_are_the_weighted_mean_of_probabilities(void **state) {
    (void)state;
    double voted[n_scored], probabilities[n_scored], own[n_scored];
    double expected[n_scored] = {0.0};
    perebor_fitted_pipeline *pipeline = fit_voting();
    predict(pipeline, true, voted);
    predict(pipeline, false, probabilities);
    assert_memory_equal(voted, probabilities, sizeof voted);
    for (size_t k = 0; k < n_members; k++) {
        perebor_fitted_pipeline *alone = NULL;
        assert_int_equal(perebor_fitted_pipeline_fit_calibrated(&alone, &candidates[k],
                                                                &experiment.dataset, all_rows,
                                                                n_training, NULL),
                         PEREBOR_OK);
        predict(alone, false, own);
        for (size_t i = 0; i < n_scored; i++) {
            expected[i] += (double)weights[k] * own[i];
        }
        perebor_fitted_pipeline_free(alone);
    }
    for (size_t i = 0; i < n_scored; i++) {
        expected[i] /= 6.0;
        assert_true(voted[i] > 0.0 && voted[i] < 1.0);
    }
    assert_memory_equal(voted, expected, sizeof voted);
    perebor_fitted_pipeline_free(pipeline);
}

static void members_are_told(void **state) {
    (void)state;
    perebor_fitted_pipeline *pipeline = fit_voting();
    assert_int_equal(perebor_fitted_pipeline_n_members(pipeline), n_members);
    assert_string_equal(perebor_fitted_pipeline_learner(pipeline)->name, "voting");
    assert_null(perebor_learner_find("voting"));
    assert_null(perebor_fitted_pipeline_preparation(pipeline));
    uint32_t iterations = 0;
    for (size_t k = 0; k < n_members; k++) {
        uint32_t weight = 0;
        const perebor_fitted_pipeline *member =
            perebor_fitted_pipeline_member(pipeline, k, &weight);
        assert_int_equal(weight, weights[k]);
        assert_string_equal(perebor_fitted_pipeline_learner(member)->name, learners[k]);
        assert_int_equal(perebor_fitted_pipeline_n_members(member), 0);
        iterations += perebor_fitted_pipeline_report(member)->iterations;
    }
    assert_int_equal(perebor_fitted_pipeline_report(pipeline)->iterations, iterations);
    assert_true(iterations > 0);
    perebor_fitted_pipeline_free(pipeline);
}

static void it_is_the_same_after_saving(void **state) {
    (void)state;
    char folder[SCRATCH_SIZE], path[SCRATCH_SIZE + 16];
    double before[n_scored], after[n_scored];
    uint8_t prints[2][32];
    perebor_error error = {0};
    perebor_fitted_pipeline *pipeline = fit_voting(), *loaded = NULL;
    assert_non_null(scratch_create(folder));
    (void)snprintf(path, sizeof path, "%s/model.h5", folder);
    assert_int_equal(perebor_fitted_pipeline_save(pipeline, path, false, &error), PEREBOR_OK);
    if (perebor_fitted_pipeline_load(&loaded, path, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    predict(pipeline, false, before);
    predict(loaded, false, after);
    assert_memory_equal(before, after, sizeof before);
    perebor_fitted_pipeline_fingerprint(pipeline, prints[0]);
    perebor_fitted_pipeline_fingerprint(loaded, prints[1]);
    assert_memory_equal(prints[0], prints[1], sizeof prints[0]);
    perebor_fitted_pipeline_free(loaded);
    perebor_fitted_pipeline_free(pipeline);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

/** Reads the tree of a voting pipeline that was changed by @p spoil. @return The message. */
static const char *read_spoilt(void (*spoil)(h5_tree *tree, h5_node *model)) {
    static perebor_error error;
    error = (perebor_error){0};
    perebor_fitted_pipeline *pipeline = fit_voting();
    h5_tree *tree = h5_tree_create();
    assert_non_null(tree);
    h5_node *model = h5_add_group(tree, tree->root, "model");
    fitted_to_tree(pipeline, tree, model);
    assert_string_equal(h5_find_text(model, "model_version"), "3.0");
    spoil(tree, model);
    h5_reader reader = {.root = tree->root, .file = "spoilt.h5", .error = &error};
    assert_null(fitted_from_tree(&reader));
    assert_int_equal(reader.status, PEREBOR_ERR_FORMAT);
    h5_tree_free(tree);
    perebor_fitted_pipeline_free(pipeline);
    return error.message;
}

static h5_node *find(h5_node *model, const char *path) {
    h5_node *found = (h5_node *)h5_find(model, path);
    assert_non_null(found);
    return found;
}

static void spoil_weight(h5_tree *tree, h5_node *model) {
    (void)tree;
    ((uint64_t *)find(model, "weight")->array.data)[1] = 0;
}

/** Names of what is read are compared: another name is as good as none. */
static void spoil_name(h5_node *node) {
    static const char other[] = "other";
    node->name = other;
}

static void spoil_member(h5_tree *tree, h5_node *model) {
    (void)tree;
    spoil_name(find(model, "members/2"));
}

static void spoil_calibration(h5_tree *tree, h5_node *model) {
    (void)tree;
    spoil_name(find(model, "members/0/calibration"));
}

static void spoil_text(h5_node *node, const char *name, const char *text) {
    const h5_attribute *found = h5_find_attribute(node, name);
    assert_non_null(found);
    *(const char **)found->value.data = text;
}

static void spoil_learner(h5_tree *tree, h5_node *model) {
    (void)tree;
    spoil_text(find(model, "members/1"), "learner", "oracle");
}

static void spoil_version(h5_tree *tree, h5_node *model) {
    (void)tree;
    spoil_text(find(model, "members/1"), "model_version", "3.0"); // no member has members
}

static void spoil_voting(h5_tree *tree, h5_node *model) {
    (void)tree;
    spoil_text(model, "learner", "knn");
}

static void what_cannot_vote_is_refused(void **state) {
    (void)state;
    assert_non_null(strstr(read_spoilt(spoil_weight), "model/weight"));
    assert_non_null(strstr(read_spoilt(spoil_member), "model/members/2"));
    assert_non_null(strstr(read_spoilt(spoil_calibration),
                           "model/members/0 votes, but its margins are not calibrated"));
    assert_non_null(strstr(read_spoilt(spoil_learner), "model/members/1@learner"));
    assert_non_null(
        strstr(read_spoilt(spoil_version), "model/members/1@model_version is of members"));
    assert_non_null(strstr(read_spoilt(spoil_voting), "model@learner does not vote"));
}

static void arguments_are_checked(void **state) {
    (void)state;
    perebor_fitted_pipeline *pipeline = NULL;
    const uint32_t none[n_members] = {1, 0, 1};
    assert_int_equal(perebor_fitted_pipeline_fit_voting(&pipeline, candidates, weights, 0,
                                                        &experiment.dataset, all_rows, n_training,
                                                        NULL),
                     PEREBOR_ERR_ARGUMENT);
    assert_int_equal(perebor_fitted_pipeline_fit_voting(&pipeline, candidates, none, n_members,
                                                        &experiment.dataset, all_rows, n_training,
                                                        NULL),
                     PEREBOR_ERR_ARGUMENT);
    assert_null(pipeline);
}

static void what_takes_one_model_refuses_several(void **state) {
    (void)state;
    double value = 0.0;
    perebor_matrix rows = {.n_rows = 1};
    perebor_workspace workspace = {0};
    perebor_fitted_pipeline *pipeline = fit_voting();
    assert_int_equal(
        perebor_fitted_pipeline_score_prepared(pipeline, &rows, &workspace, &value, NULL),
        PEREBOR_ERR_ARGUMENT);
    perebor_workspace_release(&workspace);
    perebor_fitted_pipeline_free(pipeline);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_are_the_weighted_mean_of_probabilities),
        cmocka_unit_test(members_are_told),
        cmocka_unit_test(it_is_the_same_after_saving),
        cmocka_unit_test(what_cannot_vote_is_refused),
        cmocka_unit_test(arguments_are_checked),
        cmocka_unit_test(what_takes_one_model_refuses_several),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
