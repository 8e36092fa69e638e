// SPDX-License-Identifier: MIT
/* Sets of levels in explanations: a model that has them has the values, to the bit, of the same
 * model whose rows have the sets as columns of their own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "explain/shapley.h"
#include "explain/tree_interaction.h"

/** A number, the levels of two nominal columns, and three sets of these. */
enum { n_columns = 9, n_sets = 3, n_all = n_columns + n_sets, n_rows = 8, n_players = 3 };

static const uint64_t first_member[] = {0, 2, 5, 7};
static const uint32_t members[] = {1, 3, 2, 3, 4, 6, 8};
static const uint64_t first_node[] = {0, 7, 12};
static const uint32_t columns[] = {9, 0, 11, 0, 0, 0, 0, 10, 5, 0, 0, 0};
static const uint32_t left[] = {1, 3, 5, 0, 0, 0, 0, 1, 3, 0, 0, 0};
static const double thresholds[] = {0.5, 0.1, 0.5, 0, 0, 0, 0, 0.5, 0.5, 0, 0, 0};
static const double values[] = {0, 0, 0, 1.5, -0.25, 0.75, 2.0, 0, 0, -1.0, 0.5, 0.125};
static const double covers[] = {40, 25, 15, 12, 13, 4, 11, 40, 22, 18, 9, 13};

static const perebor_trees_form with_sets = {.n_trees = 2,
                                             .n_nodes = 12,
                                             .first_node = first_node,
                                             .thresholds = thresholds,
                                             .values = values,
                                             .covers = covers,
                                             .columns = columns,
                                             .left = left,
                                             .n_sets = n_sets,
                                             .first_member = first_member,
                                             .members = members,
                                             .added = true};

/** Draws rows, the sets' columns written out behind the others. */
static void draw_rows(perebor_matrix *rows, perebor_matrix *all, perebor_workspace *workspace) {
    uint64_t random = 3;
    assert_int_equal(perebor_matrix_create(rows, n_rows, n_columns, workspace, NULL), PEREBOR_OK);
    assert_int_equal(perebor_matrix_create(all, n_rows, n_all, workspace, NULL), PEREBOR_OK);
    for (size_t row = 0; row < n_rows; row++) {
        double x[n_all] = {draw_normal(&random)};
        const size_t one = draw_bits(&random) % 5, other = draw_bits(&random) % 5;
        if (one < 4) { // else none
            x[1 + one] = 1.0;
        }
        if (other < 4) {
            x[5 + other] = 1.0;
        }
        x[9] = one == 0 || one == 2;
        x[10] = one == 1 || one == 2 || one == 3;
        x[11] = other == 1 || other == 3;
        for (size_t column = 0; column < n_all; column++) {
            perebor_matrix_column(all, column)[row] = x[column];
            if (column < n_columns) {
                perebor_matrix_column(rows, column)[row] = x[column];
            }
        }
    }
}

static perebor_status score_nothing(const void *context, const perebor_matrix *rows,
                                    perebor_workspace *workspace, double *scores,
                                    perebor_error *error) {
    (void)context;
    (void)workspace;
    (void)error;
    memset(scores, 0, rows->n_rows * sizeof *scores);
    return PEREBOR_OK;
}

/** Explains every row. */
static void explain(const perebor_trees_form *trees, const perebor_matrix *rows, explain_game game,
                    double found[n_rows][n_players]) {
    static const uint32_t groups[n_all] = {0, 1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 2};
    perebor_workspace workspace = {0};
    explain_players players;
    explain_shapley *shapley = NULL;
    explain_shapley_row explained[n_rows];
    double errors[n_rows][n_players];
    const uint64_t keys[n_rows] = {0};
    const perebor_model_form form = {
        .kind = PEREBOR_FORM_TREES, .n_columns = rows->n_columns, .as.trees = *trees};
    const explain_model model = {.form = &form, .score = score_nothing, .scores_form = true};
    const explain_shapley_options options = {.game = game};
    assert_int_equal(perebor_model_form_check(&form, NULL), PEREBOR_OK);
    assert_int_equal(explain_players_group(&players, groups, rows->n_columns, &workspace, NULL),
                     PEREBOR_OK);
    assert_int_equal(explain_shapley_create(&shapley, &model, &players, rows, &options, NULL),
                     PEREBOR_OK);
    assert_true(explain_shapley_is_exact(shapley));
    for (size_t row = 0; row < n_rows; row++) {
        explained[row] = (explain_shapley_row){.values = found[row], .standard_error = errors[row]};
    }
    assert_int_equal(explain_shapley_rows(shapley, rows, keys, &workspace, explained, NULL),
                     PEREBOR_OK);
    explain_shapley_free(shapley);
    perebor_workspace_release(&workspace);
}

static void values_are_those_of_columns_of_their_own(void **state) {
    (void)state;
    perebor_workspace workspace = {0};
    perebor_matrix rows, all;
    perebor_trees_form plain = with_sets;
    plain.n_sets = 0;
    draw_rows(&rows, &all, &workspace);
    static const explain_game games[] = {EXPLAIN_INTERVENTIONAL, EXPLAIN_PATH_DEPENDENT};
    for (size_t i = 0; i < 2; i++) {
        double found[n_rows][n_players], expected[n_rows][n_players];
        bool any = false;
        explain(&with_sets, &rows, games[i], found);
        explain(&plain, &all, games[i], expected);
        assert_memory_equal(found, expected, sizeof found);
        for (size_t row = 0; row < n_rows; row++) {
            any = any || (found[row][0] != 0.0 && found[row][1] != 0.0 && found[row][2] != 0.0);
        }
        assert_true(any);
    }
    perebor_workspace_release(&workspace);
}

static void pairs_are_those_of_columns_of_their_own(void **state) {
    (void)state;
    static const uint32_t groups[n_all] = {0, 1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 2};
    perebor_workspace workspace = {0};
    perebor_matrix rows, all;
    explain_players few, many;
    perebor_trees_form plain = with_sets;
    plain.n_sets = 0;
    draw_rows(&rows, &all, &workspace);
    assert_int_equal(explain_players_group(&few, groups, n_columns, &workspace, NULL), PEREBOR_OK);
    assert_int_equal(explain_players_group(&many, groups, n_all, &workspace, NULL), PEREBOR_OK);
    for (size_t pair = 0; pair < 3; pair++) {
        double found[n_rows], expected[n_rows];
        const size_t one = pair == 2 ? 1 : 0, other = pair == 0 ? 1 : 2;
        assert_int_equal(
            tree_interaction_find(&with_sets, &few, one, other, &rows, &workspace, found, NULL),
            PEREBOR_OK);
        assert_int_equal(
            tree_interaction_find(&plain, &many, one, other, &all, &workspace, expected, NULL),
            PEREBOR_OK);
        assert_memory_equal(found, expected, sizeof found);
        bool any = false;
        for (size_t row = 0; row < n_rows; row++) {
            any = any || found[row] != 0.0;
        }
        assert_true(any == (pair != 1)); // no path asks the first and the last player
    }
    perebor_workspace_release(&workspace);
}

/** Which no learner makes, but a file could say. */
static void sets_of_several_players_are_told(void **state) {
    (void)state;
    static const uint32_t groups[n_columns] = {0, 1, 2, 1, 1, 3, 3, 3, 3};
    perebor_workspace workspace = {0};
    perebor_matrix rows, all;
    explain_players players;
    double found[n_rows];
    perebor_error error = {0};
    draw_rows(&rows, &all, &workspace);
    assert_int_equal(explain_players_group(&players, groups, n_columns, &workspace, NULL),
                     PEREBOR_OK);
    assert_int_equal(
        tree_interaction_find(&with_sets, &players, 0, 1, &rows, &workspace, found, &error),
        PEREBOR_ERR_ARGUMENT);
    assert_non_null(strstr(error.message, "set 1"));
    perebor_workspace_release(&workspace);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_columns_of_their_own),
        cmocka_unit_test(pairs_are_those_of_columns_of_their_own),
        cmocka_unit_test(sets_of_several_players_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
