// SPDX-License-Identifier: MIT
// Drawn orders. In a round every background row z gets an order of the players of its own, in which
// they change from z to x one by one, and the same order backwards (antithetic: Mitchell, Cooper,
// Frank and Holmes, "Sampling permutations for Shapley value estimation", JMLR 23, 2022). What f
// gains as a player changes, on the mean over the background and both directions, is one unbiased
// estimate; rounds are independent, so their spread gives the standard error. As every z takes part
// in every round, values add up to f(x) less the baseline but for rounding.
//
// Orders depend on the seed, the row's key, the round and z alone.
#include <math.h>
#include <string.h>

#include "base/stream.h"
#include "base/try.h"
#include "explain/shapley_forms.h"

/** Rounds before the spread is believed, and background rows that are scored together. */
enum { least_rounds = 8, chunk_rows = 32 };

typedef struct sampling {
    const explain_shapley *shapley;
    const perebor_matrix *rows;
    size_t row;
    uint64_t key;
    perebor_stream stream;
    size_t n_players, n_steps; /**< Steps: scores along an order, both ends included. */
    uint32_t *orders;          /**< [chunk_rows][n_players] */
    double *scores;            /**< [chunk_rows][2][n_steps] */
    perebor_matrix mixed;      /**< The same of rows. */
    double *round;             /**< [n_players] */
    double *means,
        *squares; /**< [n_players] of the rounds so far, and sums of squares about them */
} sampling;

/** Fisher and Yates' shuffle, by the numbers of one (round, background row). */
static void draw_order(const sampling *sampling, uint64_t round, size_t z, uint32_t *order) {
    size_t n = sampling->n_players;
    uint64_t first = (round * sampling->shapley->background.n_rows + z) * n;
    for (size_t i = 0; i < n; i++) {
        order[i] = (uint32_t)i;
    }
    for (size_t i = n; i-- > 1;) {
        double uniform = perebor_stream_uniform(sampling->stream, sampling->key, first + i);
        size_t other = (size_t)(uniform * (double)(i + 1));
        uint32_t swapped = order[i];
        order[i] = order[other];
        order[other] = swapped;
    }
}

/** Rows that go from z to x player by player, along an order or against it. */
static void mix_rows(const sampling *sampling, size_t z, const uint32_t *order, bool backwards,
                     size_t first) {
    const explain_players *players = sampling->shapley->players;
    size_t n = sampling->n_players;
    for (size_t turn = 0; turn < n; turn++) {
        uint32_t player = order[backwards ? n - 1 - turn : turn];
        for (size_t i = players->first[player]; i < players->first[player + 1]; i++) {
            uint32_t column = players->prepared[i];
            double own = perebor_matrix_column(sampling->rows, column)[sampling->row];
            double other = perebor_matrix_column(&sampling->shapley->background, column)[z];
            double *into = perebor_matrix_column(&sampling->mixed, column) + first;
            for (size_t step = 0; step < sampling->n_steps; step++) {
                into[step] = step > turn ? own : other;
            }
        }
    }
}

/** Adds what players gained along one order. */
static void add_gains(const sampling *sampling, const uint32_t *order, bool backwards,
                      const double *scores) {
    size_t n = sampling->n_players;
    for (size_t turn = 0; turn < n; turn++) {
        uint32_t player = order[backwards ? n - 1 - turn : turn];
        sampling->round[player] += scores[turn + 1] - scores[turn];
    }
}

/** Background rows first ... first + n - 1 of a round. */
static perebor_status add_chunk(const sampling *sampling, uint64_t round, size_t first, size_t n,
                                perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    const explain_model *model = &sampling->shapley->model;
    size_t n_steps = sampling->n_steps;
    perebor_matrix mixed = sampling->mixed;
    mixed.n_rows = n * 2 * n_steps;
    for (size_t i = 0; i < n; i++) {
        uint32_t *order = sampling->orders + i * sampling->n_players;
        draw_order(sampling, round, first + i, order);
        mix_rows(sampling, first + i, order, false, 2 * i * n_steps);
        mix_rows(sampling, first + i, order, true, (2 * i + 1) * n_steps);
    }
    PEREBOR_TRY(done, model->score(model->context, &mixed, workspace, sampling->scores, error));
    for (size_t i = 0; i < n; i++) {
        const uint32_t *order = sampling->orders + i * sampling->n_players;
        add_gains(sampling, order, false, sampling->scores + 2 * i * n_steps);
        add_gains(sampling, order, true, sampling->scores + (2 * i + 1) * n_steps);
    }
done:
    return status;
}

/** One round; its estimates join the means and squares (Welford's recurrence). */
static perebor_status add_round(const sampling *sampling, uint64_t round,
                                perebor_workspace *workspace, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = sampling->shapley->background.n_rows;
    memset(sampling->round, 0, sampling->n_players * sizeof *sampling->round);
    for (size_t z = 0; z < n; z += chunk_rows) {
        size_t left = n - z < chunk_rows ? n - z : chunk_rows;
        PEREBOR_TRY(done, add_chunk(sampling, round, z, left, workspace, error));
    }
    for (size_t player = 0; player < sampling->n_players; player++) {
        double value = sampling->round[player] / (2.0 * (double)n);
        double from_mean = value - sampling->means[player];
        sampling->means[player] += from_mean / (double)(round + 1);
        sampling->squares[player] += from_mean * (value - sampling->means[player]);
    }
done:
    return status;
}

/** sqrt(variance / rounds) of every player. @return The largest. */
static double find_errors(const sampling *sampling, uint64_t n_rounds, double *errors) {
    double largest = 0.0, n = (double)n_rounds;
    for (size_t player = 0; player < sampling->n_players; player++) {
        errors[player] = sqrt(sampling->squares[player] / (n - 1.0) / n);
        largest = errors[player] > largest ? errors[player] : largest;
    }
    return largest;
}

static perebor_status allocate(sampling *sampling, perebor_workspace *workspace,
                               perebor_error *error) {
    size_t n = sampling->n_players, n_rows = chunk_rows * 2 * sampling->n_steps;
    sampling->orders = perebor_workspace_take(workspace, chunk_rows * n, sizeof(uint32_t));
    sampling->scores = perebor_workspace_take(workspace, n_rows, sizeof(double));
    sampling->round = perebor_workspace_take(workspace, n, sizeof(double));
    sampling->means = perebor_workspace_take_zeroed(workspace, n, sizeof(double));
    sampling->squares = perebor_workspace_take_zeroed(workspace, n, sizeof(double));
    if (sampling->orders == NULL || sampling->scores == NULL || sampling->round == NULL ||
        sampling->means == NULL || sampling->squares == NULL) {
        return perebor_no_memory(error, "to draw orders of %zu columns", n);
    }
    return perebor_matrix_create(&sampling->mixed, n_rows, sampling->rows->n_columns, workspace,
                                 error);
}

perebor_status shapley_sample(const explain_shapley *shapley, const perebor_matrix *rows,
                              size_t row, uint64_t key, perebor_workspace *workspace,
                              explain_shapley_row *explained, perebor_error *error) {
    perebor_status status;
    const explain_shapley_options *options = &shapley->options;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    sampling sampling = {.shapley = shapley,
                         .rows = rows,
                         .row = row,
                         .key = key,
                         .stream = perebor_stream_make(options->seed, "explain.order"),
                         .n_players = shapley->players->n_players,
                         .n_steps = shapley->players->n_players + 1};
    PEREBOR_TRY(done, allocate(&sampling, workspace, error));
    double largest = INFINITY;
    uint64_t n_rounds = 0;
    while (n_rounds < least_rounds ||
           (n_rounds < options->most_rounds && largest > options->standard_error)) {
        PEREBOR_TRY(done, add_round(&sampling, n_rounds, workspace, error));
        n_rounds++;
        largest =
            n_rounds > 1 ? find_errors(&sampling, n_rounds, explained->standard_error) : INFINITY;
    }
    memcpy(explained->values, sampling.means, sampling.n_players * sizeof *sampling.means);
    explained->n_rounds = (uint32_t)n_rounds;
done:
    perebor_workspace_return(workspace, begin);
    return status;
}
