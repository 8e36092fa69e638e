// SPDX-License-Identifier: MIT
#include "run/scored_study.h"

#include <assert.h>
#include <stdlib.h>

#include "base/try.h"
#include "h5/file_tree.h"
#include "metric/venn_abers.h"
#include "perebor/calibration.h"
#include "run/refit_stage.h"

static perebor_status allocate(scored_study *scored, size_t n_rows, perebor_error *error) {
    scored->n_rows = n_rows;
    scored->probabilities = calloc(n_rows + 1, sizeof *scored->probabilities);
    scored->lower = calloc(n_rows + 1, sizeof *scored->lower);
    scored->upper = calloc(n_rows + 1, sizeof *scored->upper);
    return scored->probabilities == NULL || scored->lower == NULL || scored->upper == NULL
               ? perebor_no_memory(error, "for the scores of a search's rows")
               : PEREBOR_OK;
}

/** What /model/out_of_fold has of the rows of training. */
typedef struct out_of_fold_rows {
    size_t n;
    const int64_t *rows;
    const int8_t *labels;
    const double *scores, *probabilities;
} out_of_fold_rows;

static perebor_status fail_whole(const char *file, perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: /model/out_of_fold is not whole", file);
}

static perebor_status find_out_of_fold(out_of_fold_rows *found, const perebor_study *study,
                                       const h5_node *model, const char *file,
                                       perebor_error *error) {
    size_t n = study->split.n_train;
    const h5_node *group = h5_find(model, "out_of_fold");
    *found = (out_of_fold_rows){.n = n};
    if (group != NULL) {
        found->rows = h5_row(group, "row", H5_INT64, n);
        found->labels = h5_row(group, "target", H5_INT8, n);
        found->scores = h5_row(group, "score", H5_DOUBLE, n);
        found->probabilities = h5_row(group, "probability", H5_DOUBLE, n);
    }
    if (found->rows == NULL || found->labels == NULL || found->scores == NULL ||
        found->probabilities == NULL) {
        return fail_whole(file, error);
    }
    bool whole = true;
    for (size_t i = 0; whole && i < n; i++) {
        double probability = found->probabilities[i];
        whole = found->rows[i] == (int64_t)study->split.train[i] &&
                (found->labels[i] == 0 || found->labels[i] == 1) && probability >= 0.0 &&
                probability <= 1.0;
    }
    return whole ? PEREBOR_OK : fail_whole(file, error);
}

/** Scores and probabilities of all rows: of the test part by the model. @param[out] scores [n] */
static perebor_status score(scored_study *scored, double *scores, const perebor_study *study,
                            const perebor_fitted_pipeline *pipeline, const out_of_fold_rows *known,
                            perebor_error *error) {
    perebor_status status;
    perebor_workspace workspace = {0};
    size_t n_test = study->split.n_test;
    const perebor_calibration *calibration = perebor_fitted_pipeline_calibration(pipeline);
    double *test = calloc(2 * n_test + 2, sizeof *test);
    double *probabilities = test == NULL ? NULL : test + n_test + 1;
    if (test == NULL) {
        return perebor_no_memory(error, "for the scores of a search's rows");
    }
    if (calibration == NULL) {
        status = perebor_fail(error, PEREBOR_ERR_FORMAT,
                              "/model is not calibrated, as 'perebor refit' leaves it");
        goto done;
    }
    PEREBOR_TRY(done, perebor_fitted_pipeline_score(pipeline, study->dataset, study->split.test,
                                                    n_test, &workspace, test, error));
    perebor_calibration_apply(calibration, perebor_fitted_pipeline_learner(pipeline), test, n_test,
                              probabilities);
    for (size_t i = 0; i < n_test; i++) {
        scores[study->split.test[i]] = test[i];
        scored->probabilities[study->split.test[i]] = probabilities[i];
    }
    assert(known->scores != NULL && known->probabilities != NULL);
    for (size_t i = 0; i < known->n; i++) {
        scores[known->rows[i]] = known->scores[i];
        scored->probabilities[known->rows[i]] = known->probabilities[i];
    }
done:
    perebor_workspace_release(&workspace);
    free(test);
    return status;
}

/** The interval of Venn and Abers, widened to the probability. */
static perebor_status bound(scored_study *scored, const double *scores,
                            const out_of_fold_rows *known, perebor_error *error) {
    venn_abers *bounds = NULL;
    perebor_status status =
        venn_abers_create(&bounds, known->scores, (const uint8_t *)known->labels, known->n, error);
    for (size_t row = 0; status == PEREBOR_OK && row < scored->n_rows; row++) {
        double lower, upper, probability = scored->probabilities[row];
        venn_abers_interval(bounds, scores[row], &lower, &upper);
        scored->lower[row] = lower < probability ? lower : probability;
        scored->upper[row] = upper > probability ? upper : probability;
    }
    venn_abers_free(bounds);
    return status;
}

perebor_status scored_study_make(scored_study *scored, const perebor_study *study,
                                 const perebor_result *result, const char *file,
                                 perebor_error *error) {
    perebor_status status;
    perebor_fitted_pipeline *pipeline = NULL;
    const h5_node *model = NULL;
    out_of_fold_rows known;
    double *scores = calloc(study->dataset->n_rows + 1, sizeof *scores);
    if (scores == NULL) {
        return perebor_no_memory(error, "for the scores of a search's rows");
    }
    PEREBOR_TRY(done, refit_stage_load(&pipeline, &model, result, file, error));
    PEREBOR_TRY(done, find_out_of_fold(&known, study, model, file, error));
    PEREBOR_TRY(done, allocate(scored, study->dataset->n_rows, error));
    PEREBOR_TRY(done, score(scored, scores, study, pipeline, &known, error));
    PEREBOR_TRY(done, bound(scored, scores, &known, error));
done:
    free(scores);
    perebor_fitted_pipeline_free(pipeline);
    return status;
}

void scored_study_release(scored_study *scored) {
    free(scored->probabilities);
    free(scored->lower);
    free(scored->upper);
    *scored = (scored_study){0};
}
