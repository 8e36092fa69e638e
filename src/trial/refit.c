// SPDX-License-Identifier: MIT
#include "perebor/refit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "perebor/preparation.h"
#include "perebor/roc_auc.h"
#include "trial/evaluator.h"

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

/** Scores one part, if it has rows. */
static perebor_status score_part(const perebor_learner *learner, const perebor_model *model,
                                 const perebor_matrix *rows, const uint8_t *labels,
                                 perebor_workspace *workspace, double *auc, perebor_error *error) {
    *auc = NAN;
    if (rows->n_rows == 0) {
        return PEREBOR_OK;
    }
    double *scores = perebor_workspace_take(workspace, rows->n_rows, sizeof *scores);
    if (scores == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for %zu scores", rows->n_rows);
    }
    perebor_status status = learner->score(model, rows, workspace, scores, error);
    if (status == PEREBOR_OK) {
        *auc = perebor_roc_auc(labels, scores, rows->n_rows, workspace);
    }
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
    PEREBOR_TRY(done, score_part(candidate->learner, model, &training.rows, rows->training_labels,
                                 &workspace, &result.train_score, error));
    PEREBOR_TRY(done, score_part(candidate->learner, model, &test, rows->validation_labels,
                                 &workspace, &result.test_score, error));
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
