// SPDX-License-Identifier: MIT
#include "perebor/fitted_pipeline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "pipeline/fitted.h"
#include "prepare/prepared_column.h"

static bool has_both_classes(const uint8_t *labels, size_t n_rows) {
    return n_rows > 0 && memchr(labels, 0, n_rows) != NULL && memchr(labels, 1, n_rows) != NULL;
}

/** What a pipeline is fitted for. */
typedef struct fit_purpose {
    bool margins; /* Calibrate them too. */
    perebor_calibration_method method;
    bool saved; /* Maybe: take the fingerprint. */
} fit_purpose;

/** The training rows as a learner takes them. */
static perebor_status prepare_rows(perebor_fitted_pipeline *fitted, const perebor_dataset *dataset,
                                   const uint32_t *rows, size_t n_rows, perebor_training *training,
                                   perebor_error *error) {
    perebor_status status;
    uint8_t *labels = perebor_workspace_take(&fitted->workspace, n_rows, sizeof *labels);
    if (labels == NULL) {
        return perebor_no_memory(error, "for %zu rows", n_rows);
    }
    for (size_t i = 0; i < n_rows; i++) {
        labels[i] = dataset->labels[rows[i]];
    }
    training->labels = labels;
    if (!has_both_classes(labels, n_rows)) {
        return perebor_fail(error, PEREBOR_ERR_NUMERIC, "the rows to fit on are all of one class");
    }
    PEREBOR_TRY(done, perebor_preparation_transform(fitted->preparation, dataset, rows, n_rows,
                                                    &fitted->workspace, &training->rows, error));
    training->name_column = prepared_column_write_name;
    training->names = fitted->preparation;
done:
    return status;
}

static void digest_row(perebor_sha256 *digest, const perebor_dataset *dataset, size_t row) {
    perebor_sha256_update_text(digest, dataset->ids != NULL ? dataset->ids[row] : "");
    perebor_sha256_update(digest, &dataset->labels[row], 1);
    for (size_t column = 0; column < dataset->n_columns; column++) {
        perebor_sha256_update_double(digest, dataset->columns[column].values[row]);
    }
}

void fitted_take_fingerprint(perebor_fitted_pipeline *fitted, const perebor_dataset *dataset,
                             const uint32_t *rows, size_t n_rows) {
    perebor_sha256 digest;
    perebor_sha256_init(&digest);
    perebor_sha256_update_text(&digest, "perebor training rows 1");
    perebor_sha256_update_u64(&digest, n_rows);
    for (size_t i = 0; i < n_rows; i++) {
        digest_row(&digest, dataset, rows[i]);
    }
    perebor_sha256_final(&digest, fitted->fingerprint);
    fitted->fingerprinted = true;
}

/** Calibrates what takes no fit of its own, and margins if that is asked for. */
static perebor_status calibrate(perebor_fitted_pipeline *fitted, const perebor_value *settings,
                                const perebor_training *training, const fit_purpose *purpose,
                                perebor_error *error) {
    if (!purpose->margins && perebor_calibration_needed(fitted->learner)) {
        return PEREBOR_OK;
    }
    perebor_status status =
        perebor_calibrate_by(&fitted->calibration, purpose->method, fitted->learner, training,
                             settings, &fitted->workspace, error);
    fitted->calibrated = status == PEREBOR_OK;
    return status;
}

static perebor_status fit_parts(perebor_fitted_pipeline *fitted, const perebor_candidate *candidate,
                                const perebor_dataset *dataset, const uint32_t *rows, size_t n_rows,
                                fit_purpose purpose, perebor_error *error) {
    perebor_status status;
    perebor_training training = {0};
    PEREBOR_TRY(done, perebor_dataset_schema(&fitted->schema, dataset, error));
    PEREBOR_TRY(done, perebor_preparation_fit(&fitted->preparation, dataset, rows, n_rows,
                                              &candidate->preparation, &fitted->workspace, error));
    PEREBOR_TRY(done, prepare_rows(fitted, dataset, rows, n_rows, &training, error));
    PEREBOR_TRY(done, perebor_preparation_freeze(fitted->preparation, fitted->schema,
                                                 &fitted->workspace, error));
    PEREBOR_TRY(done, fitted->learner->fit(&fitted->model, &training, candidate->settings,
                                           &fitted->workspace, &fitted->report, error));
    PEREBOR_TRY(done, calibrate(fitted, candidate->settings, &training, &purpose, error));
    PEREBOR_TRY(done,
                fitted->learner->describe(fitted->model, &fitted->workspace, &fitted->form, error));
    if (purpose.saved) {
        fitted_take_fingerprint(fitted, dataset, rows, n_rows);
    }
done:
    return status;
}

static perebor_status fit(perebor_fitted_pipeline **pipeline, const perebor_candidate *candidate,
                          const perebor_dataset *dataset, const uint32_t *rows, size_t n_rows,
                          fit_purpose purpose, perebor_error *error) {
    perebor_fitted_pipeline *fitted = calloc(1, sizeof *fitted);
    if (fitted == NULL) {
        return perebor_no_memory(error, "for a fitted pipeline");
    }
    fitted->learner = candidate->learner;
    fitted->report.converged = true;
    perebor_status status = fit_parts(fitted, candidate, dataset, rows, n_rows, purpose, error);
    if (status != PEREBOR_OK) {
        perebor_fitted_pipeline_free(fitted);
        return status;
    }
    *pipeline = fitted;
    return PEREBOR_OK;
}

perebor_status perebor_fitted_pipeline_fit(perebor_fitted_pipeline **pipeline,
                                           const perebor_candidate *candidate,
                                           const perebor_dataset *dataset, const uint32_t *rows,
                                           size_t n_rows, perebor_error *error) {
    const fit_purpose purpose = {.saved = true};
    return fit(pipeline, candidate, dataset, rows, n_rows, purpose, error);
}

perebor_status perebor_fitted_pipeline_fit_calibrated(perebor_fitted_pipeline **pipeline,
                                                      const perebor_candidate *candidate,
                                                      const perebor_dataset *dataset,
                                                      const uint32_t *rows, size_t n_rows,
                                                      perebor_error *error) {
    const fit_purpose purpose = {.margins = true, .saved = true};
    return fit(pipeline, candidate, dataset, rows, n_rows, purpose, error);
}

perebor_status perebor_fitted_pipeline_fit_calibrated_by(perebor_fitted_pipeline **pipeline,
                                                         const perebor_candidate *candidate,
                                                         const perebor_dataset *dataset,
                                                         const uint32_t *rows, size_t n_rows,
                                                         perebor_calibration_method method,
                                                         perebor_error *error) {
    const fit_purpose purpose = {.margins = true, .method = method, .saved = true};
    return fit(pipeline, candidate, dataset, rows, n_rows, purpose, error);
}

perebor_status perebor_fitted_pipeline_fit_unsaved(perebor_fitted_pipeline **pipeline,
                                                   const perebor_candidate *candidate,
                                                   const perebor_dataset *dataset,
                                                   const uint32_t *rows, size_t n_rows,
                                                   const perebor_calibration_method *method,
                                                   perebor_error *error) {
    const fit_purpose purpose = {.margins = method != NULL,
                                 .method = method != NULL ? *method : PEREBOR_CALIBRATE_USUALLY};
    return fit(pipeline, candidate, dataset, rows, n_rows, purpose, error);
}

void perebor_fitted_pipeline_free(perebor_fitted_pipeline *pipeline) {
    if (pipeline == NULL) {
        return;
    }
    for (size_t i = 0; i < pipeline->n_members; i++) {
        perebor_fitted_pipeline_free(pipeline->members[i]);
    }
    free((void *)pipeline->members);
    free(pipeline->weights);
    perebor_workspace_release(&pipeline->workspace);
    h5_pages_release(pipeline->pages);
    perebor_dataset_free(pipeline->schema);
    free(pipeline);
}

/** A row whose values are far beyond those of training may overflow what a model computes. */
static perebor_status check_scores(const double *scores, size_t n, perebor_error *error) {
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(scores[i])) {
            return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                                "the learner gave scores that are not finite");
        }
    }
    return PEREBOR_OK;
}

perebor_status perebor_fitted_pipeline_score_prepared(const perebor_fitted_pipeline *pipeline,
                                                      const perebor_matrix *rows,
                                                      perebor_workspace *workspace, double *scores,
                                                      perebor_error *error) {
    if (pipeline->n_members > 0) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "members of a voting pipeline prepare rows each in its own way");
    }
    perebor_status status =
        pipeline->learner->score(pipeline->model, rows, workspace, scores, error);
    return status == PEREBOR_OK ? check_scores(scores, rows->n_rows, error) : status;
}

perebor_status perebor_fitted_pipeline_score(const perebor_fitted_pipeline *pipeline,
                                             const perebor_dataset *dataset, const uint32_t *rows,
                                             size_t n_rows, perebor_workspace *workspace,
                                             double *scores, perebor_error *error) {
    perebor_status status;
    perebor_matrix prepared;
    if (pipeline->n_members > 0) {
        return fitted_voting_score(pipeline, dataset, rows, n_rows, workspace, scores, error);
    }
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    PEREBOR_TRY(done, perebor_preparation_transform(pipeline->preparation, dataset, rows, n_rows,
                                                    workspace, &prepared, error));
    status = perebor_fitted_pipeline_score_prepared(pipeline, &prepared, workspace, scores, error);
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

perebor_status perebor_fitted_pipeline_predict(const perebor_fitted_pipeline *pipeline,
                                               const perebor_dataset *dataset, const uint32_t *rows,
                                               size_t n_rows, perebor_workspace *workspace,
                                               double *probabilities, perebor_error *error) {
    if (!pipeline->calibrated) {
        return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                            "scores of %s are margins, and this pipeline was fitted without a "
                            "calibration that makes probabilities of them: fit it calibrated",
                            pipeline->learner->name);
    }
    perebor_status status = perebor_fitted_pipeline_score(pipeline, dataset, rows, n_rows,
                                                          workspace, probabilities, error);
    if (status == PEREBOR_OK) {
        perebor_calibration_apply(&pipeline->calibration, pipeline->learner, probabilities, n_rows,
                                  probabilities);
    }
    return status;
}

const perebor_calibration *
perebor_fitted_pipeline_calibration(const perebor_fitted_pipeline *pipeline) {
    return pipeline->calibrated ? &pipeline->calibration : NULL;
}

const perebor_dataset *perebor_fitted_pipeline_schema(const perebor_fitted_pipeline *pipeline) {
    return pipeline->schema;
}

const perebor_learner *perebor_fitted_pipeline_learner(const perebor_fitted_pipeline *pipeline) {
    return pipeline->learner;
}

const perebor_model_form *perebor_fitted_pipeline_form(const perebor_fitted_pipeline *pipeline) {
    return &pipeline->form;
}

const perebor_preparation *
perebor_fitted_pipeline_preparation(const perebor_fitted_pipeline *pipeline) {
    return pipeline->preparation;
}

const perebor_fit_report *perebor_fitted_pipeline_report(const perebor_fitted_pipeline *pipeline) {
    return &pipeline->report;
}

void perebor_fitted_pipeline_fingerprint(const perebor_fitted_pipeline *pipeline,
                                         uint8_t fingerprint[32]) {
    memcpy(fingerprint, pipeline->fingerprint, sizeof pipeline->fingerprint);
}
