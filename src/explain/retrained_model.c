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
static bool is_vote_of_all(const retrained_question *question, const explain_players *players,
                           const uint8_t *present) {
    return perebor_fitted_pipeline_form(question->pipeline)->kind == PEREBOR_FORM_NEIGHBORS &&
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

perebor_status retrained_model_score(const retrained_question *question,
                                     const explain_players *players, const uint8_t *present,
                                     perebor_workspace *workspace, double *values,
                                     perebor_error *error) {
    perebor_status status;
    perebor_dataset view = {0};
    perebor_fitted_pipeline *fitted = NULL;
    bool by_score = question->options.scale == EXPLAIN_SCORE;
    if (is_vote_of_all(question, players, present)) {
        vote_of_all(question, values);
        return PEREBOR_OK;
    }
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    PEREBOR_TRY(done, pick_columns(&view, question, players, present, workspace, error));
    status = perebor_fitted_pipeline_fit_unsaved(&fitted, question->candidate, &view,
                                                 question->training, question->n_training,
                                                 by_score ? NULL : &question->method, error);
    if (status != PEREBOR_OK) {
        status = blame(&view, status, error);
        goto done;
    }
    status = retrained_model_ask(fitted, question->options.scale, &view, question->rows,
                                 question->n_rows, workspace, values, error);
done:
    perebor_fitted_pipeline_free(fitted);
    perebor_workspace_return(workspace, begin);
    return status;
}
