// SPDX-License-Identifier: MIT
#include "trial/out_of_fold.h"

#include <stdbool.h>

#include "base/try.h"
#include "perebor/calibration.h"
#include "perebor/fitted_pipeline.h"
#include "trial/evaluator.h"

/** Scores the validation rows of a fold into their places. @p values has room for all of them. */
static perebor_status score_fold(const perebor_fitted_pipeline *pipeline,
                                 const perebor_dataset *dataset, const fold_split *fold,
                                 perebor_workspace *workspace, double *values, double *scores,
                                 double *probabilities, perebor_error *error) {
    perebor_status status = perebor_fitted_pipeline_score(
        pipeline, dataset, fold->validation, fold->n_validation, workspace, values, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    for (size_t i = 0; i < fold->n_validation; i++) {
        scores[fold->validation[i]] = values[i];
    }
    if (probabilities == NULL) {
        return PEREBOR_OK;
    }
    perebor_calibration_apply(perebor_fitted_pipeline_calibration(pipeline),
                              perebor_fitted_pipeline_learner(pipeline), values, fold->n_validation,
                              values);
    for (size_t i = 0; i < fold->n_validation; i++) {
        probabilities[fold->validation[i]] = values[i];
    }
    return PEREBOR_OK;
}

perebor_status out_of_fold(const perebor_evaluator *evaluator, const perebor_candidate *candidate,
                           size_t first_fold, size_t n_folds, perebor_calibration_method method,
                           double *scores, double *probabilities, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_dataset *dataset = evaluator->dataset;
    perebor_fitted_pipeline *pipeline = NULL;
    perebor_workspace workspace = {0};
    double *values = perebor_workspace_take(&workspace, dataset->n_rows, sizeof *values);
    if (values == NULL) {
        status = perebor_no_memory(error, "for the scores of %zu rows", dataset->n_rows);
        goto done;
    }
    for (size_t at = first_fold; at < first_fold + n_folds; at++) {
        const fold_split *fold = &evaluator->folds[at];
        PEREBOR_TRY(done, perebor_fitted_pipeline_fit_unsaved(
                              &pipeline, candidate, dataset, fold->training, fold->n_training,
                              probabilities != NULL ? &method : NULL, error));
        PEREBOR_TRY(done, score_fold(pipeline, dataset, fold, &workspace, values, scores,
                                     probabilities, error));
        perebor_fitted_pipeline_free(pipeline);
        pipeline = NULL;
    }
done:
    perebor_fitted_pipeline_free(pipeline);
    perebor_workspace_release(&workspace);
    return status;
}
