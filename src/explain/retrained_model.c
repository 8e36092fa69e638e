// SPDX-License-Identifier: MIT
#include "explain/retrained_model.h"

#include <stdio.h>
#include <string.h>

#include "base/try.h"

perebor_status retrained_model_ask(const perebor_fitted_pipeline *pipeline, explain_scale scale,
                                   const perebor_dataset *dataset, const uint32_t *rows,
                                   size_t n_rows, perebor_workspace *workspace, double *values,
                                   perebor_error *error) {
    return scale == EXPLAIN_PROBABILITY
               ? perebor_fitted_pipeline_predict(pipeline, dataset, rows, n_rows, workspace, values,
                                                 error)
               : perebor_fitted_pipeline_score(pipeline, dataset, rows, n_rows, workspace, values,
                                               error);
}

/** A view of the dataset with the columns of those present; of nobody, with a column of zeros. */
static perebor_status pick_columns(perebor_dataset *view, const retrained_question *question,
                                   const explain_players *players, const uint8_t *present,
                                   perebor_workspace *workspace, perebor_error *error) {
    const perebor_dataset *dataset = question->dataset;
    perebor_column *columns =
        perebor_workspace_take(workspace, players->n_players + 1, sizeof *columns);
    if (columns == NULL) {
        return perebor_no_memory(error, "for %zu columns", players->n_players);
    }
    *view = *dataset;
    view->n_columns = 0;
    view->columns = columns;
    view->block = NULL;
    for (size_t player = 0; player < players->n_players; player++) {
        if (present[player] != 0) {
            columns[view->n_columns++] = dataset->columns[players->sources[player]];
        }
    }
    if (view->n_columns == 0) {
        double *zeros = perebor_workspace_take_zeroed(workspace, dataset->n_rows, sizeof *zeros);
        if (zeros == NULL) {
            return perebor_no_memory(error, "for %zu rows", dataset->n_rows);
        }
        columns[view->n_columns++] =
            (perebor_column){.name = "", .role = PEREBOR_ROLE_NUMERIC, .values = zeros};
    }
    return PEREBOR_OK;
}

/** Whether nobody is present and every training row is equally near, so that none may be preferred.
 */
static bool is_vote_of_all(const perebor_fitted_pipeline *pipeline, const explain_players *players,
                           const uint8_t *present) {
    return perebor_fitted_pipeline_form(pipeline)->kind == PEREBOR_FORM_NEIGHBORS &&
           memchr(present, 1, players->n_players) == NULL;
}

static void vote_of_all(const retrained_question *question, double *values) {
    size_t n_positive = 0;
    for (size_t i = 0; i < question->n_training; i++) {
        n_positive += question->dataset->labels[question->training[i]];
    }
    for (size_t row = 0; row < question->n_rows; row++) {
        values[row] = (double)n_positive / (double)question->n_training;
    }
}

/** Says of which columns the trial could not be fitted. */
static perebor_status blame(const perebor_dataset *view, perebor_status status,
                            perebor_error *error) {
    char names[256] = "";
    perebor_error of_fit = error != NULL ? *error : (perebor_error){0};
    for (size_t i = 0; i < view->n_columns; i++) {
        size_t used = strlen(names);
        (void)snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "",
                       view->columns[i].name);
    }
    return status == PEREBOR_ERR_MEMORY
               ? status
               : perebor_fail(error, status,
                              "the retrained game needs the trial fitted on the columns %s alone: "
                              "%.200s",
                              names, of_fit.message);
}

/** A candidate fitted on a view, of which the model has a pipeline, and asked. */
static perebor_status score_candidate(const retrained_question *question,
                                      const perebor_candidate *candidate,
                                      const perebor_calibration_method *method, explain_scale scale,
                                      const perebor_dataset *view, perebor_workspace *workspace,
                                      double *values, perebor_error *error) {
    perebor_fitted_pipeline *fitted = NULL;
    perebor_status status = perebor_fitted_pipeline_fit_unsaved(
        &fitted, candidate, view, question->training, question->n_training, method, error);
    if (status != PEREBOR_OK) {
        return blame(view, status, error);
    }
    status = retrained_model_ask(fitted, scale, view, question->rows, question->n_rows, workspace,
                                 values, error);
    perebor_fitted_pipeline_free(fitted);
    return status;
}

/** The weighted mean of the probabilities of those that vote, in their order. */
static perebor_status score_votes(const retrained_question *question,
                                  const explain_players *players, const uint8_t *present,
                                  const perebor_dataset *view, perebor_workspace *workspace,
                                  double *values, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    static const perebor_calibration_method usual = PEREBOR_CALIBRATE_USUALLY;
    size_t n = question->n_rows;
    double total = 0.0;
    double *own = perebor_workspace_take(workspace, n, sizeof *own);
    if (own == NULL) {
        return perebor_no_memory(error, "for the votes of %zu rows", n);
    }
    memset(values, 0, n * sizeof *values);
    for (size_t k = 0; k < question->recipe.n; k++) {
        uint32_t weight;
        const perebor_fitted_pipeline *member =
            perebor_fitted_pipeline_member(question->pipeline, k, &weight);
        if (is_vote_of_all(member, players, present)) {
            vote_of_all(question, own);
        } else {
            PEREBOR_TRY(done, score_candidate(question, &question->recipe.candidates[k], &usual,
                                              EXPLAIN_PROBABILITY, view, workspace, own, error));
        }
        for (size_t i = 0; i < n; i++) {
            values[i] += weight * own[i];
        }
        total += weight;
    }
    for (size_t i = 0; i < n; i++) {
        values[i] /= total;
    }
done:
    return status;
}

perebor_status retrained_model_score(const retrained_question *question,
                                     const explain_players *players, const uint8_t *present,
                                     perebor_workspace *workspace, double *values,
                                     perebor_error *error) {
    perebor_status status;
    perebor_dataset view = {0};
    bool by_score = question->options.scale == EXPLAIN_SCORE;
    bool votes = question->recipe.weights != NULL;
    if (!votes && is_vote_of_all(question->pipeline, players, present)) {
        vote_of_all(question, values);
        return PEREBOR_OK;
    }
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    PEREBOR_TRY(done, pick_columns(&view, question, players, present, workspace, error));
    status = votes ? score_votes(question, players, present, &view, workspace, values, error)
                   : score_candidate(question, question->recipe.candidates,
                                     by_score ? NULL : &question->method, question->options.scale,
                                     &view, workspace, values, error);
done:
    perebor_workspace_return(workspace, begin);
    return status;
}
