// SPDX-License-Identifier: MIT
#include "trial/refit.h"

#include <stdlib.h>

#include "base/try.h"
#include "perebor/preparation.h"
#include "trial/evaluate_fitted.h"

/** Copies the names of the prepared columns. */
static perebor_status name_columns(perebor_refit *refit, const perebor_preparation *preparation,
                                   perebor_error *error) {
    size_t n_columns = perebor_preparation_n_columns(preparation);
    refit->columns = calloc(n_columns + 1, sizeof *refit->columns);
    for (size_t column = 0; refit->columns != NULL && column < n_columns; column++) {
        size_t length = perebor_preparation_column_name(preparation, column, NULL, 0);
        char *name = malloc(length + 1);
        if (name == NULL) {
            break;
        }
        (void)perebor_preparation_column_name(preparation, column, name, length + 1);
        refit->columns[refit->n_columns++] = name;
    }
    if (refit->n_columns != n_columns) {
        return perebor_no_memory(error, "for the names of columns");
    }
    return PEREBOR_OK;
}

/** Fits on the training part; without a method, calibrated if the metrics ask for that. */
static perebor_status fit(perebor_fitted_pipeline **pipeline, const perebor_evaluator *evaluator,
                          const perebor_candidate *candidate,
                          const perebor_calibration_method *method, perebor_error *error) {
    const fold_split *rows = &evaluator->holdout;
    return method != NULL || evaluator->calibrates
               ? perebor_fitted_pipeline_fit_calibrated_by(
                     pipeline, candidate, evaluator->dataset, rows->training, rows->n_training,
                     method != NULL ? *method : PEREBOR_CALIBRATE_USUALLY, error)
               : perebor_fitted_pipeline_fit(pipeline, candidate, evaluator->dataset,
                                             rows->training, rows->n_training, error);
}

/** Scores both parts by the pipeline. */
static perebor_status measure(perebor_refit *refit, const perebor_evaluator *evaluator,
                              perebor_error *error) {
    perebor_status status;
    const fold_split *rows = &evaluator->holdout;
    perebor_workspace workspace = {0};
    refit->report = *perebor_fitted_pipeline_report(refit->pipeline);
    PEREBOR_TRY(done, evaluate_fitted_measure(refit->pipeline, evaluator, rows->training,
                                              rows->training_labels, rows->n_training, &workspace,
                                              &refit->train_score, refit->further.train, error));
    PEREBOR_TRY(done,
                evaluate_fitted_measure(refit->pipeline, evaluator, rows->validation,
                                        rows->validation_labels, rows->n_validation, &workspace,
                                        &refit->test_score, refit->further.test, error));
done:
    perebor_workspace_release(&workspace);
    return status;
}

perebor_status perebor_refit_candidate(const perebor_evaluator *evaluator,
                                       const perebor_candidate *candidate,
                                       const perebor_calibration_method *method,
                                       perebor_refit *refit, perebor_error *error) {
    perebor_status status;
    perebor_refit result = {0};
    PEREBOR_TRY(done, fit(&result.pipeline, evaluator, candidate, method, error));
    PEREBOR_TRY(done,
                name_columns(&result, perebor_fitted_pipeline_preparation(result.pipeline), error));
    PEREBOR_TRY(done, measure(&result, evaluator, error));
    *refit = result;
    result = (perebor_refit){0};
done:
    perebor_refit_release(&result);
    return status;
}

perebor_status perebor_refit_voting(const perebor_evaluator *evaluator,
                                    const perebor_candidate *candidates, const uint32_t *weights,
                                    size_t n, perebor_refit *refit, perebor_error *error) {
    perebor_status status;
    const fold_split *rows = &evaluator->holdout;
    perebor_refit result = {0};
    PEREBOR_TRY(done, perebor_fitted_pipeline_fit_voting(&result.pipeline, candidates, weights, n,
                                                         evaluator->dataset, rows->training,
                                                         rows->n_training, error));
    PEREBOR_TRY(done, measure(&result, evaluator, error));
    *refit = result;
    result = (perebor_refit){0};
done:
    perebor_refit_release(&result);
    return status;
}

void perebor_refit_release(perebor_refit *refit) {
    for (size_t column = 0; column < refit->n_columns; column++) {
        free(refit->columns[column]);
    }
    free(refit->columns);
    perebor_fitted_pipeline_free(refit->pipeline);
    *refit = (perebor_refit){0};
}
