// SPDX-License-Identifier: MIT
/**
 * Shapley values by quadrature, patterns and enumeration are those of the definition, for every
 * form of a model and however columns are grouped; drawn orders come near them, as near as they
 * say.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "explain/shapley.h"
#include "explain/tree_interaction.h"
#include "made_model.h"

static const uint32_t groupings[][MADE_COLUMNS] = {
    {0, 1, 2, 3, 4, 5}, {0, 0, 1, 1, 2, 2}, {3, 1, 2, 3, 1, 0},
    {7, 7, 7, 2, 2, 2}, {4, 4, 4, 4, 4, 4},
};
enum { n_groupings = sizeof groupings / sizeof *groupings };

static const explain_shapley_options interventional = {
    .game = EXPLAIN_INTERVENTIONAL, .standard_error = 0.01, .most_rounds = 500, .seed = 3};

/** Explained rows with room for what came of them. */
typedef struct explained {
    double values[MADE_ROWS][MADE_COLUMNS], errors[MADE_ROWS][MADE_COLUMNS];
    explain_shapley_row rows[MADE_ROWS];
} explained;

static void explain_all(const explain_shapley *shapley, const made_model *model,
                        explained *explained, size_t block) {
    perebor_workspace workspace = {0};
    perebor_error error = {0};
    for (size_t first = 0; first < MADE_ROWS; first += block) {
        size_t n = MADE_ROWS - first < block ? MADE_ROWS - first : block;
        uint64_t keys[EXPLAIN_BLOCK];
        perebor_matrix rows;
        perebor_workspace_mark begin = perebor_workspace_here(&workspace);
        assert_int_equal(perebor_matrix_create(&rows, n, MADE_COLUMNS, &workspace, NULL),
                         PEREBOR_OK);
        for (size_t i = 0; i < n; i++) {
            explained->rows[first + i] =
                (explain_shapley_row){.values = explained->values[first + i],
                                      .standard_error = explained->errors[first + i]};
            keys[i] = first + i;
            for (size_t column = 0; column < MADE_COLUMNS; column++) {
                perebor_matrix_column(&rows, column)[i] =
                    perebor_matrix_column(&model->rows, column)[first + i];
            }
        }
        if (explain_shapley_rows(shapley, &rows, keys, &workspace, explained->rows + first,
                                 &error) != PEREBOR_OK) {
            fail_msg("%s", error.message);
        }
        perebor_workspace_return(&workspace, begin);
    }
    perebor_workspace_release(&workspace);
}

static explain_shapley *make(const made_model *model, const explain_players *players,
                             const explain_shapley_options *options) {
    explain_shapley *shapley = NULL;
    perebor_error error = {0};
    explain_model explained = made_model_explained(model);
    if (explain_shapley_create(&shapley, &explained, players, &model->background, options,
                               &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return shapley;
}

static double sum_of(const double *values, size_t n) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += values[i];
    }
    return sum;
}

static void check_model(made_model *model, explain_game game, const uint32_t *groups) {
    explain_players players;
    explained explained;
    explain_shapley_options options = interventional;
    options.game = game;
    assert_int_equal(explain_players_group(&players, groups, MADE_COLUMNS, &model->workspace, NULL),
                     PEREBOR_OK);
    explain_shapley *shapley = make(model, &players, &options);
    assert_true(explain_shapley_is_exact(shapley));
    explain_all(shapley, model, &explained, EXPLAIN_BLOCK);
    for (size_t row = 0; row < MADE_ROWS; row++) {
        double expected[MADE_COLUMNS], scores[MADE_ROWS];
        double baseline = made_model_enumerate(model, game, &players, row, expected);
        assert_true(fabs(explain_shapley_baseline(shapley) - baseline) <= 1e-11);
        for (size_t player = 0; player < players.n_players; player++) {
            if (fabs(explained.values[row][player] - expected[player]) > 1e-11) {
                fail_msg("form %d, game %d, row %zu, player %zu: %.17g, not %.17g",
                         (int)model->form.kind, (int)game, row, player,
                         explained.values[row][player], expected[player]);
            }
            assert_true(explained.errors[row][player] == 0.0);
        }
        assert_int_equal(made_model_score(model, &model->rows, &model->workspace, scores, NULL),
                         PEREBOR_OK);
        assert_true(fabs(sum_of(explained.values[row], players.n_players) + baseline -
                         scores[row]) <= 1e-11);
    }
    explain_shapley_free(shapley);
}

static void check_exact(made_kind kind, explain_game game, const uint32_t *groups, uint64_t seed) {
    static made_model model;
    made_model_fill(&model, kind, seed);
    check_model(&model, game, groups);
    made_model_release(&model);
}

static void values_are_those_of_every_coalition(void **state) {
    (void)state;
    for (int kind = 0; kind < MADE_N_KINDS; kind++) {
        for (size_t i = 0; i < n_groupings; i++) {
            check_exact((made_kind)kind, EXPLAIN_INTERVENTIONAL, groupings[i], 10 + i);
        }
    }
}

static void path_dependent_values_are_those_of_every_coalition(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 8; seed++) {
        for (size_t i = 0; i < n_groupings; i++) {
            check_exact(MADE_TREES, EXPLAIN_PATH_DEPENDENT, groupings[i], seed);
        }
    }
}

/** All that is left of a tree is its root, and of the other tree a stump. */
static void a_tree_may_be_pruned_to_its_root(void **state) {
    (void)state;
    static made_model model;
    for (int game = EXPLAIN_INTERVENTIONAL; game <= EXPLAIN_PATH_DEPENDENT; game++) {
        made_model_fill(&model, MADE_TREES, 2);
        size_t other = model.first_node[1], left = other + model.left[other];
        made_model_prune(&model, 0);
        made_model_prune(&model, left);
        made_model_prune(&model, left + 1);
        check_model(&model, (explain_game)game, groupings[0]);
        made_model_prune(&model, other);
        check_model(&model, (explain_game)game, groupings[0]);
        made_model_release(&model);
    }
}

static void interactions_of_trees_are_those_of_every_coalition(void **state) {
    (void)state;
    static made_model model;
    for (uint64_t seed = 0; seed < 8; seed++) {
        for (size_t i = 0; i < n_groupings; i++) {
            explain_players players;
            double values[MADE_ROWS];
            made_model_fill(&model, MADE_TREES, seed);
            assert_int_equal(
                explain_players_group(&players, groupings[i], MADE_COLUMNS, &model.workspace, NULL),
                PEREBOR_OK);
            for (size_t pair = 0; pair < players.n_players * players.n_players; pair++) {
                size_t one = pair / players.n_players, other = pair % players.n_players;
                if (one == other) {
                    continue;
                }
                assert_int_equal(tree_interaction_find(&model.form.as.trees, &players, one, other,
                                                       &model.rows, &model.workspace, values, NULL),
                                 PEREBOR_OK);
                for (size_t row = 0; row < MADE_ROWS; row++) {
                    double expected = made_model_interaction(&model, EXPLAIN_PATH_DEPENDENT,
                                                             &players, row, one, other);
                    assert_true(fabs(values[row] - expected) <= 1e-11);
                }
            }
            made_model_release(&model);
        }
    }
}

/** A lane is a row: whichever rows share a block. */
static void a_row_has_its_bits_in_any_block(void **state) {
    (void)state;
    static made_model model;
    for (int kind = 0; kind <= MADE_SIGMOID; kind++) {
        explain_players players;
        explained whole, single;
        memset(&whole, 0, sizeof whole);
        memset(&single, 0, sizeof single);
        made_model_fill(&model, (made_kind)kind, 5);
        assert_int_equal(
            explain_players_group(&players, groupings[2], MADE_COLUMNS, &model.workspace, NULL),
            PEREBOR_OK);
        explain_shapley *shapley = make(&model, &players, &interventional);
        explain_all(shapley, &model, &whole, EXPLAIN_BLOCK);
        explain_all(shapley, &model, &single, 3);
        assert_memory_equal(whole.values, single.values, sizeof whole.values);
        assert_memory_equal(whole.errors, single.errors, sizeof whole.errors);
        explain_shapley_free(shapley);
        made_model_release(&model);
    }
}

/** Some of 66 values are beyond two standard errors; the largest is not far beyond. */
static void drawn_orders_come_as_near_as_they_say(void **state) {
    (void)state;
    static made_model model;
    static const made_kind kinds[] = {MADE_SIGMOID, MADE_RBF, MADE_VOTES};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        explain_players players;
        explained drawn;
        explain_shapley_options options = interventional;
        options.sample = true;
        made_model_fill(&model, kinds[i], 8);
        assert_int_equal(
            explain_players_group(&players, groupings[0], MADE_COLUMNS, &model.workspace, NULL),
            PEREBOR_OK);
        explain_shapley *shapley = make(&model, &players, &options);
        assert_false(explain_shapley_is_exact(shapley));
        explain_all(shapley, &model, &drawn, EXPLAIN_BLOCK);
        size_t n_within = 0;
        for (size_t row = 0; row < MADE_ROWS; row++) {
            double expected[MADE_COLUMNS], scores[MADE_ROWS];
            double baseline =
                made_model_enumerate(&model, EXPLAIN_INTERVENTIONAL, &players, row, expected);
            assert_in_range(drawn.rows[row].n_rounds, 8, options.most_rounds);
            for (size_t player = 0; player < MADE_COLUMNS; player++) {
                double error = drawn.errors[row][player];
                double off = fabs(drawn.values[row][player] - expected[player]);
                assert_true(error <= options.standard_error ||
                            drawn.rows[row].n_rounds == options.most_rounds);
                n_within += off <= 2.0 * error + 1e-12;
                assert_true(off <= 6.0 * options.standard_error);
            }
            assert_int_equal(made_model_score(&model, &model.rows, &model.workspace, scores, NULL),
                             PEREBOR_OK);
            assert_true(fabs(sum_of(drawn.values[row], MADE_COLUMNS) + baseline - scores[row]) <=
                        1e-11);
        }
        assert_in_range(n_within, 54, MADE_ROWS * MADE_COLUMNS);
        explain_shapley_free(shapley);
        made_model_release(&model);
    }
}

static void a_game_that_cannot_be_played_is_refused(void **state) {
    (void)state;
    static made_model model;
    explain_players players;
    explain_shapley *shapley = NULL;
    perebor_error error = {0};
    made_model_fill(&model, MADE_RBF, 1);
    assert_int_equal(
        explain_players_group(&players, groupings[0], MADE_COLUMNS, &model.workspace, NULL),
        PEREBOR_OK);
    explain_model explained = made_model_explained(&model);
    explain_shapley_options options = interventional;
    options.game = EXPLAIN_PATH_DEPENDENT;
    assert_int_equal(
        explain_shapley_create(&shapley, &explained, &players, &model.background, &options, &error),
        PEREBOR_ERR_ARGUMENT);
    assert_non_null(strstr(error.message, "the model's form is kernel"));
    options.game = EXPLAIN_RETRAINED;
    assert_int_equal(
        explain_shapley_create(&shapley, &explained, &players, &model.background, &options, &error),
        PEREBOR_ERR_ARGUMENT);
    assert_null(shapley);
    made_model_release(&model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_every_coalition),
        cmocka_unit_test(path_dependent_values_are_those_of_every_coalition),
        cmocka_unit_test(a_tree_may_be_pruned_to_its_root),
        cmocka_unit_test(interactions_of_trees_are_those_of_every_coalition),
        cmocka_unit_test(a_row_has_its_bits_in_any_block),
        cmocka_unit_test(drawn_orders_come_as_near_as_they_say),
        cmocka_unit_test(a_game_that_cannot_be_played_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
