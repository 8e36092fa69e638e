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

/** Scores of the training rows by models that have not seen them: of the first repeat's folds. */
static perebor_status add_out_of_fold(const perebor_study *study,
                                      const perebor_candidate *candidate,
                                      perebor_calibration_method method, h5_tree *tree,
                                      h5_node *parent, perebor_error *error) {
    perebor_status status;
    const perebor_dataset *dataset = study->dataset;
    size_t n = study->split.n_train;
    double *scores = calloc(dataset->n_rows + 1, sizeof *scores);
    double *probabilities = calloc(dataset->n_rows + 1, sizeof *probabilities);
    if (scores == NULL || probabilities == NULL) {
        status = perebor_no_memory(error, "for the refitted model");
        goto done;
    }
    PEREBOR_TRY(done, out_of_fold(study->evaluator, candidate, 0, study->folds.n_splits, method,
                                  scores, probabilities, error));
    h5_node *group = add_rows(dataset, study->split.train, n, scores, probabilities, tree, parent,
                              "out_of_fold");
    h5_node *hash = h5_add_dataset(tree, group, "hash", H5_UINT64, 1, n, 0);
    for (size_t i = 0; hash != NULL && i < n; i++) {
        ((uint64_t *)hash->array.data)[i] = predict_row_hash(dataset, study->split.train[i]);
    }
    status = h5_tree_check(tree, "a refitted model", error);
done:
    free(scores);
    free(probabilities);
    return status;
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

static perebor_status put_model(const perebor_study *study, perebor_result *result, size_t row,
                                const refit_choice *choice, const perebor_candidate *candidate,
                                perebor_calibration_method method, const perebor_refit *refit,
                                perebor_error *error) {
    perebor_status status;
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_no_memory(error, "for the refitted model");
    }
    h5_node *group = h5_add_group(tree, tree->root, "model");
    fitted_to_tree(refit->pipeline, tree, group);
    h5_set_unsigned(tree, group, "trial", result->trials->first_trial + row);
    h5_set_text(tree, group, "select", choice->rule);
    h5_set_text(tree, group, "calibrate", calibration_word_name(choice->calibrate));
    h5_set_real(tree, group, "mean_test_score",
                perebor_trials_mean_test_score(result->trials, row));
    h5_set_real(tree, group, "train_score", refit->train_score);
    h5_set_real(tree, group, "test_score", refit->test_score);
    PEREBOR_TRY(done, add_out_of_fold(study, candidate, method, tree, group, error));
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

perebor_status refit_note_look(perebor_result *result, size_t row, const perebor_refit *refit,
                               perebor_error *error) {
    if (isnan(refit->test_score)) {
        return PEREBOR_OK; // there is no test part
    }
    const test_look look = {.trial = result->trials->first_trial + row,
                            .train_score = refit->train_score,
                            .mean_test_score = perebor_trials_mean_test_score(result->trials, row),
                            .test_score = refit->test_score};
    return test_looks_note(result, &look, error);
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
    PEREBOR_TRY(
        done, stored_study_candidate(study, result->trials->first_trial + row, &candidate, error));
    PEREBOR_TRY(done,
                calibration_word_method(&method, choice->calibrate, candidate.learner, error));
    PEREBOR_TRY(done,
                perebor_refit_candidate(study->evaluator, &candidate, &method, &fitted, error));
    PEREBOR_TRY(done, put_model(study, result, row, choice, &candidate, method, &fitted, error));
    PEREBOR_TRY(done, refit_note_look(result, row, &fitted, error));
    *refit = fitted;
    fitted = (perebor_refit){0};
done:
    perebor_refit_release(&fitted);
    return status;
}
