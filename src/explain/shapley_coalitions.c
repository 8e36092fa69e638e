// SPDX-License-Identifier: MIT
// Every coalition, asked: v(S) by its definition (game.h), for models that have no form of their
// own, and with it
//
//     phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S)).
//
// With n players, 2^n - 2 rows are scored for each row of the background; drawn orders take 8
// rounds of 2 (n + 1) at least, so that values of up to EXPLAIN_MOST_ASKED players are exact at no
// greater cost.
#include <string.h>

#include "base/try.h"
#include "explain/shapley_forms.h"

/** Rows that are scored together, about. */
enum { most_mixed = 512 };

/** What a row needs. */
typedef struct asking {
    const explain_shapley *shapley;
    const perebor_matrix *rows;
    size_t n_players, n_sets; /**< Sets: those that are neither empty nor all. */
    size_t chunk;             /**< Background rows that are scored together. */
    perebor_matrix mixed;     /**< [chunk][n_sets] */
    double *scores;           /**< The same. */
    double *worth;            /**< [n_sets + 2] v, by the bits of who is present. */
} asking;

void shapley_weights(double *weights, size_t n) {
    double binomial = 1.0;
    for (size_t s = 0; s < n; s++) {
        weights[s] = 1.0 / ((double)n * binomial);
        binomial = binomial * (double)(n - 1 - s) / (double)(s + 1);
    }
}

/** A row with the values of a background row for whoever is absent, of every set. */
static void mix_rows(const asking *asking, size_t row, size_t z, size_t first) {
    const explain_players *players = asking->shapley->players;
    for (size_t column = 0; column < players->n_prepared; column++) {
        uint32_t player = players->player_of[column];
        double own = perebor_matrix_column(asking->rows, column)[row];
        double other = perebor_matrix_column(&asking->shapley->background, column)[z];
        double *into = perebor_matrix_column(&asking->mixed, column) + first;
        for (size_t set = 1; set <= asking->n_sets; set++) {
            into[set - 1] = (set >> player & 1) != 0 ? own : other;
        }
    }
}

/** Means over the background. */
static perebor_status find_worth(const asking *asking, size_t row, perebor_workspace *workspace,
                                 perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const explain_model *model = &asking->shapley->model;
    size_t n = asking->shapley->background.n_rows, n_sets = asking->n_sets;
    memset(asking->worth, 0, (n_sets + 2) * sizeof *asking->worth);
    for (size_t z = 0; n_sets > 0 && z < n; z += asking->chunk) {
        size_t n_mixed = n - z < asking->chunk ? n - z : asking->chunk;
        perebor_matrix mixed = asking->mixed;
        mixed.n_rows = n_mixed * n_sets;
        for (size_t i = 0; i < n_mixed; i++) {
            mix_rows(asking, row, z + i, i * n_sets);
        }
        PEREBOR_TRY(done, model->score(model->context, &mixed, workspace, asking->scores, error));
        for (size_t i = 0; i < mixed.n_rows; i++) {
            asking->worth[1 + i % n_sets] += asking->scores[i];
        }
    }
    for (size_t set = 1; set <= n_sets; set++) {
        asking->worth[set] /= (double)n;
    }
done:
    return status;
}

static perebor_status make_room(asking *asking, perebor_workspace *workspace,
                                perebor_error *error) {
    size_t n_mixed = asking->chunk * asking->n_sets;
    asking->scores = perebor_workspace_take(workspace, n_mixed, sizeof(double));
    asking->worth = perebor_workspace_take(workspace, asking->n_sets + 2, sizeof(double));
    if (asking->scores == NULL || asking->worth == NULL) {
        return perebor_no_memory(error, "to ask of %zu sets of columns", asking->n_sets);
    }
    return perebor_matrix_create(&asking->mixed, n_mixed, asking->rows->n_columns, workspace,
                                 error);
}

/** Adds up what everybody adds. @param[out] values  [n_players][EXPLAIN_BLOCK] */
static void add_gains(const asking *asking, size_t row, double *values) {
    double weights[EXPLAIN_MOST_ASKED];
    size_t n = asking->n_players;
    shapley_weights(weights, n);
    for (size_t player = 0; player < n; player++) {
        size_t bit = (size_t)1 << player;
        double sum = 0.0;
        for (size_t set = 0; set <= asking->n_sets; set++) {
            if ((set & bit) == 0) {
                size_t size = (size_t)__builtin_popcountll(set);
                sum += weights[size] * (asking->worth[set | bit] - asking->worth[set]);
            }
        }
        values[player * EXPLAIN_BLOCK + row] = sum;
    }
}

static perebor_status explain(const explain_shapley *shapley, const perebor_matrix *rows,
                              perebor_workspace *workspace, double *values, perebor_error *error) {
    perebor_status status;
    const explain_model *model = &shapley->model;
    size_t n = shapley->players->n_players;
    double all[EXPLAIN_BLOCK];
    asking asking = {
        .shapley = shapley, .rows = rows, .n_players = n, .n_sets = ((size_t)1 << n) - 2};
    if (n == 0) {
        return PEREBOR_OK;
    }
    asking.chunk = asking.n_sets == 0 ? 1 : (most_mixed + asking.n_sets - 1) / asking.n_sets;
    PEREBOR_TRY(done, model->score(model->context, rows, workspace, all, error));
    PEREBOR_TRY(done, make_room(&asking, workspace, error));
    for (size_t row = 0; row < rows->n_rows; row++) {
        PEREBOR_TRY(done, find_worth(&asking, row, workspace, error));
        asking.worth[0] = shapley->baseline;
        asking.worth[asking.n_sets + 1] = all[row];
        add_gains(&asking, row, values);
    }
done:
    return status;
}

const shapley_way shapley_coalitions = {.explain = explain};
