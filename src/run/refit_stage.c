// SPDX-License-Identifier: MIT
#include "run/refit_stage.h"

#include <math.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/try.h"
#include "h5/file_tree_reader.h"
#include "pipeline/fitted_tree.h"
#include "run/column_reference.h"
#include "run/known_rows.h"
#include "run/stored_study.h"
#include "store/stage.h"
#include "store/test_looks.h"
#include "trial/out_of_fold.h"

/** Rows with their labels, and what a model that has not seen them says of them.
 * @param[in] scores, probabilities  [dataset->n_rows] */
static h5_node *add_rows(const perebor_dataset *dataset, const uint32_t *rows, size_t n,
                         const double *scores, const double *probabilities, h5_tree *tree,
                         h5_node *parent, const char *name) {
    h5_node *group = h5_add_group(tree, parent, name);
    h5_node *row = h5_add_dataset(tree, group, "row", H5_INT64, 1, n, 0);
    h5_node *id = h5_add_dataset(tree, group, "id", H5_TEXT, 1, dataset->ids == NULL ? 0 : n, 0);
    h5_node *target = h5_add_dataset(tree, group, "target", H5_INT8, 1, n, 0);
    h5_node *score = h5_add_dataset(tree, group, "score", H5_DOUBLE, 1, n, 0);
    h5_node *probability = h5_add_dataset(tree, group, "probability", H5_DOUBLE, 1, n, 0);
    h5_set_text(tree, group, "scales", "row");
    for (size_t i = 0; probability != NULL && i < n; i++) {
        ((int64_t *)row->array.data)[i] = rows[i];
        ((int8_t *)target->array.data)[i] = (int8_t)dataset->labels[rows[i]];
        ((double *)score->array.data)[i] = scores[rows[i]];
        ((double *)probability->array.data)[i] = probabilities[rows[i]];
        if (dataset->ids != NULL) {
            ((const char **)id->array.data)[i] = h5_keep_text(tree, dataset->ids[rows[i]]);
        }
    }
    return group;
}

/** What models say of the training rows that have not seen them, by the folds of the first repeat.
 */
typedef struct unseen_rows {
    double *scores, *probabilities; /* [dataset->n_rows] each, in one piece that is freed. */
} unseen_rows;

static perebor_status make_room(unseen_rows *unseen, const perebor_study *study,
                                perebor_error *error) {
    size_t n = study->dataset->n_rows;
    unseen->scores = calloc(2 * n + 1, sizeof *unseen->scores);
    if (unseen->scores == NULL) {
        return perebor_no_memory(error, "for the refitted model");
    }
    unseen->probabilities = unseen->scores + n;
    return PEREBOR_OK;
}

static perebor_status score_unseen(unseen_rows *unseen, const perebor_study *study,
                                   const perebor_candidate *candidate,
                                   perebor_calibration_method method, perebor_error *error) {
    return out_of_fold(study->evaluator, candidate, 0, study->folds.n_splits, method,
                       unseen->scores, unseen->probabilities, error);
}

static void add_out_of_fold(const perebor_study *study, const unseen_rows *unseen, h5_tree *tree,
                            h5_node *parent) {
    const perebor_dataset *dataset = study->dataset;
    size_t n = study->split.n_train;
    h5_node *group = add_rows(dataset, study->split.train, n, unseen->scores, unseen->probabilities,
                              tree, parent, "out_of_fold");
    h5_node *hash = h5_add_dataset(tree, group, "hash", H5_UINT64, 1, n, 0);
    for (size_t i = 0; hash != NULL && i < n; i++) {
        ((uint64_t *)hash->array.data)[i] = predict_row_hash(dataset, study->split.train[i]);
    }
}

/** Puts the values of the test part, in its order, where its rows are. */
static void scatter(double *by_row, const double *values, const perebor_split *split) {
    for (size_t i = 0; i < split->n_test; i++) {
        by_row[split->test[i]] = values[i];
    }
}

/** Scores of the test part by the model itself; nothing where there is no test part. */
static perebor_status add_test_part(const perebor_study *study,
                                    const perebor_fitted_pipeline *pipeline, h5_tree *tree,
                                    h5_node *parent, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_split *split = &study->split;
    const perebor_dataset *dataset = study->dataset;
    perebor_workspace workspace = {0};
    double *values = calloc(split->n_test + 1, sizeof *values);
    double *scores = calloc(dataset->n_rows + 1, sizeof *scores);
    double *probabilities = calloc(dataset->n_rows + 1, sizeof *probabilities);
    if (values == NULL || scores == NULL || probabilities == NULL) {
        status = perebor_no_memory(error, "for the refitted model");
        goto done;
    }
    if (split->n_test > 0) {
        PEREBOR_TRY(done, perebor_fitted_pipeline_score(pipeline, dataset, split->test,
                                                        split->n_test, &workspace, values, error));
        scatter(scores, values, split);
        PEREBOR_TRY(done,
                    perebor_fitted_pipeline_predict(pipeline, dataset, split->test, split->n_test,
                                                    &workspace, values, error));
        scatter(probabilities, values, split);
        (void)add_rows(dataset, split->test, split->n_test, scores, probabilities, tree, parent,
                       "test_part");
    }
done:
    perebor_workspace_release(&workspace);
    free(values);
    free(scores);
    free(probabilities);
    return status;
}

/** What a model was made of, in attributes. */
typedef struct model_origin {
    const char *rule; /* How it was chosen. */
    const char *calibrate;
    const char *ensemble;   /* The digest of /ensemble; NULL: of a trial. */
    uint64_t trial;         /* Read where it is of one. */
    double mean_test_score; /* On the folds. */
} model_origin;

static void add_origin(const model_origin *origin, const perebor_refit *refit, h5_tree *tree,
                       h5_node *group) {
    if (origin->ensemble == NULL) {
        h5_set_unsigned(tree, group, "trial", origin->trial);
    } else {
        h5_set_text(tree, group, "ensemble", origin->ensemble);
    }
    h5_set_text(tree, group, "select", origin->rule);
    h5_set_text(tree, group, "calibrate", origin->calibrate);
    h5_set_real(tree, group, "mean_test_score", origin->mean_test_score);
    h5_set_real(tree, group, "train_score", refit->train_score);
    h5_set_real(tree, group, "test_score", refit->test_score);
}

static perebor_status put_model(const perebor_study *study, perebor_result *result,
                                const model_origin *origin, const unseen_rows *unseen,
                                const perebor_refit *refit, perebor_error *error) {
    perebor_status status;
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_no_memory(error, "for the refitted model");
    }
    h5_node *group = h5_add_group(tree, tree->root, "model");
    fitted_to_tree(refit->pipeline, tree, group);
    add_origin(origin, refit, tree, group);
    add_out_of_fold(study, unseen, tree, group);
    PEREBOR_TRY(done, h5_tree_check(tree, "a refitted model", error));
    PEREBOR_TRY(done, add_test_part(study, refit->pipeline, tree, group, error));
    PEREBOR_TRY(done, column_reference_to_tree(study->dataset, study->split.train,
                                               study->split.n_train, tree, group, error));
    PEREBOR_TRY(done, stage_put(result, group, error));
done:
    h5_tree_free(tree);
    return status;
}

perebor_status refit_stage_load(perebor_fitted_pipeline **pipeline, const h5_node **model,
                                const perebor_result *result, const char *file,
                                perebor_error *error) {
    perebor_status status = stage_require(result, "model", file, model, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    h5_reader reader = {.root = result->stages->root, .file = file, .error = error};
    perebor_fitted_pipeline *loaded = fitted_from_tree(&reader);
    if (reader.status == PEREBOR_OK) {
        *pipeline = loaded;
        loaded = NULL;
    }
    perebor_fitted_pipeline_free(loaded);
    return reader.status;
}

static perebor_status note_look(perebor_result *result, uint64_t trial, double mean_test_score,
                                const perebor_refit *refit, perebor_error *error) {
    if (isnan(refit->test_score)) {
        return PEREBOR_OK; // there is no test part
    }
    const test_look look = {.trial = trial,
                            .train_score = refit->train_score,
                            .mean_test_score = mean_test_score,
                            .test_score = refit->test_score};
    return test_looks_note(result, &look, error);
}

perebor_status refit_note_look(perebor_result *result, size_t row, const perebor_refit *refit,
                               perebor_error *error) {
    return note_look(result, result->trials->first_trial + row,
                     perebor_trials_mean_test_score(result->trials, row), refit, error);
}

perebor_status refit_stage_trial(const h5_node *model, const char *file, uint64_t *trial,
                                 perebor_error *error) {
    const h5_attribute *found = h5_find_attribute(model, "trial");
    if (found == NULL || found->value.kind != H5_UINT64 || found->value.n_dimensions != 0) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: /model does not say which trial it is",
                            file);
    }
    *trial = *(const uint64_t *)found->value.data;
    return PEREBOR_OK;
}

perebor_status refit_stage_method(const h5_node *model, const char *file,
                                  const perebor_learner *learner,
                                  perebor_calibration_method *method, perebor_error *error) {
    const char *name = h5_find_text(model, "calibrate");
    calibration_word word;
    if (name == NULL) { // of before it could be chosen
        *method = PEREBOR_CALIBRATE_USUALLY;
        return PEREBOR_OK;
    }
    if (!calibration_word_find(name, &word)) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s: /model was calibrated by \"%.40s\", which this version does not "
                            "know: run 'perebor refit' again",
                            file, name);
    }
    return calibration_word_method(method, word, learner, error);
}

perebor_status refit_stage_make(const perebor_study *study, perebor_result *result, size_t row,
                                const refit_choice *choice, perebor_refit *refit,
                                perebor_error *error) {
    perebor_status status;
    perebor_candidate candidate;
    perebor_calibration_method method;
    perebor_refit fitted = {0};
    unseen_rows unseen = {0};
    const model_origin origin = {.rule = choice->rule,
                                 .calibrate = calibration_word_name(choice->calibrate),
                                 .trial = result->trials->first_trial + row,
                                 .mean_test_score =
                                     perebor_trials_mean_test_score(result->trials, row)};
    PEREBOR_TRY(done, stored_study_candidate(study, origin.trial, &candidate, error));
    PEREBOR_TRY(done,
                calibration_word_method(&method, choice->calibrate, candidate.learner, error));
    PEREBOR_TRY(done,
                perebor_refit_candidate(study->evaluator, &candidate, &method, &fitted, error));
    PEREBOR_TRY(done, make_room(&unseen, study, error));
    PEREBOR_TRY(done, score_unseen(&unseen, study, &candidate, method, error));
    PEREBOR_TRY(done, put_model(study, result, &origin, &unseen, &fitted, error));
    PEREBOR_TRY(done, refit_note_look(result, row, &fitted, error));
    *refit = fitted;
    fitted = (perebor_refit){0};
done:
    perebor_refit_release(&fitted);
    free(unseen.scores);
    return status;
}

/** The candidates of an ensemble and their weights. @param[out] candidates, weights  [n_members]
 * The caller frees them, whatever comes of it. */
static perebor_status find_members(const perebor_study *study, const ensemble *members,
                                   perebor_candidate **candidates, uint32_t **weights,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    *candidates = calloc(members->n_members + 1, sizeof **candidates);
    *weights = calloc(members->n_members + 1, sizeof **weights);
    if (*candidates == NULL || *weights == NULL) {
        return perebor_no_memory(error, "for an ensemble of %zu trials", members->n_members);
    }
    for (size_t i = 0; i < members->n_members; i++) {
        (*weights)[i] = members->members[i].weight;
        PEREBOR_TRY(done, stored_study_candidate(study, members->members[i].trial,
                                                 &(*candidates)[i], error));
    }
done:
    return status;
}

/** What the ensemble said of the training rows when it was chosen: its scores are probabilities. */
static perebor_status take_unseen(unseen_rows *unseen, const perebor_study *study,
                                  const ensemble *members, perebor_error *error) {
    if (members->n_rows != study->split.n_train) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "/ensemble has %zu rows, and the training part %zu", members->n_rows,
                            study->split.n_train);
    }
    for (size_t i = 0; i < members->n_rows; i++) {
        uint32_t row = study->split.train[i];
        unseen->scores[row] = members->probability[i];
        unseen->probabilities[row] = members->probability[i];
    }
    return PEREBOR_OK;
}

perebor_status refit_stage_make_ensemble(const perebor_study *study, perebor_result *result,
                                         const ensemble *members, perebor_refit *refit,
                                         perebor_error *error) {
    perebor_status status;
    perebor_candidate *candidates = NULL;
    uint32_t *weights = NULL;
    perebor_refit fitted = {0};
    unseen_rows unseen = {0};
    const size_t n = members->n_members;
    const model_origin origin = {.rule = "ensemble",
                                 .calibrate = calibration_word_name(CALIBRATION_NONE),
                                 .ensemble = members->digest,
                                 .mean_test_score = members->score.naive};
    PEREBOR_TRY(done, find_members(study, members, &candidates, &weights, error));
    PEREBOR_TRY(done,
                perebor_refit_voting(study->evaluator, candidates, weights, n, &fitted, error));
    PEREBOR_TRY(done, make_room(&unseen, study, error));
    PEREBOR_TRY(done, take_unseen(&unseen, study, members, error));
    PEREBOR_TRY(done, put_model(study, result, &origin, &unseen, &fitted, error));
    PEREBOR_TRY(done,
                note_look(result, TEST_LOOK_ENSEMBLE, origin.mean_test_score, &fitted, error));
    *refit = fitted;
    fitted = (perebor_refit){0};
done:
    perebor_refit_release(&fitted);
    free(candidates);
    free(weights);
    free(unseen.scores);
    return status;
}
