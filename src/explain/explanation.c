// SPDX-License-Identifier: MIT
#include "explain/explanation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"

perebor_status explanation_make_room(explanation *explanation, size_t n_players,
                                     size_t n_background, size_t n_rows, perebor_error *error) {
    explanation->n_players = n_players;
    explanation->n_background = n_background;
    explanation->n_rows = n_rows;
    explanation->players = calloc(n_players + 1, sizeof *explanation->players);
    explanation->background = calloc(n_background + 1, sizeof *explanation->background);
    explanation->rows = calloc(n_rows + 1, sizeof *explanation->rows);
    explanation->scores = calloc(n_rows + 1, sizeof *explanation->scores);
    explanation->probabilities = calloc(n_rows + 1, sizeof *explanation->probabilities);
    explanation->values = calloc(n_rows * n_players + 1, sizeof *explanation->values);
    explanation->errors = calloc(n_rows * n_players + 1, sizeof *explanation->errors);
    explanation->n_rounds = calloc(n_rows + 1, sizeof *explanation->n_rounds);
    bool whole = explanation->players != NULL && explanation->background != NULL &&
                 explanation->rows != NULL && explanation->scores != NULL &&
                 explanation->probabilities != NULL && explanation->values != NULL &&
                 explanation->errors != NULL && explanation->n_rounds != NULL;
    return whole ? PEREBOR_OK : perebor_no_memory(error, "to explain %zu rows", n_rows);
}

perebor_status explanation_begin(explanation *explanation, const row_explainer *explainer,
                                 const explanation_terms *terms, const uint32_t *background,
                                 size_t n_background, size_t n_rows, perebor_error *error) {
    perebor_status status;
    const explain_players *players = row_explainer_players(explainer);
    PEREBOR_TRY(
        done, explanation_make_room(explanation, players->n_players, n_background, n_rows, error));
    explanation->terms = *terms;
    explanation->standard_error = row_explainer_standard_error(explainer);
    explanation->exact = row_explainer_is_exact(explainer);
    explanation->grain = row_explainer_grain(explainer);
    explanation->baseline = row_explainer_baseline(explainer);
    explanation->baseline_probability = row_explainer_baseline_probability(explainer);
    memcpy(explanation->players, players->sources, players->n_players * sizeof *players->sources);
    memcpy(explanation->background, background, n_background * sizeof *background);
    for (size_t row = 0; row < n_rows; row++) {
        explanation->rows[row] = (uint32_t)row;
    }
done:
    return status;
}

void explanation_set(explanation *explanation, size_t place, const row_explanation *row) {
    size_t n = explanation->n_players;
    bool by_score = explanation->terms.options.scale == EXPLAIN_SCORE;
    double sum = explanation->baseline;
    for (size_t player = 0; player < n; player++) {
        sum += row->shapley.values[player];
    }
    double gap = fabs(sum - (by_score ? row->score : row->probability));
    explanation->largest_gap = gap > explanation->largest_gap ? gap : explanation->largest_gap;
    explanation->scores[place] = row->score;
    explanation->probabilities[place] = row->probability;
    explanation->n_rounds[place] = row->shapley.n_rounds;
    memmove(explanation->values + place * n, row->shapley.values, n * sizeof(double));
    memmove(explanation->errors + place * n, row->shapley.standard_error, n * sizeof(double));
}

perebor_status explanation_pick(explanation *one, const explanation *all, uint32_t row,
                                perebor_error *error) {
    explanation made = {0};
    size_t n = all->n_players, place = 0;
    while (place + 1 < all->n_rows && all->rows[place] != row) {
        place++;
    }
    perebor_status status = explanation_make_room(&made, n, all->n_background, 1, error);
    if (status != PEREBOR_OK) {
        explanation_release(&made);
        return status;
    }
    made.terms = all->terms;
    made.standard_error = all->standard_error;
    made.exact = all->exact;
    made.baseline = all->baseline;
    made.baseline_probability = all->baseline_probability;
    made.grain = all->grain;
    memcpy(made.players, all->players, n * sizeof *made.players);
    memcpy(made.background, all->background, all->n_background * sizeof *made.background);
    made.rows[0] = row;
    const row_explanation found = {.score = all->scores[place],
                                   .probability = all->probabilities[place],
                                   .shapley = {.values = all->values + place * n,
                                               .standard_error = all->errors + place * n,
                                               .n_rounds = all->n_rounds[place]}};
    explanation_set(&made, 0, &found);
    *one = made;
    return PEREBOR_OK;
}

void explanation_release(explanation *explanation) {
    free(explanation->players);
    free(explanation->background);
    free(explanation->rows);
    free(explanation->scores);
    free(explanation->probabilities);
    free(explanation->values);
    free(explanation->errors);
    free(explanation->n_rounds);
    *explanation = (struct explanation){0};
}

/** Pearson's correlation of a player's values and its column's numbers, of the rows that have one.
 */
static double direction_of(const explanation *explanation, const perebor_column *column,
                           size_t player) {
    double n = 0.0, sum_x = 0.0, sum_y = 0.0, xx = 0.0, yy = 0.0, xy = 0.0;
    if (column->role == PEREBOR_ROLE_NOMINAL) {
        return NAN;
    }
    for (size_t i = 0; i < explanation->n_rows; i++) {
        double x = column->values[explanation->rows[i]];
        if (!isnan(x)) {
            n += 1.0;
            sum_x += x;
            sum_y += explanation->values[i * explanation->n_players + player];
        }
    }
    for (size_t i = 0; i < explanation->n_rows; i++) {
        double x = column->values[explanation->rows[i]] - sum_x / n;
        double y = explanation->values[i * explanation->n_players + player] - sum_y / n;
        if (!isnan(x)) {
            xx += x * x;
            yy += y * y;
            xy += x * y;
        }
    }
    return xx > 0.0 && yy > 0.0 ? xy / sqrt(xx) / sqrt(yy) : NAN;
}

static int by_effect(const void *left, const void *right) {
    const explanation_column *a = left, *b = right;
    return a->mean_absolute != b->mean_absolute ? (a->mean_absolute > b->mean_absolute ? -1 : 1)
                                                : (a->player > b->player) - (a->player < b->player);
}

void explanation_rank(const explanation *explanation, const perebor_dataset *dataset,
                      explanation_column *columns) {
    size_t n = explanation->n_players;
    for (size_t player = 0; player < n; player++) {
        double sum = 0.0;
        for (size_t i = 0; i < explanation->n_rows; i++) {
            sum += fabs(explanation->values[i * n + player]);
        }
        columns[player] = (explanation_column){
            .player = (uint32_t)player,
            .mean_absolute = explanation->n_rows > 0 ? sum / (double)explanation->n_rows : 0.0,
            .direction =
                direction_of(explanation, &dataset->columns[explanation->players[player]], player)};
    }
    qsort(columns, n, sizeof *columns, by_effect);
}
