// SPDX-License-Identifier: MIT
/** A pipeline scores with the same bits fitted, saved and loaded; what is no pipeline is refused.
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

#include "base/arithmetic.h"
#include "base/file.h"
#include "h5/file_tree.h"
#include "perebor/fitted_pipeline.h"
#include "perebor/learners.h"
#include "pipeline/fitted_tree.h"
#include "scratch.h"
#include "small_experiment.h"

enum { n_training = 120, n_scored = SMALL_N_ROWS - n_training, n_points = 120 };

static small_experiment experiment;
static const char *ids[SMALL_N_ROWS];
static char id_texts[SMALL_N_ROWS][8];
static uint32_t all_rows[SMALL_N_ROWS];
static const uint32_t *const scored_rows = all_rows + n_training;
static char folder[SCRATCH_SIZE];
static char path[SCRATCH_SIZE + 16];

static perebor_value text(const char *value) {
    return (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = value};
}

static int set_up(void **state) {
    (void)state;
    small_experiment_fill(&experiment);
    for (uint32_t row = 0; row < SMALL_N_ROWS; row++) {
        (void)snprintf(id_texts[row], sizeof id_texts[row], "r%u", row);
        ids[row] = id_texts[row];
        all_rows[row] = row;
    }
    experiment.dataset.ids = ids;
    if (scratch_create(folder) == NULL) {
        return 1;
    }
    (void)snprintf(path, sizeof path, "%s/model.h5", folder);
    return 0;
}

static int clean_up(void **state) {
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

/** A candidate of the space of every learner and step. */
static perebor_candidate candidate_at(uint64_t trial) {
    perebor_space *space = NULL;
    perebor_pipeline *pipeline = NULL;
    perebor_candidate candidate = {0};
    perebor_value point[16];
    assert_int_equal(small_experiment_space(&space, 3, NULL), PEREBOR_OK);
    assert_int_equal(perebor_pipeline_create(&pipeline, space, "e.yaml", NULL, 0, NULL),
                     PEREBOR_OK);
    perebor_space_point(space, trial, point);
    assert_int_equal(perebor_pipeline_resolve(pipeline, point, &candidate, NULL), PEREBOR_OK);
    perebor_pipeline_free(pipeline);
    perebor_space_free(space);
    return candidate;
}

/** A learner with its defaults and one setting changed. */
static perebor_candidate candidate_of(const char *learner, const char *setting,
                                      perebor_value value) {
    perebor_candidate candidate = {.learner = perebor_learner_find(learner)};
    candidate.preparation.impute_nominal = PEREBOR_IMPUTE_MOST_FREQUENT;
    candidate.preparation.scale = PEREBOR_SCALE_STANDARD;
    for (size_t i = 0; i < candidate.learner->n_settings; i++) {
        candidate.settings[i] = strcmp(candidate.learner->settings[i].name, setting) == 0
                                    ? value
                                    : candidate.learner->settings[i].default_value;
    }
    return candidate;
}

static perebor_fitted_pipeline *fit(const perebor_candidate *candidate) {
    perebor_fitted_pipeline *pipeline = NULL;
    assert_int_equal(perebor_fitted_pipeline_fit(&pipeline, candidate, &experiment.dataset,
                                                 all_rows, n_training, NULL),
                     PEREBOR_OK);
    return pipeline;
}

static void score(const perebor_fitted_pipeline *pipeline, double *scores) {
    perebor_workspace workspace = {0};
    assert_int_equal(perebor_fitted_pipeline_score(pipeline, &experiment.dataset, scored_rows,
                                                   n_scored, &workspace, scores, NULL),
                     PEREBOR_OK);
    perebor_workspace_release(&workspace);
}

static perebor_fitted_pipeline *fit_calibrated(const perebor_candidate *candidate) {
    perebor_fitted_pipeline *pipeline = NULL;
    assert_int_equal(perebor_fitted_pipeline_fit_calibrated(
                         &pipeline, candidate, &experiment.dataset, all_rows, n_training, NULL),
                     PEREBOR_OK);
    return pipeline;
}

static void predict(const perebor_fitted_pipeline *pipeline, double *probabilities) {
    perebor_workspace workspace = {0};
    assert_int_equal(perebor_fitted_pipeline_predict(pipeline, &experiment.dataset, scored_rows,
                                                     n_scored, &workspace, probabilities, NULL),
                     PEREBOR_OK);
    perebor_workspace_release(&workspace);
}

static perebor_fitted_pipeline *save_and_load(const perebor_fitted_pipeline *pipeline) {
    perebor_fitted_pipeline *loaded = NULL;
    perebor_error error = {0};
    assert_int_equal(perebor_fitted_pipeline_save(pipeline, path, true, &error), PEREBOR_OK);
    if (perebor_fitted_pipeline_load(&loaded, path, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return loaded;
}

/** The steps one by one, as a fold of a search takes them. */
static void score_by_steps(const perebor_candidate *candidate, double *scores) {
    perebor_workspace workspace = {0};
    perebor_preparation *preparation = NULL;
    perebor_training training = {.labels = experiment.labels};
    perebor_matrix scored = {0};
    perebor_model *model = NULL;
    perebor_fit_report report = {0};
    const perebor_dataset *dataset = &experiment.dataset;
    assert_int_equal(perebor_preparation_fit(&preparation, dataset, all_rows, n_training,
                                             &candidate->preparation, &workspace, NULL),
                     PEREBOR_OK);
    assert_int_equal(perebor_preparation_transform(preparation, dataset, all_rows, n_training,
                                                   &workspace, &training.rows, NULL),
                     PEREBOR_OK);
    assert_int_equal(perebor_preparation_transform(preparation, dataset, scored_rows, n_scored,
                                                   &workspace, &scored, NULL),
                     PEREBOR_OK);
    assert_int_equal(
        candidate->learner->fit(&model, &training, candidate->settings, &workspace, &report, NULL),
        PEREBOR_OK);
    assert_int_equal(candidate->learner->score(model, &scored, &workspace, scores, NULL),
                     PEREBOR_OK);
    perebor_workspace_release(&workspace);
}

/** Fitted, taken apart by steps, saved and loaded, once and twice: one and the same scores. */
static void check_candidate(const perebor_candidate *candidate) {
    double by_steps[n_scored], fitted[n_scored], loaded[n_scored];
    uint8_t before[32], after[32];
    perebor_fitted_pipeline *pipeline = fit(candidate);
    perebor_fitted_pipeline *again = NULL;
    perebor_error error = {0};
    score_by_steps(candidate, by_steps);
    score(pipeline, fitted);
    assert_memory_equal(fitted, by_steps, sizeof fitted);
    assert_int_equal(perebor_fitted_pipeline_save(pipeline, path, true, &error), PEREBOR_OK);
    if (perebor_fitted_pipeline_load(&again, path, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    score(again, loaded);
    assert_memory_equal(loaded, fitted, sizeof fitted);
    perebor_fitted_pipeline *twice = save_and_load(again);
    score(twice, loaded);
    assert_memory_equal(loaded, fitted, sizeof fitted);
    perebor_fitted_pipeline_free(twice);
    perebor_fitted_pipeline_fingerprint(pipeline, before);
    perebor_fitted_pipeline_fingerprint(again, after);
    assert_memory_equal(before, after, sizeof before);
    assert_ptr_equal(perebor_fitted_pipeline_learner(again), candidate->learner);
    perebor_fitted_pipeline_free(again);
    perebor_fitted_pipeline_free(pipeline);
}

static void scores_keep_their_bits_over_saving_and_loading(void **state) {
    (void)state;
    for (uint64_t trial = 0; trial < n_points; trial++) {
        perebor_candidate candidate = candidate_at(trial);
        check_candidate(&candidate);
    }
}

static void forms_that_random_points_seldom_have_keep_their_bits(void **state) {
    (void)state;
    const perebor_candidate candidates[] = {
        candidate_of("svc", "kernel", text("poly")),
        candidate_of("svc", "kernel", text("sigmoid")),
        // All kernel values are 1: a constant, without support vectors.
        candidate_of("svc", "gamma", (perebor_value){PEREBOR_VALUE_REAL, {.real = 1e-30}}),
        candidate_of("knn", "p", (perebor_value){PEREBOR_VALUE_REAL, {.real = 3.5}}),
        candidate_of("tree", "random_state",
                     (perebor_value){PEREBOR_VALUE_INTEGER, {.integer = 7}}),
        candidate_of("tree", "ccp_alpha", (perebor_value){PEREBOR_VALUE_REAL, {.real = 0.01}}),
    };
    for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++) {
        check_candidate(&candidates[i]);
    }
}

static void probabilities_keep_their_bits_over_saving_and_loading(void **state) {
    (void)state;
    static const char *const learners[] = {"logreg", "knn", "tree", "svc"};
    for (size_t i = 0; i < sizeof learners / sizeof learners[0]; i++) {
        double scores[n_scored], fitted[n_scored], loaded[n_scored];
        perebor_candidate candidate = candidate_of(learners[i], "", text(""));
        perebor_fitted_pipeline *pipeline = fit_calibrated(&candidate);
        perebor_fitted_pipeline *again = save_and_load(pipeline);
        score(pipeline, scores);
        predict(pipeline, fitted);
        predict(again, loaded);
        assert_memory_equal(loaded, fitted, sizeof fitted);
        for (size_t row = 0; row < n_scored; row++) {
            double log_odds = 1.0 / (1.0 + perebor_exp(-scores[row]));
            assert_true(fitted[row] >= 0.0 && fitted[row] <= 1.0);
            switch (candidate.learner->score_kind) {
            case PEREBOR_SCORE_LOG_ODDS:
                assert_true(fitted[row] - log_odds < 1e-15 && log_odds - fitted[row] < 1e-15);
                break;
            case PEREBOR_SCORE_SHARE:
                assert_memory_equal(&fitted[row], &scores[row], sizeof(double));
                break;
            case PEREBOR_SCORE_MARGIN: // of two rows, the one with the larger margin
                assert_true(row == 0 || (scores[row] > scores[0]) == (fitted[row] > fitted[0]));
            }
        }
        perebor_fitted_pipeline_free(again);
        perebor_fitted_pipeline_free(pipeline);
    }
}

static void margins_are_calibrated_as_a_fold_of_a_search_does(void **state) {
    (void)state;
    perebor_candidate candidate = candidate_of("svc", "", text(""));
    perebor_workspace workspace = {0};
    perebor_preparation *preparation = NULL;
    perebor_training training = {.labels = experiment.labels};
    perebor_calibration calibration;
    assert_int_equal(perebor_preparation_fit(&preparation, &experiment.dataset, all_rows,
                                             n_training, &candidate.preparation, &workspace, NULL),
                     PEREBOR_OK);
    assert_int_equal(perebor_preparation_transform(preparation, &experiment.dataset, all_rows,
                                                   n_training, &workspace, &training.rows, NULL),
                     PEREBOR_OK);
    assert_int_equal(perebor_calibrate(&calibration, candidate.learner, &training,
                                       candidate.settings, &workspace, NULL),
                     PEREBOR_OK);
    perebor_fitted_pipeline *pipeline = fit_calibrated(&candidate);
    const perebor_calibration *own = perebor_fitted_pipeline_calibration(pipeline);
    assert_true(own->kind == PEREBOR_CALIBRATION_SIGMOID);
    assert_memory_equal(&own->slope, &calibration.slope, sizeof own->slope);
    assert_memory_equal(&own->offset, &calibration.offset, sizeof own->offset);
    perebor_fitted_pipeline_free(pipeline);
    perebor_workspace_release(&workspace);
}

static void margins_without_a_calibration_are_no_probabilities(void **state) {
    (void)state;
    double probabilities[n_scored];
    perebor_workspace workspace = {0};
    perebor_candidate candidate = candidate_of("svc", "", text(""));
    perebor_fitted_pipeline *pipelines[2] = {fit(&candidate)};
    pipelines[1] = save_and_load(pipelines[0]);
    for (size_t i = 0; i < 2; i++) {
        perebor_error error = {0};
        assert_null(perebor_fitted_pipeline_calibration(pipelines[i]));
        assert_int_equal(perebor_fitted_pipeline_predict(pipelines[i], &experiment.dataset,
                                                         scored_rows, n_scored, &workspace,
                                                         probabilities, &error),
                         PEREBOR_ERR_CONFLICT);
        assert_non_null(strstr(error.message, "scores of svc are margins"));
        perebor_fitted_pipeline_free(pipelines[i]);
    }
    perebor_workspace_release(&workspace);
}

/** A value whose cube overflows: no score, and no probability that is none. */
static void a_score_that_is_not_finite_is_an_error(void **state) {
    (void)state;
    double numbers[n_scored];
    perebor_workspace workspace = {0};
    perebor_candidate candidate = candidate_of("svc", "kernel", text("poly"));
    perebor_fitted_pipeline *pipeline = fit_calibrated(&candidate);
    double *value = &experiment.values[0][scored_rows[7]];
    double kept = *value;
    *value = 1e250;
    for (int predicting = 0; predicting < 2; predicting++) {
        perebor_error error = {0};
        assert_int_equal(
            (predicting ? perebor_fitted_pipeline_predict : perebor_fitted_pipeline_score)(
                pipeline, &experiment.dataset, scored_rows, n_scored, &workspace, numbers, &error),
            PEREBOR_ERR_NUMERIC);
        assert_string_equal(error.message, "the learner gave scores that are not finite");
    }
    *value = kept;
    score(pipeline, numbers);
    perebor_fitted_pipeline_free(pipeline);
    perebor_workspace_release(&workspace);
}

static void a_broken_calibration_is_refused(void **state) {
    (void)state;
    static const double broken[][2] = {{NAN, 0.0}, {-1.0, INFINITY}};
    for (size_t way = 0; way < 3; way++) {
        perebor_error error = {0};
        perebor_candidate candidate = candidate_of(way < 2 ? "svc" : "tree", "", text(""));
        perebor_fitted_pipeline *pipeline = fit_calibrated(&candidate);
        h5_tree *tree = h5_tree_create();
        assert_non_null(tree);
        h5_node *model = h5_add_group(tree, tree->root, "model");
        fitted_to_tree(pipeline, tree, model);
        h5_node *node = (h5_node *)h5_find(tree->root, "model/calibration");
        if (way < 2) {
            assert_non_null(node);
            memcpy(node->array.data, broken[way], sizeof broken[way]);
        } else { // shares have none
            assert_null(node);
            assert_non_null(h5_add_dataset(tree, model, "calibration", H5_DOUBLE, 1, 2, 0));
        }
        h5_reader reader = {.root = tree->root, .file = "spoilt.h5", .error = &error};
        assert_null(fitted_from_tree(&reader));
        assert_int_equal(reader.status, PEREBOR_ERR_FORMAT);
        assert_non_null(strstr(error.message, "calibration"));
        h5_tree_free(tree);
        perebor_fitted_pipeline_free(pipeline);
    }
}

static void a_model_does_not_need_the_rows_it_was_fitted_on(void **state) {
    (void)state;
    double before[n_scored], after[n_scored];
    perebor_candidate candidate = candidate_of("knn", "", text(""));
    perebor_fitted_pipeline *pipeline = fit(&candidate);
    score(pipeline, before);
    for (size_t column = 0; column < SMALL_N_NUMERIC; column++) { // the training rows are gone
        memset(experiment.values[column], 0, n_training * sizeof(double));
    }
    score(pipeline, after);
    small_experiment_fill(&experiment);
    experiment.dataset.ids = ids;
    assert_memory_equal(before, after, sizeof before);
    perebor_fitted_pipeline_free(pipeline);
}

static void a_level_that_the_schema_lacks_scores_like_no_level(void **state) {
    (void)state;
    static const int32_t encoders[] = {PEREBOR_ENCODE_ONEHOT, PEREBOR_ENCODE_ORDINAL};
    for (size_t i = 0; i < 2; i++) {
        double scores[n_scored];
        perebor_candidate candidate = candidate_of("logreg", "", text(""));
        candidate.preparation.encode_nominal = encoders[i];
        perebor_fitted_pipeline *pipeline = fit(&candidate);
        const perebor_linear_form *linear = &perebor_fitted_pipeline_form(pipeline)->as.linear;
        double *kinds = experiment.values[SMALL_N_NUMERIC];
        double kept = kinds[n_training + 1];
        double with_first, with_none;
        kinds[n_training + 1] = 0.0;
        score(pipeline, scores);
        with_first = scores[1];
        kinds[n_training + 1] = 4.0; // n_levels + 1
        score(pipeline, scores);
        with_none = scores[1];
        kinds[n_training + 1] = kept;
        // The first level is 1 in its own column, or the code 0; none is all zeros, or the code -1.
        assert_true(with_none - with_first + linear->weights[SMALL_N_NUMERIC] < 1e-12);
        assert_true(with_none - with_first + linear->weights[SMALL_N_NUMERIC] > -1e-12);
        perebor_fitted_pipeline_free(pipeline);
    }
}

static void a_pipeline_of_one_use_scores_alike_and_is_not_saved(void **state) {
    (void)state;
    static const uint8_t zeros[32] = {0};
    static const char *const learners[] = {"logreg", "svc"};
    for (size_t i = 0; i < sizeof learners / sizeof *learners; i++) {
        perebor_candidate candidate = candidate_of(learners[i], "", text(""));
        double expected[n_scored], scores[n_scored];
        uint8_t fingerprint[32];
        perebor_error error = {0};
        perebor_fitted_pipeline *saved = fit_calibrated(&candidate);
        perebor_fitted_pipeline *pipeline = NULL;
        const perebor_calibration_method usual = PEREBOR_CALIBRATE_USUALLY;
        assert_int_equal(perebor_fitted_pipeline_fit_unsaved(&pipeline, &candidate,
                                                             &experiment.dataset, all_rows,
                                                             n_training, &usual, &error),
                         PEREBOR_OK);
        predict(saved, expected);
        predict(pipeline, scores);
        assert_memory_equal(scores, expected, sizeof scores);
        perebor_fitted_pipeline_fingerprint(saved, fingerprint);
        assert_memory_not_equal(fingerprint, zeros, sizeof zeros);
        perebor_fitted_pipeline_fingerprint(pipeline, fingerprint);
        assert_memory_equal(fingerprint, zeros, sizeof zeros);
        assert_int_equal(perebor_fitted_pipeline_save(pipeline, path, true, &error),
                         PEREBOR_ERR_ARGUMENT);
        perebor_fitted_pipeline_free(saved);
        perebor_fitted_pipeline_free(pipeline);
    }
}

static void rows_without_ids_have_a_fingerprint_of_their_own(void **state) {
    (void)state;
    perebor_candidate candidate = candidate_of("logreg", "", text(""));
    uint8_t with_ids[32], without[32], again[32];
    perebor_fitted_pipeline *pipeline = fit(&candidate);
    perebor_fitted_pipeline_fingerprint(pipeline, with_ids);
    perebor_fitted_pipeline_free(pipeline);
    experiment.dataset.ids = NULL;
    pipeline = fit(&candidate);
    perebor_fitted_pipeline *loaded = save_and_load(pipeline);
    experiment.dataset.ids = ids;
    perebor_fitted_pipeline_fingerprint(pipeline, without);
    perebor_fitted_pipeline_fingerprint(loaded, again);
    assert_memory_not_equal(without, with_ids, sizeof without);
    assert_memory_equal(without, again, sizeof without);
    perebor_fitted_pipeline_free(loaded);
    perebor_fitted_pipeline_free(pipeline);
}

static void rows_without_labels_are_scored_but_not_fitted_on(void **state) {
    (void)state;
    perebor_candidate candidate = candidate_of("logreg", "", text(""));
    double expected[n_scored], scores[n_scored];
    perebor_fitted_pipeline *pipeline = fit(&candidate);
    perebor_fitted_pipeline *other = NULL;
    score(pipeline, expected);
    experiment.dataset.labels = NULL;
    score(pipeline, scores);
    perebor_status status = perebor_fitted_pipeline_fit(&other, &candidate, &experiment.dataset,
                                                        all_rows, n_training, NULL);
    experiment.dataset.labels = experiment.labels;
    assert_memory_equal(scores, expected, sizeof scores);
    assert_int_equal(status, PEREBOR_ERR_ARGUMENT);
    assert_null(other);
    perebor_fitted_pipeline_free(pipeline);
}

static void no_level_that_there_is_not_leads_outside(void **state) {
    (void)state;
    // The schema has three levels; 4 stands for an unknown one, the others are nobody's.
    static const double strange[] = {4.0, 5.0, 1e300, -1.0, -1e300};
    static const int32_t encoders[] = {PEREBOR_ENCODE_ONEHOT, PEREBOR_ENCODE_ONEHOT_FIRST,
                                       PEREBOR_ENCODE_ORDINAL};
    double *kinds = experiment.values[SMALL_N_NUMERIC];
    double *at = &kinds[n_training + 1];
    const double kept = *at;
    for (size_t i = 0; i < sizeof encoders / sizeof *encoders; i++) {
        perebor_candidate candidate = candidate_of("knn", "", text(""));
        candidate.preparation.encode_nominal = encoders[i];
        perebor_fitted_pipeline *pipeline = fit(&candidate);
        double unknown[n_scored], scores[n_scored];
        *at = strange[0];
        score(pipeline, unknown);
        for (size_t k = 1; k < sizeof strange / sizeof *strange; k++) {
            *at = strange[k];
            score(pipeline, scores);
            assert_memory_equal(scores, unknown, sizeof scores);
        }
        *at = kept;
        perebor_fitted_pipeline_free(pipeline);
        for (size_t k = 0; k < sizeof strange / sizeof *strange; k++) {
            perebor_error error = {0};
            pipeline = NULL;
            const double first = kinds[0];
            kinds[0] = strange[k];
            perebor_status status = perebor_fitted_pipeline_fit(
                &pipeline, &candidate, &experiment.dataset, all_rows, n_training, &error);
            kinds[0] = first;
            assert_int_equal(status, PEREBOR_ERR_ARGUMENT);
            assert_non_null(strstr(error.message, "is none of its 3 levels"));
            assert_null(pipeline);
        }
    }
}

static void equal_pipelines_are_equal_files(void **state) {
    (void)state;
    perebor_candidate candidate = candidate_of("svc", "", text(""));
    char *texts[2] = {NULL, NULL};
    size_t sizes[2] = {0, 0};
    for (size_t i = 0; i < 2; i++) {
        perebor_fitted_pipeline *pipeline = fit(&candidate);
        assert_int_equal(perebor_fitted_pipeline_save(pipeline, path, true, NULL), PEREBOR_OK);
        assert_int_equal(perebor_file_read(path, 1 << 24, &texts[i], &sizes[i], NULL), PEREBOR_OK);
        perebor_fitted_pipeline_free(pipeline);
    }
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(texts[0], texts[1], sizes[0]);
    free(texts[0]);
    free(texts[1]);
}

static void a_file_that_is_there_is_not_replaced_unasked(void **state) {
    (void)state;
    perebor_candidate candidate = candidate_of("logreg", "", text(""));
    perebor_fitted_pipeline *pipeline = fit(&candidate);
    assert_int_equal(perebor_fitted_pipeline_save(pipeline, path, true, NULL), PEREBOR_OK);
    assert_int_equal(perebor_fitted_pipeline_save(pipeline, path, false, NULL),
                     PEREBOR_ERR_CONFLICT);
    perebor_fitted_pipeline_free(pipeline);
}

static void rows_of_one_class_are_refused(void **state) {
    (void)state;
    perebor_candidate candidate = candidate_of("logreg", "", text(""));
    perebor_fitted_pipeline *pipeline = NULL;
    uint32_t rows[SMALL_N_ROWS];
    size_t n = 0;
    for (uint32_t row = 0; row < SMALL_N_ROWS; row++) {
        if (experiment.labels[row] == 1) {
            rows[n++] = row;
        }
    }
    assert_int_equal(
        perebor_fitted_pipeline_fit(&pipeline, &candidate, &experiment.dataset, rows, n, NULL),
        PEREBOR_ERR_NUMERIC);
    assert_null(pipeline);
}

/** What a hostile file may say; each must be refused. */
static void spoil(h5_node *root, size_t way) {
    h5_node *model = (h5_node *)h5_find(root, "model");
    switch (way) {
    case 0: // a child before its parent: a walk without end
        ((int64_t *)((h5_node *)h5_find(root, "model/form/left"))->array.data)[1] = 1;
        break;
    case 1: // a column beyond the last
        ((int64_t *)((h5_node *)h5_find(root, "model/form/node_column"))->array.data)[0] = 1000;
        break;
    case 2: // a source beyond the last
        ((int64_t *)((h5_node *)h5_find(root, "model/preparation/columns/source"))->array.data)[0] =
            1000;
        break;
    case 3: // more levels than there are
        ((int64_t *)((h5_node *)h5_find(root, "model/schema/columns/n_levels"))->array.data)[5] =
            1000000;
        break;
    case 4: // a column that is one-hot in the file, but a number in the schema
        ((int8_t *)((h5_node *)h5_find(root, "model/preparation/columns/encoding"))
             ->array.data)[0] = 1;
        break;
    case 5: // no form
        ((h5_node *)h5_find(root, "model/form"))->name = "shape";
        break;
    default: // no learner of ours
        for (h5_attribute *at = model->attributes; at != NULL; at = at->next) {
            if (strcmp(at->name, "learner") == 0) {
                *(const char **)at->value.data = "oracle";
            }
        }
    }
}

static void what_contradicts_itself_is_refused(void **state) {
    (void)state;
    perebor_candidate candidate = candidate_of("tree", "", text(""));
    perebor_fitted_pipeline *pipeline = fit(&candidate);
    for (size_t way = 0; way <= 6; way++) {
        perebor_error error = {0};
        h5_tree *tree = h5_tree_create();
        assert_non_null(tree);
        fitted_to_tree(pipeline, tree, h5_add_group(tree, tree->root, "model"));
        h5_reader whole = {.root = tree->root, .file = "whole.h5", .error = &error};
        perebor_fitted_pipeline *loaded = fitted_from_tree(&whole);
        assert_non_null(loaded);
        perebor_fitted_pipeline_free(loaded);
        spoil(tree->root, way);
        h5_reader reader = {.root = tree->root, .file = "spoilt.h5", .error = &error};
        assert_null(fitted_from_tree(&reader));
        assert_int_equal(reader.status, PEREBOR_ERR_FORMAT);
        assert_non_null(strstr(error.message, "spoilt.h5"));
        h5_tree_free(tree);
    }
    perebor_fitted_pipeline_free(pipeline);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_keep_their_bits_over_saving_and_loading),
        cmocka_unit_test(forms_that_random_points_seldom_have_keep_their_bits),
        cmocka_unit_test(probabilities_keep_their_bits_over_saving_and_loading),
        cmocka_unit_test(margins_are_calibrated_as_a_fold_of_a_search_does),
        cmocka_unit_test(margins_without_a_calibration_are_no_probabilities),
        cmocka_unit_test(a_score_that_is_not_finite_is_an_error),
        cmocka_unit_test(a_broken_calibration_is_refused),
        cmocka_unit_test(a_model_does_not_need_the_rows_it_was_fitted_on),
        cmocka_unit_test(a_level_that_the_schema_lacks_scores_like_no_level),
        cmocka_unit_test(a_pipeline_of_one_use_scores_alike_and_is_not_saved),
        cmocka_unit_test(rows_without_ids_have_a_fingerprint_of_their_own),
        cmocka_unit_test(rows_without_labels_are_scored_but_not_fitted_on),
        cmocka_unit_test(no_level_that_there_is_not_leads_outside),
        cmocka_unit_test(equal_pipelines_are_equal_files),
        cmocka_unit_test(a_file_that_is_there_is_not_replaced_unasked),
        cmocka_unit_test(rows_of_one_class_are_refused),
        cmocka_unit_test(what_contradicts_itself_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, clean_up);
}
