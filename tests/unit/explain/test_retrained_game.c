// SPDX-License-Identifier: MIT
/**
 * The retrained game has the values of its definition: over every order of the columns, with each
 * model fitted by hand on a table that never had the others; drawn orders come as near as they say.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "explain/retrained_game.h"
#include "small_experiment.h"

enum { n_training = 130, n_rows = 20, most_players = SMALL_N_NUMERIC + 1, n_trials = 12 };

static small_experiment data;
static perebor_space *space;
static perebor_pipeline *pipeline;
static perebor_workspace workspace;
static uint32_t training[n_training], rows[n_rows];

static void must(perebor_status status, const perebor_error *error) {
    if (status != PEREBOR_OK) {
        fail_msg("%s", error->message);
    }
}

static int set_up(void **state) {
    (void)state;
    perebor_error error = {0};
    small_experiment_fill(&data);
    for (uint32_t i = 0; i < n_training; i++) {
        training[i] = i;
    }
    for (uint32_t i = 0; i < n_rows; i++) { // of training, and others
        rows[i] = n_training - n_rows / 2 + i;
    }
    must(small_experiment_space(&space, 3, &error), &error);
    must(perebor_pipeline_create(&pipeline, space, "e.yaml", NULL, 0, &error), &error);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    perebor_pipeline_free(pipeline);
    perebor_space_free(space);
    perebor_workspace_release(&workspace);
    return 0;
}

static perebor_candidate candidate_of(uint64_t trial) {
    perebor_candidate candidate;
    perebor_value values[64];
    perebor_error error = {0};
    perebor_space_point(space, trial, values);
    must(perebor_pipeline_resolve(pipeline, values, &candidate, &error), &error);
    return candidate;
}

static perebor_fitted_pipeline *fit(const perebor_candidate *candidate,
                                    const perebor_dataset *dataset) {
    perebor_error error = {0};
    perebor_fitted_pipeline *fitted = NULL;
    must(perebor_fitted_pipeline_fit_calibrated(&fitted, candidate, dataset, training, n_training,
                                                &error),
         &error);
    return fitted;
}

static retrained_question question_of(const perebor_candidate *candidate,
                                      const perebor_fitted_pipeline *model) {
    return (retrained_question){.dataset = &data.dataset,
                                .pipeline = model,
                                .recipe = {.candidates = candidate, .n = 1},
                                .training = training,
                                .n_training = n_training,
                                .method = PEREBOR_CALIBRATE_USUALLY,
                                .options = {.most_rounds = 300, .seed = 11},
                                .rows = rows,
                                .n_rows = n_rows};
}

/** Plays to the end. */
static void play(retrained_game *game, const retrained_question *question) {
    perebor_error error = {0};
    must(retrained_game_begin(game, question, true, &error), &error);
    for (bool done = false; !done; retrained_game_go_on(game)) {
        double values[n_rows];
        retrained_game_lay(game);
        explain_part part = retrained_game_part(game);
        for (size_t unit = part.n_units; unit-- > 0;) { // in whatever order
            must(part.compute(part.context, unit, &workspace, values, &error), &error);
            part.receive(part.context, unit, values);
        }
        done = retrained_game_add(game);
    }
}

/** v(S) of every row, fitted on a table of these columns only. */
static void ask_by_hand(const perebor_candidate *candidate, const retrained_game *game,
                        size_t coalition, bool probabilities, double *scores) {
    perebor_error error = {0};
    perebor_column columns[most_players];
    perebor_dataset table = data.dataset;
    table.columns = columns;
    table.block = NULL;
    table.n_columns = 0;
    for (size_t player = 0; player < game->players.n_players; player++) {
        if ((coalition >> player & 1) != 0) {
            columns[table.n_columns++] = data.columns[game->players.sources[player]];
        }
    }
    perebor_fitted_pipeline *fitted = fit(candidate, &table);
    must((probabilities ? perebor_fitted_pipeline_predict : perebor_fitted_pipeline_score)(
             fitted, &table, rows, n_rows, &workspace, scores, &error),
         &error);
    perebor_fitted_pipeline_free(fitted);
}

static void score_by_hand(const perebor_candidate *candidate, const retrained_game *game,
                          size_t coalition, double *scores) {
    ask_by_hand(candidate, game, coalition, false, scores);
}

static void predict_by_hand(const perebor_candidate *candidate, const retrained_game *game,
                            size_t coalition, double *probabilities) {
    ask_by_hand(candidate, game, coalition, true, probabilities);
}

/** The next permutation in lexical order; false after the last. */
static bool permute(size_t *order, size_t n) {
    size_t i = n - 1;
    while (i > 0 && order[i - 1] > order[i]) {
        i--;
    }
    if (i == 0) {
        return false;
    }
    size_t j = n - 1;
    while (order[j] < order[i - 1]) {
        j--;
    }
    size_t swapped = order[i - 1];
    order[i - 1] = order[j];
    order[j] = swapped;
    for (size_t left = i, right = n - 1; left < right; left++, right--) {
        swapped = order[left];
        order[left] = order[right];
        order[right] = swapped;
    }
    return true;
}

/** Means over all orders. @param[in] worth  [2^n][n_rows] @param[out] values  [n_rows][n] */
static void average_orders(const double *worth, size_t n, double *values) {
    size_t order[most_players] = {0};
    double n_orders = 0.0;
    memset(values, 0, n_rows * n * sizeof *values);
    for (size_t i = 0; i < n; i++) {
        order[i] = i;
    }
    do {
        size_t coalition = 0;
        for (size_t turn = 0; turn < n; turn++) {
            size_t with = coalition | (size_t)1 << order[turn];
            for (size_t row = 0; row < n_rows; row++) {
                values[row * n + order[turn]] +=
                    worth[with * n_rows + row] - worth[coalition * n_rows + row];
            }
            coalition = with;
        }
        n_orders += 1.0;
    } while (permute(order, n));
    for (size_t i = 0; i < n_rows * n; i++) {
        values[i] /= n_orders;
    }
}

static void check_sums(const retrained_game *game) {
    for (size_t row = 0; row < n_rows; row++) {
        const row_explanation found = retrained_game_row(game, row);
        double sum = retrained_game_baseline(game);
        for (size_t player = 0; player < game->players.n_players; player++) {
            sum += found.shapley.values[player];
        }
        assert_true(fabs(sum - found.score) <= 1e-9);
    }
}

static void check_trial(uint64_t trial) {
    static double worth[((size_t)1 << most_players) * n_rows];
    double expected[n_rows * most_players];
    const perebor_candidate candidate = candidate_of(trial);
    perebor_fitted_pipeline *model = fit(&candidate, &data.dataset);
    const retrained_question question = question_of(&candidate, model);
    retrained_game game;
    play(&game, &question);
    assert_true(game.exact);
    check_sums(&game);
    size_t n = game.players.n_players;
    for (size_t row = 0; row < n_rows; row++) {
        worth[row] = retrained_game_baseline(&game);
    }
    for (size_t coalition = 1; coalition < (size_t)1 << n; coalition++) {
        score_by_hand(&candidate, &game, coalition, worth + coalition * n_rows);
    }
    average_orders(worth, n, expected);
    for (size_t row = 0; row < n_rows; row++) {
        const row_explanation found = retrained_game_row(&game, row);
        for (size_t player = 0; player < n; player++) {
            if (fabs(found.shapley.values[player] - expected[row * n + player]) > 1e-9) {
                fail_msg("trial %d (%s), row %zu, player %zu: %.17g, not %.17g", (int)trial,
                         candidate.learner->name, row, player, found.shapley.values[player],
                         expected[row * n + player]);
            }
        }
    }
    retrained_game_release(&game);
    perebor_fitted_pipeline_free(model);
}

static void values_are_means_over_all_orders_of_models_fitted_by_hand(void **state) {
    (void)state;
    for (uint64_t trial = 0; trial < n_trials; trial++) {
        check_trial(trial);
    }
}

/** Members that vote: each fitted by hand on the columns of a coalition, and their mean. */
static void of_trials_that_vote_the_mean_is_worth_it(void **state) {
    (void)state;
    enum { n_members = 3 };
    static double worth[((size_t)1 << most_players) * n_rows];
    static const uint32_t weights[n_members] = {1, 4, 2};
    double expected[n_rows * most_players], shares[n_rows];
    perebor_error error = {0};
    perebor_candidate candidates[n_members];
    perebor_fitted_pipeline *model = NULL;
    retrained_game game;
    for (uint64_t k = 0; k < n_members; k++) {
        candidates[k] = candidate_of(k);
    }
    must(perebor_fitted_pipeline_fit_voting(&model, candidates, weights, n_members, &data.dataset,
                                            training, n_training, &error),
         &error);
    retrained_question question = question_of(candidates, model);
    question.recipe.weights = weights;
    question.recipe.n = n_members;
    play(&game, &question);
    assert_true(game.exact);
    check_sums(&game);
    size_t n = game.players.n_players;
    for (size_t coalition = 0; coalition < (size_t)1 << n; coalition++) {
        double *of = worth + coalition * n_rows;
        memset(of, 0, n_rows * sizeof *of);
        for (size_t k = 0; k < n_members && coalition > 0; k++) {
            predict_by_hand(&candidates[k], &game, coalition, shares);
            for (size_t row = 0; row < n_rows; row++) {
                of[row] += weights[k] * shares[row] / 7.0;
            }
        }
        for (size_t row = 0; row < n_rows && coalition == 0; row++) {
            of[row] = retrained_game_baseline(&game);
        }
    }
    assert_true(fabs(worth[0] - 0.33) < 0.1); // about the share of the positive class
    average_orders(worth, n, expected);
    for (size_t row = 0; row < n_rows; row++) {
        const row_explanation found = retrained_game_row(&game, row);
        for (size_t player = 0; player < n; player++) {
            assert_true(fabs(found.shapley.values[player] - expected[row * n + player]) < 1e-12);
        }
    }
    retrained_game_release(&game);
    perebor_fitted_pipeline_free(model);
}

/** A model that knows no column says the share of the classes, whatever the learner. */
static void nobody_is_worth_what_the_classes_are(void **state) {
    (void)state;
    size_t n_positive = 0;
    for (size_t i = 0; i < n_training; i++) {
        n_positive += data.labels[i];
    }
    double share = (double)n_positive / n_training;
    for (uint64_t trial = 0; trial < n_trials; trial++) {
        const perebor_candidate candidate = candidate_of(trial);
        perebor_fitted_pipeline *model = fit(&candidate, &data.dataset);
        retrained_question question = question_of(&candidate, model);
        retrained_game game;
        question.n_rows = 1;
        play(&game, &question);
        double baseline = retrained_game_baseline(&game);
        if (strcmp(candidate.learner->name, "knn") == 0 ||
            strcmp(candidate.learner->name, "tree") == 0) {
            assert_true(fabs(baseline - share) <= 1e-12);
        } else if (strcmp(candidate.learner->name, "logreg") == 0) {
            assert_true(fabs(1.0 / (1.0 + exp(-baseline)) - share) <= 0.02);
        } else {
            assert_true(fabs(fabs(baseline) - 1.0) <= 1e-3);
            assert_true((baseline > 0.0) == (share > 0.5));
        }
        retrained_game_release(&game);
        perebor_fitted_pipeline_free(model);
    }
}

static void drawn_orders_come_as_near_as_they_say(void **state) {
    (void)state;
    size_t n_far = 0, n_all = 0;
    for (uint64_t trial = 0; trial < 4; trial++) {
        const perebor_candidate candidate = candidate_of(trial);
        perebor_fitted_pipeline *model = fit(&candidate, &data.dataset);
        retrained_question question = question_of(&candidate, model);
        retrained_game exact, drawn;
        play(&exact, &question);
        question.draws = true;
        play(&drawn, &question);
        check_sums(&drawn);
        for (size_t row = 0; row < n_rows; row++) {
            const row_explanation truth = retrained_game_row(&exact, row);
            const row_explanation found = retrained_game_row(&drawn, row);
            assert_true(found.shapley.n_rounds >= 8 && found.shapley.n_rounds <= 300);
            for (size_t player = 0; player < drawn.players.n_players; player++) {
                double error = found.shapley.standard_error[player];
                assert_true(found.shapley.n_rounds == 300 || error <= drawn.standard_error);
                double gap = fabs(found.shapley.values[player] - truth.shapley.values[player]);
                n_far += gap > 3.0 * error + 1e-12;
                n_all++;
            }
        }
        retrained_game_release(&exact);
        retrained_game_release(&drawn);
        perebor_fitted_pipeline_free(model);
    }
    // Few rounds and rows that share them: three standard errors hold most, not 99.7 %.
    assert_true(n_all > 100 && n_far * 20 <= n_all);
}

/** Alone or among others, a row has its bits. */
static void a_row_has_its_bits_in_any_company(void **state) {
    (void)state;
    const perebor_candidate candidate = candidate_of(1);
    perebor_fitted_pipeline *model = fit(&candidate, &data.dataset);
    retrained_question question = question_of(&candidate, model);
    for (int draws = 0; draws < 2; draws++) {
        retrained_game all, one;
        question.draws = draws != 0;
        question.rows = rows;
        question.n_rows = n_rows;
        play(&all, &question);
        question.rows = rows + 7;
        question.n_rows = 1;
        play(&one, &question);
        const row_explanation among = retrained_game_row(&all, 7);
        const row_explanation alone = retrained_game_row(&one, 0);
        size_t size = all.players.n_players * sizeof(double);
        assert_memory_equal(among.shapley.values, alone.shapley.values, size);
        assert_memory_equal(among.shapley.standard_error, alone.shapley.standard_error, size);
        assert_int_equal(among.shapley.n_rounds, alone.shapley.n_rounds);
        retrained_game_release(&all);
        retrained_game_release(&one);
    }
    perebor_fitted_pipeline_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_means_over_all_orders_of_models_fitted_by_hand),
        cmocka_unit_test(of_trials_that_vote_the_mean_is_worth_it),
        cmocka_unit_test(nobody_is_worth_what_the_classes_are),
        cmocka_unit_test(drawn_orders_come_as_near_as_they_say),
        cmocka_unit_test(a_row_has_its_bits_in_any_company),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
