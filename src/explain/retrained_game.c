// SPDX-License-Identifier: MIT
#include "explain/retrained_game.h"

#include <math.h>
#include <string.h>

#include "base/stream.h"
#include "base/try.h"
#include "explain/explained_term.h"
#include "explain/retrained_model.h"
#include "explain/shapley_forms.h"

/** Rounds of a batch, and those before the spread is believed. */
enum { batch_rounds = 4, least_rounds = 8 };

/** Figures that are remembered: a quarter of a gibibyte. */
static const size_t most_figures = (size_t)1 << 25;

/** Coalitions that a batch may need, with room for as many from former ones. */
static size_t room_for(size_t n_players) {
    return n_players <= EXPLAIN_MOST_ENUMERATED ? (size_t)1 << n_players
                                                : 2 * (2 * batch_rounds * n_players + 1);
}

static size_t most_rows(size_t n_players) {
    size_t n = most_figures / room_for(n_players);
    return n > 0 ? n : 1;
}

size_t retrained_game_most_rows(const perebor_fitted_pipeline *pipeline) {
    if (perebor_fitted_pipeline_n_members(pipeline) == 0) {
        return most_rows(
            perebor_preparation_n_columns(perebor_fitted_pipeline_preparation(pipeline)));
    }
    // Players are no more than columns of the data, and may be as few as can be enumerated.
    size_t n = perebor_fitted_pipeline_schema(pipeline)->n_columns;
    size_t few = n < EXPLAIN_MOST_ENUMERATED ? n : EXPLAIN_MOST_ENUMERATED;
    return most_rows(n) < most_rows(few) ? most_rows(n) : most_rows(few);
}

static perebor_status allocate(retrained_game *game, perebor_error *error) {
    perebor_workspace *workspace = &game->workspace;
    size_t n = game->players.n_players, n_rows = game->question.n_rows;
    // Where rows are few, more of what former rounds fitted can be remembered.
    size_t remembered = game->exact ? 0 : most_figures / (n_rows + n + 1) / 8;
    game->room = room_for(n) > remembered ? room_for(n) : remembered;
    game->coalitions = perebor_workspace_take(workspace, game->room, n);
    game->orders = perebor_workspace_take(workspace, batch_rounds * n, sizeof *game->orders);
    game->coalition = perebor_workspace_take(workspace, n, 1);
    game->places = perebor_workspace_take(workspace, 2 * n, sizeof *game->places);
    bool whole = game->coalitions != NULL && game->orders != NULL && game->coalition != NULL &&
                 game->places != NULL;
    if (game->receives) {
        game->known = perebor_workspace_take(workspace, game->room * n_rows, sizeof(double));
        game->all = perebor_workspace_take(workspace, n_rows, sizeof(double));
        game->scores = perebor_workspace_take(workspace, n_rows, sizeof(double));
        game->probabilities = perebor_workspace_take(workspace, n_rows, sizeof(double));
        game->means = perebor_workspace_take_zeroed(workspace, n_rows * n, sizeof(double));
        game->squares = perebor_workspace_take_zeroed(workspace, n_rows * n, sizeof(double));
        game->errors = perebor_workspace_take_zeroed(workspace, n_rows * n, sizeof(double));
        game->row_rounds = perebor_workspace_take_zeroed(workspace, n_rows, sizeof(uint32_t));
        whole = whole && game->known != NULL && game->all != NULL && game->scores != NULL &&
                game->probabilities != NULL && game->means != NULL && game->squares != NULL &&
                game->errors != NULL && game->row_rounds != NULL;
    }
    return whole ? PEREBOR_OK : perebor_no_memory(error, "to fit %zu coalitions", game->room);
}

/** What the model says of the rows, and how far its scores are spread over the training rows. */
static perebor_status ask_model(retrained_game *game, perebor_error *error) {
    perebor_status status;
    const retrained_question *question = &game->question;
    perebor_workspace *workspace = &game->workspace;
    size_t n = question->n_training;
    double sum = 0.0, squares = 0.0;
    PEREBOR_TRY(done,
                perebor_fitted_pipeline_score(question->pipeline, question->dataset, question->rows,
                                              question->n_rows, workspace, game->scores, error));
    PEREBOR_TRY(done, perebor_fitted_pipeline_predict(question->pipeline, question->dataset,
                                                      question->rows, question->n_rows, workspace,
                                                      game->probabilities, error));
    memcpy(game->all, question->options.scale == EXPLAIN_SCORE ? game->scores : game->probabilities,
           question->n_rows * sizeof *game->all);
    game->standard_error = question->options.standard_error;
    if (game->standard_error > 0.0) {
        goto done;
    }
    double *scores = perebor_workspace_take(workspace, n, sizeof *scores);
    if (scores == NULL) {
        status = perebor_no_memory(error, "for %zu scores", n);
        goto done;
    }
    PEREBOR_TRY(done,
                retrained_model_ask(question->pipeline, question->options.scale, question->dataset,
                                    question->training, n, workspace, scores, error));
    for (size_t i = 0; i < n; i++) {
        sum += scores[i];
    }
    for (size_t i = 0; i < n; i++) {
        double from_mean = scores[i] - sum / (double)n;
        squares += from_mean * from_mean;
    }
    game->standard_error = sqrt(squares / (double)n) / 50.0;
done:
    return status;
}

perebor_status retrained_game_begin(retrained_game *game, const retrained_question *question,
                                    bool receives, perebor_error *error) {
    perebor_status status;
    *game = (retrained_game){.question = *question, .receives = receives};
    PEREBOR_TRY(failed,
                explained_players_of(&game->players, question->pipeline, &game->workspace, error));
    game->exact = !question->draws && game->players.n_players <= EXPLAIN_MOST_ENUMERATED;
    PEREBOR_TRY(failed, allocate(game, error));
    if (receives) {
        PEREBOR_TRY(failed, ask_model(game, error));
    }
    return PEREBOR_OK;
failed:
    retrained_game_release(game);
    return status;
}

void retrained_game_release(retrained_game *game) {
    perebor_workspace_release(&game->workspace);
    *game = (retrained_game){0};
}

/** The place of a coalition among those known; n_known if it is not. */
static size_t find(const retrained_game *game, const uint8_t *coalition) {
    size_t n = game->players.n_players, place = 0;
    while (place < game->n_known && memcmp(game->coalitions + place * n, coalition, n) != 0) {
        place++;
    }
    return place;
}

/** Has a coalition fitted, unless it is known. It is the one after the last known. */
static void want(retrained_game *game) {
    size_t n = game->players.n_players;
    if (find(game, game->coalitions + game->n_known * n) == game->n_known) {
        game->n_known++;
    }
}

/** Every coalition but that of all, whose model there is: its bits are its place. */
static void lay_all(retrained_game *game) {
    size_t n = game->players.n_players;
    game->n_known = ((size_t)1 << n) - 1;
    for (size_t place = 0; place < game->n_known; place++) {
        for (size_t player = 0; player < n; player++) {
            game->coalitions[place * n + player] = (place >> player & 1) != 0;
        }
    }
}

/** Fisher and Yates' shuffle, by the numbers of one round. */
static void draw_order(const retrained_game *game, size_t round, uint32_t *order) {
    size_t n = game->players.n_players;
    perebor_stream stream = perebor_stream_make(game->question.options.seed, "explain.retrained");
    for (size_t i = 0; i < n; i++) {
        order[i] = (uint32_t)i;
    }
    for (size_t i = n; i-- > 1;) {
        size_t other = (size_t)(perebor_stream_uniform(stream, round, i) * (double)(i + 1));
        uint32_t swapped = order[i];
        order[i] = order[other];
        order[other] = swapped;
    }
}

/** Marks who comes first in an order, or in the order backwards. */
static void mark_first(const retrained_game *game, const uint32_t *order, bool backwards,
                       size_t n_first, uint8_t *coalition) {
    size_t n = game->players.n_players;
    memset(coalition, 0, n);
    for (size_t turn = 0; turn < n_first; turn++) {
        coalition[order[backwards ? n - 1 - turn : turn]] = 1;
    }
}

static void lay_orders(retrained_game *game) {
    size_t n = game->players.n_players, most = game->question.options.most_rounds;
    size_t left = most > game->n_rounds ? most - game->n_rounds : 0;
    game->n_batch = left < batch_rounds ? left : batch_rounds;
    if (game->n_known + 2 * batch_rounds * n + 1 > game->room) {
        game->n_known = 0; // what former rounds fitted is forgotten
    }
    game->n_before = game->n_known;
    for (size_t round = 0; round < game->n_batch; round++) {
        uint32_t *order = game->orders + round * n;
        draw_order(game, game->n_rounds + round, order);
        for (size_t place = 0; place < 2 * n; place++) {
            mark_first(game, order, place >= n, place < n ? place : place - n,
                       game->coalitions + game->n_known * n);
            want(game);
        }
    }
}

void retrained_game_lay(retrained_game *game) {
    if (game->exact) {
        lay_all(game);
    } else {
        lay_orders(game);
    }
}

static void add_all(retrained_game *game) {
    double weights[EXPLAIN_MOST_ENUMERATED];
    size_t n = game->players.n_players, n_rows = game->question.n_rows, all = game->n_known;
    shapley_weights(weights, n);
    for (size_t row = 0; row < n_rows; row++) {
        for (size_t player = 0; player < n; player++) {
            size_t bit = (size_t)1 << player;
            double sum = 0.0;
            for (size_t s = 0; s < all; s++) {
                if ((s & bit) == 0) {
                    size_t size = (size_t)__builtin_popcountll(s), with = s | bit;
                    double after = with == all ? game->all[row] : game->known[with * n_rows + row];
                    sum += weights[size] * (after - game->known[s * n_rows + row]);
                }
            }
            game->means[row * n + player] = sum;
        }
    }
}

/** One round joins the means and squares of the rows that are not done (Welford's recurrence).
 * @param[in] places  [2][n] of the coalitions along the order and backwards. */
static void add_round(retrained_game *game, size_t round, const size_t *places) {
    size_t n = game->players.n_players, n_rows = game->question.n_rows;
    const uint32_t *order = game->orders + round * n;
    double count = (double)(game->n_rounds + round + 1);
    for (size_t row = 0; row < n_rows; row++) {
        for (size_t turn = 0; game->row_rounds[row] == 0 && turn < n; turn++) {
            // The player of this turn comes in after `turn` others, and backwards after the rest.
            size_t back = n - 1 - turn;
            double before = game->known[places[turn] * n_rows + row];
            double after =
                turn + 1 < n ? game->known[places[turn + 1] * n_rows + row] : game->all[row];
            double other_before = game->known[places[n + back] * n_rows + row];
            double other_after =
                back + 1 < n ? game->known[places[n + back + 1] * n_rows + row] : game->all[row];
            double value = 0.5 * ((after - before) + (other_after - other_before));
            size_t at = row * n + order[turn];
            double from_mean = value - game->means[at];
            game->means[at] += from_mean / count;
            game->squares[at] += from_mean * (value - game->means[at]);
        }
    }
}

/** Whether a row's values are as sure as was asked, or no more rounds may be drawn. */
static bool finish_row(retrained_game *game, size_t row) {
    size_t n = game->players.n_players;
    size_t n_rounds = game->n_rounds + game->n_batch;
    double largest = 0.0, count = (double)n_rounds;
    for (size_t at = row * n; at < (row + 1) * n; at++) {
        game->errors[at] = sqrt(game->squares[at] / (count - 1.0) / count);
        largest = game->errors[at] > largest ? game->errors[at] : largest;
    }
    bool is_done = (n_rounds >= least_rounds && largest <= game->standard_error) ||
                   n_rounds >= game->question.options.most_rounds;
    if (is_done) {
        game->row_rounds[row] = (uint32_t)n_rounds;
    }
    return is_done;
}

static bool add_orders(retrained_game *game) {
    size_t n = game->players.n_players;
    bool done = true;
    for (size_t round = 0; round < game->n_batch; round++) {
        for (size_t place = 0; place < 2 * n; place++) {
            mark_first(game, game->orders + round * n, place >= n, place < n ? place : place - n,
                       game->coalition);
            game->places[place] = find(game, game->coalition);
        }
        add_round(game, round, game->places);
    }
    for (size_t row = 0; row < game->question.n_rows; row++) {
        bool is_done = game->row_rounds[row] > 0 || finish_row(game, row);
        done = done && is_done;
    }
    return done;
}

bool retrained_game_add(retrained_game *game) {
    if (game->exact) {
        add_all(game);
        return true;
    }
    return add_orders(game);
}

void retrained_game_go_on(retrained_game *game) {
    game->n_rounds += game->n_batch;
    game->n_batch = 0;
}

double retrained_game_baseline(const retrained_game *game) {
    return game->baseline;
}

double retrained_game_baseline_probability(const retrained_game *game) {
    const perebor_fitted_pipeline *pipeline = game->question.pipeline;
    double baseline = game->baseline;
    if (game->question.options.scale == EXPLAIN_SCORE) {
        perebor_calibration_apply(perebor_fitted_pipeline_calibration(pipeline),
                                  perebor_fitted_pipeline_learner(pipeline), &baseline, 1,
                                  &baseline);
    }
    return baseline;
}

row_explanation retrained_game_row(const retrained_game *game, size_t row) {
    size_t n = game->players.n_players;
    return (row_explanation){.score = game->scores[row],
                             .probability = game->probabilities[row],
                             .shapley = {.values = game->means + row * n,
                                         .standard_error = game->errors + row * n,
                                         .n_rounds = game->row_rounds[row]}};
}

static size_t n_values(const void *context, size_t unit) {
    const retrained_game *game = context;
    (void)unit;
    return game->question.n_rows;
}

static perebor_status compute(const void *context, size_t unit, perebor_workspace *workspace,
                              double *values, perebor_error *error) {
    const retrained_game *game = context;
    const uint8_t *present = game->coalitions + (game->n_before + unit) * game->players.n_players;
    return retrained_model_score(&game->question, &game->players, present, workspace, values,
                                 error);
}

static void receive(void *context, size_t unit, const double *values) {
    retrained_game *game = context;
    size_t n_rows = game->question.n_rows, n = game->players.n_players;
    size_t place = game->n_before + unit;
    memcpy(game->known + place * n_rows, values, n_rows * sizeof *values);
    if (memchr(game->coalitions + place * n, 1, n) == NULL) {
        game->baseline = values[0];
    }
}

explain_part retrained_game_part(retrained_game *game) {
    return (explain_part){.context = game,
                          .n_units = game->n_known - game->n_before,
                          .n_values = n_values,
                          .compute = compute,
                          .receive = receive};
}
