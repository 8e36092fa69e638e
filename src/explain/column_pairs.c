// SPDX-License-Identifier: MIT
#include "explain/column_pairs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "explain/explained_term.h"
#include "explain/players.h"
#include "explain/tree_interaction.h"

perebor_status column_pairs_begin(column_pairs *pairs, const pairs_question *question,
                                  perebor_error *error) {
    size_t n = question->dataset->n_columns;
    *pairs = (column_pairs){.question = *question,
                            .n_columns = n,
                            .effects = calloc(n * question->n_rows + 1, sizeof *pairs->effects)};
    return pairs->effects != NULL ? PEREBOR_OK
                                  : perebor_no_memory(error, "for the effects of %zu columns", n);
}

void column_pairs_release(column_pairs *pairs) {
    free(pairs->effects);
    free(pairs->pairs);
    *pairs = (column_pairs){0};
}

static shape_question ask(const column_pairs *pairs, size_t column, const altered_rows *altered) {
    const pairs_question *question = &pairs->question;
    return (shape_question){.pipeline = question->pipeline,
                            .scale = question->scale,
                            .dataset = question->dataset,
                            .rows = question->rows,
                            .n_rows = question->n_rows,
                            .column = column,
                            .altered = altered};
}

static perebor_status alter(const column_pairs *pairs, altered_rows *altered,
                            perebor_workspace *workspace, perebor_error *error) {
    const pairs_question *question = &pairs->question;
    return altered_rows_make(altered, question->dataset, question->rows, question->n_rows,
                             workspace, error);
}

static size_t n_effects(const void *context, size_t unit) {
    const column_pairs *pairs = context;
    (void)unit;
    return pairs->question.n_rows;
}

static perebor_status find_effect(const void *context, size_t unit, perebor_workspace *workspace,
                                  double *values, perebor_error *error) {
    perebor_status status;
    const column_pairs *pairs = context;
    altered_rows altered;
    const shape_question asked = ask(pairs, unit, &altered);
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    PEREBOR_TRY(done, alter(pairs, &altered, workspace, error));
    status = interaction_effect(&asked, workspace, values, error);
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

static void receive_effect(void *context, size_t unit, const double *values) {
    column_pairs *pairs = context;
    size_t n = pairs->question.n_rows;
    memcpy(pairs->effects + unit * n, values, n * sizeof *values);
}

explain_part column_pairs_effects(column_pairs *pairs) {
    return (explain_part){.context = pairs,
                          .n_units = pairs->n_columns,
                          .n_values = n_effects,
                          .compute = find_effect,
                          .receive = receive_effect};
}

/** A column and how far its effect scatters. */
typedef struct scattered_column {
    double squares;
    uint32_t column;
} scattered_column;

static int by_scatter(const void *left, const void *right) {
    const scattered_column *a = left, *b = right;
    return a->squares != b->squares ? (a->squares > b->squares ? -1 : 1)
                                    : (a->column > b->column) - (a->column < b->column);
}

static int by_column(const void *left, const void *right) {
    const scattered_column *a = left, *b = right;
    return (a->column > b->column) - (a->column < b->column);
}

perebor_status column_pairs_choose(column_pairs *pairs, perebor_error *error) {
    size_t n = pairs->n_columns, n_rows = pairs->question.n_rows;
    scattered_column *columns = calloc(n + 1, sizeof *columns);
    size_t n_chosen = n < PAIRS_MOST_COLUMNS ? n : PAIRS_MOST_COLUMNS;
    pairs->pairs = calloc(n_chosen * n_chosen + 1, sizeof *pairs->pairs);
    if (columns == NULL || pairs->pairs == NULL) {
        free(columns);
        return perebor_no_memory(error, "for pairs of %zu columns", n);
    }
    for (size_t i = 0; i < n; i++) {
        columns[i].column = (uint32_t)i;
        for (size_t row = 0; row < n_rows; row++) {
            double effect = pairs->effects[i * n_rows + row];
            columns[i].squares += effect * effect;
        }
    }
    qsort(columns, n, sizeof *columns, by_scatter);
    qsort(columns, n_chosen, sizeof *columns, by_column);
    for (size_t i = 0; i < n_chosen; i++) {
        for (size_t j = i + 1; j < n_chosen; j++) {
            pairs->pairs[pairs->n_pairs++] =
                (column_pair_interaction){.one = columns[i].column, .other = columns[j].column};
        }
    }
    free(columns);
    return PEREBOR_OK;
}

static size_t n_figures(const void *context, size_t unit) {
    (void)context;
    (void)unit;
    return 3;
}

/** The player of a column; n_players if the model does not look at it. */
static size_t player_of(const explain_players *players, uint32_t column) {
    size_t player = 0;
    while (player < players->n_players && players->sources[player] != column) {
        player++;
    }
    return player;
}

/** Adds the Shapley interaction values of a pair, by a pipeline of trees, times a weight.
 * @param[out] looks  Whether it looks at both; else they are 0. */
static perebor_status add_interactions(const column_pairs *pairs,
                                       const column_pair_interaction *pair,
                                       const perebor_fitted_pipeline *pipeline, double weight,
                                       perebor_workspace *workspace, double *sums, bool *looks,
                                       perebor_error *error) {
    perebor_status status;
    const pairs_question *question = &pairs->question;
    const perebor_preparation *preparation = perebor_fitted_pipeline_preparation(pipeline);
    explain_players players;
    perebor_matrix rows;
    size_t n = question->n_tree_rows;
    PEREBOR_TRY(done, explain_players_make(&players, preparation, workspace, error));
    size_t one = player_of(&players, pair->one), other = player_of(&players, pair->other);
    *looks = one < players.n_players && other < players.n_players;
    if (!*looks) {
        goto done;
    }
    double *values = perebor_workspace_take(workspace, n, sizeof *values);
    if (values == NULL) {
        return perebor_no_memory(error, "for the pairs of %zu rows", n);
    }
    PEREBOR_TRY(done,
                perebor_preparation_transform(preparation, question->dataset, question->tree_rows,
                                              n, workspace, &rows, error));
    PEREBOR_TRY(done, perebor_matrix_expand(&rows, &rows, workspace, error));
    PEREBOR_TRY(done, tree_interaction_find(&perebor_fitted_pipeline_form(pipeline)->as.trees,
                                            &players, one, other, &rows, workspace, values, error));
    for (size_t row = 0; row < n; row++) {
        sums[row] += weight * values[row];
    }
done:
    return status;
}

/** Whether a model is of trees whose scores add up to its own. */
static bool is_of_trees(const perebor_fitted_pipeline *pipeline) {
    size_t n = perebor_fitted_pipeline_n_members(pipeline);
    bool trees = n > 0 || perebor_fitted_pipeline_form(pipeline)->kind == PEREBOR_FORM_TREES;
    for (size_t k = 0; k < n; k++) {
        uint32_t weight;
        const perebor_fitted_pipeline *member =
            perebor_fitted_pipeline_member(pipeline, k, &weight);
        trees = trees && perebor_fitted_pipeline_form(member)->kind == PEREBOR_FORM_TREES &&
                explained_term_is_share(member);
    }
    return trees;
}

/** Shapley interaction values of a pair, added up over the members of what votes.
 * @param[in,out] sums  [n_tree_rows] zeros */
static perebor_status sum_interactions(const column_pairs *pairs,
                                       const column_pair_interaction *pair,
                                       perebor_workspace *workspace, double *sums, bool *looks,
                                       perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_fitted_pipeline *pipeline = pairs->question.pipeline;
    size_t n = perebor_fitted_pipeline_n_members(pipeline);
    double total = 0.0;
    uint32_t weight;
    if (n == 0) {
        return add_interactions(pairs, pair, pipeline, 1.0, workspace, sums, looks, error);
    }
    for (size_t k = 0; k < n; k++) {
        (void)perebor_fitted_pipeline_member(pipeline, k, &weight);
        total += weight;
    }
    for (size_t k = 0; k < n; k++) {
        bool member_looks;
        const perebor_fitted_pipeline *member =
            perebor_fitted_pipeline_member(pipeline, k, &weight);
        perebor_workspace_mark begin = perebor_workspace_here(workspace);
        PEREBOR_TRY(done, add_interactions(pairs, pair, member, weight / total, workspace, sums,
                                           &member_looks, error));
        perebor_workspace_return(workspace, begin);
        *looks = *looks || member_looks;
    }
done:
    return status;
}

/** Mean |Shapley interaction value| of a pair, of a model of trees; NaN of others. */
static perebor_status find_shapley(const column_pairs *pairs, const column_pair_interaction *pair,
                                   perebor_workspace *workspace, double *mean,
                                   perebor_error *error) {
    perebor_status status;
    size_t n = pairs->question.n_tree_rows;
    double sum = 0.0;
    bool looks = false;
    *mean = NAN;
    if (!is_of_trees(pairs->question.pipeline)) {
        return PEREBOR_OK;
    }
    double *sums = perebor_workspace_take_zeroed(workspace, n, sizeof *sums);
    if (sums == NULL) {
        return perebor_no_memory(error, "for the pairs of %zu rows", n);
    }
    PEREBOR_TRY(done, sum_interactions(pairs, pair, workspace, sums, &looks, error));
    for (size_t row = 0; row < n; row++) {
        sum += fabs(sums[row]);
    }
    *mean = looks ? sum / (double)n : (double)NAN;
done:
    return status;
}

static perebor_status find_interaction(const void *context, size_t unit,
                                       perebor_workspace *workspace, double *values,
                                       perebor_error *error) {
    perebor_status status;
    const column_pairs *pairs = context;
    const column_pair_interaction *pair = &pairs->pairs[unit];
    size_t n = pairs->question.n_rows;
    altered_rows altered;
    interaction found = {0};
    const shape_question asked = ask(pairs, pair->one, &altered);
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    PEREBOR_TRY(done, alter(pairs, &altered, workspace, error));
    PEREBOR_TRY(done,
                interaction_measure(&asked, pair->other, pairs->effects + pair->one * n,
                                    pairs->effects + pair->other * n, workspace, &found, error));
    values[0] = found.strength;
    values[1] = found.h;
    status = find_shapley(pairs, pair, workspace, &values[2], error);
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

static void receive_interaction(void *context, size_t unit, const double *values) {
    column_pairs *pairs = context;
    pairs->pairs[unit].found = (interaction){.strength = values[0], .h = values[1]};
    pairs->pairs[unit].shapley = values[2];
}

explain_part column_pairs_part(column_pairs *pairs) {
    return (explain_part){.context = pairs,
                          .n_units = pairs->n_pairs,
                          .n_values = n_figures,
                          .compute = find_interaction,
                          .receive = receive_interaction};
}

static int by_strength(const void *left, const void *right) {
    const column_pair_interaction *a = left, *b = right;
    if (a->found.strength != b->found.strength) {
        return a->found.strength > b->found.strength ? -1 : 1;
    }
    return a->one != b->one ? (a->one > b->one) - (a->one < b->one)
                            : (a->other > b->other) - (a->other < b->other);
}

void column_pairs_rank(column_pairs *pairs) {
    qsort(pairs->pairs, pairs->n_pairs, sizeof *pairs->pairs, by_strength);
}
