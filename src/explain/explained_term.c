// SPDX-License-Identifier: MIT
#include "explain/explained_term.h"

#include <string.h>

#include "base/try.h"

bool explained_term_is_share(const perebor_fitted_pipeline *pipeline) {
    const perebor_calibration *calibration = perebor_fitted_pipeline_calibration(pipeline);
    return calibration != NULL && calibration->kind == PEREBOR_CALIBRATION_SIGMOID &&
           perebor_fitted_pipeline_learner(pipeline)->score_kind == PEREBOR_SCORE_SHARE;
}

static size_t n_columns_of(const perebor_fitted_pipeline *member) {
    return perebor_preparation_n_columns(perebor_fitted_pipeline_preparation(member));
}

/** The players of pipelines side by side. */
static perebor_status group_players(explain_players *players,
                                    const perebor_fitted_pipeline *const *members, size_t n,
                                    perebor_workspace *workspace, perebor_error *error) {
    size_t n_columns = 0, at = 0;
    for (size_t k = 0; k < n; k++) {
        n_columns += n_columns_of(members[k]);
    }
    uint32_t *groups = perebor_workspace_take(workspace, n_columns, sizeof *groups);
    if (groups == NULL) {
        return perebor_no_memory(error, "for the players among %zu columns", n_columns);
    }
    for (size_t k = 0; k < n; k++) {
        const perebor_preparation *preparation = perebor_fitted_pipeline_preparation(members[k]);
        for (size_t column = 0; column < n_columns_of(members[k]); column++) {
            groups[at++] = (uint32_t)perebor_preparation_source(preparation, column);
        }
    }
    return explain_players_group(players, groups, n_columns, workspace, error);
}

perebor_status explained_players_of(explain_players *players,
                                    const perebor_fitted_pipeline *pipeline,
                                    perebor_workspace *workspace, perebor_error *error) {
    size_t n = perebor_fitted_pipeline_n_members(pipeline);
    if (n == 0) {
        return group_players(players, &pipeline, 1, workspace, error);
    }
    const perebor_fitted_pipeline **members =
        perebor_workspace_take(workspace, n, sizeof(const perebor_fitted_pipeline *));
    if (members == NULL) {
        return perebor_no_memory(error, "for the players of %zu members", n);
    }
    for (size_t k = 0; k < n; k++) {
        uint32_t weight;
        members[k] = perebor_fitted_pipeline_member(pipeline, k, &weight);
    }
    return group_players(players, members, n, workspace, error);
}

static perebor_status prepare_one(const perebor_fitted_pipeline *member,
                                  const perebor_dataset *dataset, const uint32_t *rows,
                                  size_t n_rows, perebor_workspace *workspace,
                                  perebor_matrix *prepared, perebor_error *error) {
    perebor_status status =
        perebor_preparation_transform(perebor_fitted_pipeline_preparation(member), dataset, rows,
                                      n_rows, workspace, prepared, error);
    return status == PEREBOR_OK ? perebor_matrix_expand(prepared, prepared, workspace, error)
                                : status;
}

perebor_status explained_term_prepare(const explained_term *term, const perebor_dataset *dataset,
                                      const uint32_t *rows, size_t n_rows,
                                      perebor_workspace *workspace, perebor_matrix *prepared,
                                      perebor_error *error) {
    perebor_status status;
    size_t at = 0;
    if (term->n_members == 1) {
        return prepare_one(term->members[0], dataset, rows, n_rows, workspace, prepared, error);
    }
    PEREBOR_TRY(
        done, perebor_matrix_create(prepared, n_rows, term->players.n_prepared, workspace, error));
    for (size_t k = 0; k < term->n_members; k++) {
        perebor_matrix own;
        perebor_workspace_mark begin = perebor_workspace_here(workspace);
        PEREBOR_TRY(done,
                    prepare_one(term->members[k], dataset, rows, n_rows, workspace, &own, error));
        for (size_t column = 0; column < own.n_columns; column++) {
            memcpy(perebor_matrix_column(prepared, at++), perebor_matrix_column(&own, column),
                   n_rows * sizeof(double));
        }
        perebor_workspace_return(workspace, begin);
    }
done:
    return status;
}

/** Scores of rows side by side, on the scale of the term: a weighted sum, added up in the order of
 * the members. */
static perebor_status score_rows(const void *context, const perebor_matrix *rows,
                                 perebor_workspace *workspace, double *scores,
                                 perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const explained_term *term = context;
    size_t n = rows->n_rows, at = 0;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    double *own = perebor_workspace_take(workspace, n, sizeof *own);
    if (own == NULL) {
        return perebor_no_memory(error, "for the scores of %zu rows", n);
    }
    for (size_t k = 0; k < term->n_members; k++) {
        const perebor_fitted_pipeline *member = term->members[k];
        perebor_matrix part = *rows;
        part.values += at * rows->stride;
        part.n_columns = n_columns_of(member);
        at += part.n_columns;
        PEREBOR_TRY(done,
                    perebor_fitted_pipeline_score_prepared(member, &part, workspace, own, error));
        if (term->scale == EXPLAIN_PROBABILITY) {
            perebor_calibration_apply(perebor_fitted_pipeline_calibration(member),
                                      perebor_fitted_pipeline_learner(member), own, n, own);
        }
        for (size_t i = 0; i < n; i++) {
            double vote = term->weights[k] * own[i];
            scores[i] = k == 0 ? vote : scores[i] + vote;
        }
    }
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

perebor_status explained_term_make(explained_term *term, const perebor_dataset *dataset,
                                   const uint32_t *background, size_t n_background,
                                   const explain_shapley_options *options,
                                   perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    perebor_matrix prepared;
    const perebor_fitted_pipeline *alone = term->is_sum ? NULL : term->members[0];
    const explain_model model = {.form = alone == NULL ? NULL : perebor_fitted_pipeline_form(alone),
                                 .score = score_rows,
                                 .context = term,
                                 .scores_form = alone != NULL && (term->scale == EXPLAIN_SCORE ||
                                                                  explained_term_is_share(alone))};
    PEREBOR_TRY(done,
                group_players(&term->players, term->members, term->n_members, workspace, error));
    PEREBOR_TRY(done, explained_term_prepare(term, dataset, background, n_background, workspace,
                                             &prepared, error));
    status =
        explain_shapley_create(&term->shapley, &model, &term->players, &prepared, options, error);
done:
    return status;
}

void explained_term_release(explained_term *term) {
    explain_shapley_free(term->shapley);
    term->shapley = NULL;
}
