// SPDX-License-Identifier: MIT
#include "explain/shapley.h"

#include <math.h>
#include <stdlib.h>

#include "base/try.h"
#include "explain/shapley_forms.h"
#include "explain/tree_sets.h"

static const shapley_way *way_of_kernel(const perebor_kernel_function *kernel) {
    if (kernel->kind == PEREBOR_KERNEL_RBF) {
        return &shapley_gaussian;
    }
    return kernel->kind == PEREBOR_KERNEL_POLY && kernel->degree <= EXPLAIN_HIGHEST_POWER
               ? &shapley_power
               : NULL;
}

/** The exact way of a form; NULL: there is none, and orders are drawn. */
static const shapley_way *way_of(const perebor_model_form *form, explain_game game,
                                 size_t n_players) {
    switch (form->kind) {
    case PEREBOR_FORM_LINEAR:
        return &shapley_linear;
    case PEREBOR_FORM_TREES:
        return game == EXPLAIN_PATH_DEPENDENT ? &shapley_tree_paths : &shapley_tree_patterns;
    case PEREBOR_FORM_KERNEL:
        return way_of_kernel(&form->as.kernel.kernel);
    case PEREBOR_FORM_MONOMIALS:
        return &shapley_monomials;
    case PEREBOR_FORM_NEIGHBORS:
        return n_players <= EXPLAIN_MOST_ENUMERATED ? &shapley_neighbors : NULL;
    case PEREBOR_FORM_DENSITIES:
        return &shapley_densities;
    }
    return NULL;
}

static perebor_status check_game(const explain_model *model, const explain_shapley_options *options,
                                 perebor_error *error) {
    if (options->game == EXPLAIN_RETRAINED) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "the retrained game is played with many models, not with one");
    }
    if (options->game == EXPLAIN_INTERVENTIONAL) {
        return PEREBOR_OK;
    }
    if (model->form == NULL || model->form->kind != PEREBOR_FORM_TREES) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "the path-dependent game is played on trees, and the model's form is "
                            "%s: take --game interventional",
                            model->form == NULL ? "none of its own"
                                                : perebor_form_kind_name(model->form->kind));
    }
    if (!model->scores_form || options->sample) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "the path-dependent game is exact and on the scale of the trees' own "
                            "scores: take --game interventional for calibrated probabilities or "
                            "drawn orders");
    }
    return PEREBOR_OK;
}

/** The mean score of the background rows. */
static perebor_status find_baseline(explain_shapley *shapley, perebor_error *error) {
    perebor_status status;
    const explain_model *model = &shapley->model;
    size_t n = shapley->background.n_rows;
    if (shapley->options.game == EXPLAIN_PATH_DEPENDENT) {
        return shapley_tree_mean(&model->form->as.trees, &shapley->workspace, &shapley->baseline,
                                 error);
    }
    double *scores = perebor_workspace_take(&shapley->workspace, n, sizeof *scores);
    if (scores == NULL) {
        return perebor_no_memory(error, "for %zu background rows", n);
    }
    PEREBOR_TRY(done, model->score(model->context, &shapley->background, &shapley->workspace,
                                   scores, error));
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += scores[i];
    }
    shapley->baseline = sum / (double)n;
done:
    return status;
}

perebor_status explain_shapley_create(explain_shapley **shapley, const explain_model *model,
                                      const explain_players *players,
                                      const perebor_matrix *background,
                                      const explain_shapley_options *options,
                                      perebor_error *error) {
    perebor_status status = check_game(model, options, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    explain_shapley *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return perebor_no_memory(error, "to explain a model");
    }
    *made = (explain_shapley){
        .model = *model, .own_players = *players, .background = *background, .options = *options};
    made->players = &made->own_players;
    if (model->form != NULL && model->form->kind == PEREBOR_FORM_TREES) {
        PEREBOR_TRY(failed,
                    tree_sets_extend_players(&made->own_players, players, &model->form->as.trees,
                                             &made->workspace, error));
    }
    if (model->form == NULL && players->n_players <= EXPLAIN_MOST_ASKED && !options->sample) {
        made->way = &shapley_coalitions;
    } else if (model->form != NULL && model->scores_form && !options->sample) {
        made->way = way_of(model->form, options->game, players->n_players);
    }
    PEREBOR_TRY(failed, find_baseline(made, error));
    if (made->way != NULL && made->way->prepare != NULL) {
        PEREBOR_TRY(failed, made->way->prepare(made, error));
    }
    *shapley = made;
    return PEREBOR_OK;
failed:
    explain_shapley_free(made);
    return status;
}

void explain_shapley_free(explain_shapley *shapley) {
    if (shapley != NULL) {
        perebor_workspace_release(&shapley->workspace);
        free(shapley);
    }
}

double explain_shapley_baseline(const explain_shapley *shapley) {
    return shapley->baseline;
}

bool explain_shapley_is_exact(const explain_shapley *shapley) {
    return shapley->way != NULL;
}

static perebor_status check_finite(const double *values, size_t n, perebor_error *error) {
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(values[i])) {
            return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                                "a Shapley value is not finite: the row's values are far beyond "
                                "those of training");
        }
    }
    return PEREBOR_OK;
}

static perebor_status explain_block(const explain_shapley *shapley, const perebor_matrix *rows,
                                    perebor_workspace *workspace, explain_shapley_row *explained,
                                    perebor_error *error) {
    perebor_status status;
    size_t n_players = shapley->players->n_players;
    double *values =
        perebor_workspace_take_zeroed(workspace, n_players * EXPLAIN_BLOCK, sizeof *values);
    if (values == NULL) {
        return perebor_no_memory(error, "for Shapley values of %zu columns", n_players);
    }
    PEREBOR_TRY(done, shapley->way->explain(shapley, rows, workspace, values, error));
    for (size_t row = 0; row < rows->n_rows; row++) {
        for (size_t player = 0; player < n_players; player++) {
            explained[row].values[player] = values[player * EXPLAIN_BLOCK + row];
            explained[row].standard_error[player] = 0.0;
        }
        explained[row].n_rounds = 0;
    }
done:
    return status;
}

perebor_status explain_shapley_rows(const explain_shapley *shapley, const perebor_matrix *rows,
                                    const uint64_t *keys, perebor_workspace *workspace,
                                    explain_shapley_row *explained, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    if (shapley->way != NULL) {
        PEREBOR_TRY(done, explain_block(shapley, rows, workspace, explained, error));
    }
    for (size_t row = 0; shapley->way == NULL && row < rows->n_rows; row++) {
        PEREBOR_TRY(
            done, shapley_sample(shapley, rows, row, keys[row], workspace, &explained[row], error));
    }
    for (size_t row = 0; row < rows->n_rows; row++) {
        PEREBOR_TRY(done, check_finite(explained[row].values, shapley->players->n_players, error));
    }
done:
    perebor_workspace_return(workspace, begin);
    return status;
}
