// SPDX-License-Identifier: MIT
#include "perebor/refit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "perebor/calibration.h"
#include "perebor/preparation.h"
#include "trial/evaluator.h"
#include "trial/scoring.h"

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
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for the names of columns");
    }
    return PEREBOR_OK;
}

/** A fitted model and what it takes to measure it. */
typedef struct fitted_model {
    const perebor_metric_list *metrics;
    const perebor_learner *learner;
    const perebor_model *model;
    perebor_calibration calibration;
    perebor_workspace *workspace;
} fitted_model;

/** Scores one part, if it has rows. @param[out] further  By the metrics beside the first. */
static perebor_status score_part(const fitted_model *fitted, const perebor_matrix *rows,
                                 const uint8_t *labels, double *score, double *further,
                                 perebor_error *error) {
    perebor_status status;
    const perebor_metric_list *metrics = fitted->metrics;
    double values[PEREBOR_MAX_METRICS];
    perebor_predictions predictions;
    for (size_t i = 0; i < PEREBOR_MAX_METRICS; i++) {
        values[i] = NAN;
    }
    if (rows->n_rows > 0) {
        double *scores = perebor_workspace_take(fitted->workspace, rows->n_rows, sizeof *scores);
        if (scores == NULL) {
            return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for %zu scores",
                                rows->n_rows);
        }
        PEREBOR_TRY(done,
                    fitted->learner->score(fitted->model, rows, fitted->workspace, scores, error));
        const scored_part part = {labels, scores, rows->n_rows};
        PEREBOR_TRY(done, scoring_predict(&predictions, metrics, fitted->learner,
                                          &fitted->calibration, &part, fitted->workspace, error));
        scoring_measure(values, metrics, &predictions, fitted->workspace);
    }
    *score = values[0];
    memcpy(further, values + 1, (PEREBOR_MAX_METRICS - 1) * sizeof *further);
    status = PEREBOR_OK;
done:
    return status;
}

perebor_status perebor_refit_candidate(const perebor_evaluator *evaluator,
                                       const perebor_candidate *candidate, perebor_refit *refit,
                                       perebor_error *error) {
    perebor_status status;
    const fold_split *rows = &evaluator->holdout;
    perebor_refit result = {.report = {.converged = true}};
    perebor_workspace workspace = {0};
    perebor_preparation *preparation = NULL;
    perebor_training training = {.labels = rows->training_labels};
    perebor_matrix test = {0};
    perebor_model *model = NULL;

    PEREBOR_TRY(done, perebor_preparation_fit(&preparation, evaluator->dataset, rows->training,
                                              rows->n_training, &candidate->preparation, &workspace,
                                              error));
    PEREBOR_TRY(done,
                perebor_preparation_transform(preparation, evaluator->dataset, rows->training,
                                              rows->n_training, &workspace, &training.rows, error));
    PEREBOR_TRY(done,
                perebor_preparation_transform(preparation, evaluator->dataset, rows->validation,
                                              rows->n_validation, &workspace, &test, error));
    PEREBOR_TRY(done, name_columns(&result, preparation, error));
    PEREBOR_TRY(done, candidate->learner->fit(&model, &training, candidate->settings, &workspace,
                                              &result.report, error));
    fitted_model fitted = {.metrics = &evaluator->metrics,
                           .learner = candidate->learner,
                           .model = model,
                           .workspace = &workspace};
    if (evaluator->calibrates) {
        PEREBOR_TRY(done, perebor_calibrate(&fitted.calibration, candidate->learner, &training,
                                            candidate->settings, &workspace, error));
    }
    PEREBOR_TRY(done, score_part(&fitted, &training.rows, rows->training_labels,
                                 &result.train_score, result.further.train, error));
    PEREBOR_TRY(done, score_part(&fitted, &test, rows->validation_labels, &result.test_score,
                                 result.further.test, error));
    *refit = result;
    result = (perebor_refit){0};
done:
    perebor_refit_release(&result);
    perebor_workspace_release(&workspace);
    return status;
}

void perebor_refit_release(perebor_refit *refit) {
    for (size_t column = 0; column < refit->n_columns; column++) {
        free(refit->columns[column]);
    }
    free(refit->columns);
    *refit = (perebor_refit){0};
}
