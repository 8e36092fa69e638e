// SPDX-License-Identifier: MIT
#include "trial/evaluate_fitted.h"

#include <math.h>
#include <string.h>

#include "base/try.h"
#include "trial/evaluation.h"
#include "trial/scoring.h"

/** Scores of rows, every one finite, in the workspace. */
static perebor_status score_rows(double **scores, const perebor_fitted_pipeline *pipeline,
                                 const perebor_dataset *dataset, const uint32_t *rows,
                                 size_t n_rows, perebor_workspace *workspace,
                                 perebor_error *error) {
    perebor_status status;
    double *result = perebor_workspace_take(workspace, n_rows, sizeof *result);
    if (result == NULL) {
        return perebor_no_memory(error, "for %zu scores", n_rows);
    }
    PEREBOR_TRY(done, perebor_fitted_pipeline_score(pipeline, dataset, rows, n_rows, workspace,
                                                    result, error));
    if (!scoring_all_finite(result, n_rows)) {
        return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                            "the learner gave scores that are not finite");
    }
    *scores = result;
done:
    return status;
}

perebor_status evaluate_fitted_measure(const perebor_fitted_pipeline *pipeline,
                                       const perebor_evaluator *evaluator, const uint32_t *rows,
                                       const uint8_t *labels, size_t n_rows,
                                       perebor_workspace *workspace, double *score, double *further,
                                       perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    double values[PEREBOR_MAX_METRICS];
    double *scores = NULL;
    perebor_predictions predictions;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    for (size_t i = 0; i < PEREBOR_MAX_METRICS; i++) {
        values[i] = NAN;
    }
    if (n_rows > 0) {
        PEREBOR_TRY(done, score_rows(&scores, pipeline, evaluator->dataset, rows, n_rows, workspace,
                                     error));
        const scored_part part = {labels, scores, n_rows};
        PEREBOR_TRY(done, scoring_predict(&predictions, &evaluator->metrics,
                                          perebor_fitted_pipeline_learner(pipeline),
                                          perebor_fitted_pipeline_calibration(pipeline), &part,
                                          workspace, error));
        scoring_measure(values, &evaluator->metrics, &predictions, workspace);
    }
    *score = values[0];
    memcpy(further, values + 1, (PEREBOR_MAX_METRICS - 1) * sizeof *further);
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

/** Both classes are there, so that a metric lacks a value only where memory is short. */
static perebor_status check_measured(const perebor_metric_list *metrics, double score,
                                     const double *further, perebor_error *error) {
    bool measured = !isnan(score);
    for (size_t i = 0; i + 1 < metrics->n; i++) {
        measured = measured && !isnan(further[i]);
    }
    return measured ? PEREBOR_OK : perebor_no_memory(error, "to score a fold");
}

/** Everything that an outcome has but the state of a failure. */
static perebor_status evaluate_fold(const perebor_evaluator *evaluator,
                                    const perebor_candidate *candidate, const fold_split *rows,
                                    perebor_workspace *workspace, perebor_member_outcome *outcome,
                                    perebor_error *error) {
    perebor_status status;
    perebor_fitted_pipeline *pipeline = NULL;
    perebor_fold_outcome *fold = &outcome->fold;
    perebor_further_scores *further = &outcome->further;
    const perebor_calibration_method usual = PEREBOR_CALIBRATE_USUALLY;
    PEREBOR_TRY(done, fold_split_check_classes(rows, error));
    PEREBOR_TRY(done, perebor_fitted_pipeline_fit_unsaved(
                          &pipeline, candidate, evaluator->dataset, rows->training,
                          rows->n_training, evaluator->calibrates ? &usual : NULL, error));
    const perebor_fit_report *report = perebor_fitted_pipeline_report(pipeline);
    fold->fit_seconds = report->fit_seconds;
    fold->iterations = report->iterations;
    fold->converged = report->converged;
    PEREBOR_TRY(done, evaluate_fitted_measure(pipeline, evaluator, rows->validation,
                                              rows->validation_labels, rows->n_validation,
                                              workspace, &fold->test_score, further->test, error));
    PEREBOR_TRY(done, check_measured(&evaluator->metrics, fold->test_score, further->test, error));
    if (evaluator->score_training) {
        PEREBOR_TRY(done,
                    evaluate_fitted_measure(pipeline, evaluator, rows->training,
                                            rows->training_labels, rows->n_training, workspace,
                                            &fold->train_score, further->train, error));
        PEREBOR_TRY(done,
                    check_measured(&evaluator->metrics, fold->train_score, further->train, error));
    }
    fold->state = PEREBOR_TRIAL_COMPLETE;
done:
    perebor_fitted_pipeline_free(pipeline);
    return status;
}

perebor_status perebor_evaluate_fitted(const perebor_evaluator *evaluator,
                                       const perebor_candidate *candidate, size_t fold,
                                       perebor_workspace *workspace,
                                       perebor_member_outcome *outcome, perebor_error *error) {
    perebor_error reason = {0};
    perebor_member_outcome result = evaluation_no_outcome();
    perebor_status status =
        evaluate_fold(evaluator, candidate, &evaluator->folds[fold], workspace, &result, &reason);
    if (evaluation_is_of_machine(status)) {
        return perebor_fail(error, status, "%s", reason.message);
    }
    if (status != PEREBOR_OK) {
        result = evaluation_no_outcome();
        result.error = strdup(reason.message);
        if (result.error == NULL) {
            return perebor_no_memory(error, "to score a fold");
        }
    }
    *outcome = result;
    return PEREBOR_OK;
}
