// SPDX-License-Identifier: MIT
/** Importance, shapes and interactions are those of scikit-learn, and of their papers written out.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "explain/column_dependence.h"
#include "explain/interaction.h"
#include "explain/permutation.h"
#include "golden_model.h"

enum { n_test = GOLDEN_ROWS - GOLDEN_TRAIN, n_some = 40 };

static perebor_workspace workspace;

static void near(const double *found, const double *expected, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (!(fabs(found[i] - expected[i]) <= 1e-12)) {
            fail_msg("[%zu]: %.17g, not %.17g", i, found[i], expected[i]);
        }
    }
}

/** Drops of the score by scikit-learn's shuffles of every column. */
static void permute(const char *metric, double *drops) {
    altered_rows altered;
    permutation_part part = {.pipeline = golden_pipeline,
                             .metric = perebor_metric_find(metric),
                             .dataset = &golden_dataset,
                             .rows = golden_rows + GOLDEN_TRAIN,
                             .n_rows = n_test,
                             .altered = &altered};
    assert_int_equal(
        altered_rows_make(&altered, &golden_dataset, part.rows, n_test, &workspace, NULL),
        PEREBOR_OK);
    assert_int_equal(permutation_score(&part, &workspace, &part.score, NULL), PEREBOR_OK);
    for (uint32_t column = 0; column < GOLDEN_COLUMNS; column++) {
        const permutation_plan plan = {
            .columns = &column, .n_columns = 1, .seed = GOLDEN_SEED, .n_repeats = GOLDEN_REPEATS};
        assert_int_equal(permutation_drops_sklearn(&part, &plan, &workspace,
                                                   drops + column * GOLDEN_REPEATS, NULL),
                         PEREBOR_OK);
    }
}

static void permutations_are_scikit_learns_bit_for_bit(void **state) {
    (void)state;
    double found[GOLDEN_COLUMNS * GOLDEN_REPEATS], expected[GOLDEN_COLUMNS * GOLDEN_REPEATS];
    permute("accuracy", found);
    size_t n = golden_read("permutation_accuracy", expected, GOLDEN_COLUMNS * GOLDEN_REPEATS);
    for (size_t i = 0; i < n; i++) {
        assert_true(found[i] == expected[i]);
    }
    permute("roc_auc", found);
    n = golden_read("permutation_roc_auc", expected, GOLDEN_COLUMNS * GOLDEN_REPEATS);
    near(found, expected, n);
}

static shape_question ask(const altered_rows *altered, size_t column, size_t n) {
    return (shape_question){.pipeline = golden_pipeline,
                            .scale = EXPLAIN_PROBABILITY,
                            .dataset = &golden_dataset,
                            .rows = golden_rows,
                            .n_rows = n,
                            .column = column,
                            .altered = altered};
}

static void dependence_and_single_curves_are_scikit_learns(void **state) {
    (void)state;
    altered_rows altered;
    shape_grid grid;
    static double single[8 * GOLDEN_TRAIN], expected[8 * GOLDEN_TRAIN], curve[8];
    assert_int_equal(
        altered_rows_make(&altered, &golden_dataset, golden_rows, GOLDEN_TRAIN, &workspace, NULL),
        PEREBOR_OK);
    const shape_question question = ask(&altered, 2, GOLDEN_TRAIN);
    assert_int_equal(
        shape_grid_make(&grid, &golden_dataset.columns[2], golden_rows, GOLDEN_TRAIN, 20, NULL),
        PEREBOR_OK);
    assert_int_equal(golden_read("grid_c", expected, 8), grid.n);
    near(grid.values, expected, grid.n);
    assert_int_equal(shape_partial_dependence(&question, &grid, &workspace, curve, single, NULL),
                     PEREBOR_OK);
    near(curve, expected, golden_read("dependence_c", expected, 8));
    near(single, expected, golden_read("single_c", expected, 8 * GOLDEN_TRAIN));
}

static void local_effects_are_those_of_the_paper(void **state) {
    (void)state;
    altered_rows altered;
    assert_int_equal(
        altered_rows_make(&altered, &golden_dataset, golden_rows, GOLDEN_TRAIN, &workspace, NULL),
        PEREBOR_OK);
    for (size_t column = 0; column < GOLDEN_COLUMNS; column++) {
        char name[32];
        shape_grid grid;
        double expected[16], curve[16];
        uint64_t counts[16], n_rows = 0;
        const shape_question question = ask(&altered, column, GOLDEN_TRAIN);
        assert_int_equal(shape_grid_make(&grid, &golden_dataset.columns[column], golden_rows,
                                         GOLDEN_TRAIN, 9, NULL),
                         PEREBOR_OK);
        (void)snprintf(name, sizeof name, "ale_grid_%c", (char)('a' + (int)column));
        assert_int_equal(golden_read(name, expected, 16), grid.n);
        near(grid.values, expected, grid.n);
        assert_int_equal(shape_local_effects(&question, &grid, &workspace, curve, counts, NULL),
                         PEREBOR_OK);
        (void)snprintf(name, sizeof name, "ale_%c", (char)('a' + (int)column));
        near(curve, expected, golden_read(name, expected, 16));
        for (size_t k = 0; k < grid.n; k++) {
            n_rows += counts[k];
        }
        assert_int_equal(n_rows, GOLDEN_TRAIN);
        // Nothing is left altered.
        near(altered_rows_column(&altered, column), golden_dataset.columns[column].values,
             GOLDEN_TRAIN);
    }
}

static void interactions_are_those_of_the_paper(void **state) {
    (void)state;
    static const size_t pairs[][2] = {{0, 1}, {2, 3}, {1, 3}};
    altered_rows altered;
    double effects[GOLDEN_COLUMNS][n_some];
    assert_int_equal(
        altered_rows_make(&altered, &golden_dataset, golden_rows, n_some, &workspace, NULL),
        PEREBOR_OK);
    for (size_t column = 0; column < GOLDEN_COLUMNS; column++) {
        const shape_question question = ask(&altered, column, n_some);
        assert_int_equal(interaction_effect(&question, &workspace, effects[column], NULL),
                         PEREBOR_OK);
    }
    for (size_t i = 0; i < 3; i++) {
        size_t one = pairs[i][0], other = pairs[i][1];
        char name[32];
        double expected[2];
        interaction found;
        const shape_question question = ask(&altered, one, n_some);
        assert_int_equal(interaction_measure(&question, other, effects[one], effects[other],
                                             &workspace, &found, NULL),
                         PEREBOR_OK);
        (void)snprintf(name, sizeof name, "h_%zu_%zu", one, other);
        assert_int_equal(golden_read(name, expected, 2), 2);
        near(&found.strength, &expected[0], 1);
        near(&found.h, &expected[1], 1);
    }
}

static void columns_are_explained_as_by_a_regression(void **state) {
    (void)state;
    column_dependence dependence;
    double expected[GOLDEN_COLUMNS];
    assert_int_equal(
        column_dependence_find(&dependence, &golden_dataset, golden_rows, GOLDEN_TRAIN, NULL),
        PEREBOR_OK);
    near(dependence.explained, expected, golden_read("explained", expected, GOLDEN_COLUMNS));
    assert_int_equal(dependence.partner[0], 1);
    assert_int_equal(dependence.partner[1], 0);
    assert_int_equal(dependence.n_clusters, 3); // a and b go together
    assert_int_equal(dependence.cluster[0], 0);
    assert_int_equal(dependence.cluster[1], 0);
    assert_int_equal(dependence.cluster[3], 2);
    column_dependence_release(&dependence);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(permutations_are_scikit_learns_bit_for_bit),
        cmocka_unit_test(dependence_and_single_curves_are_scikit_learns),
        cmocka_unit_test(local_effects_are_those_of_the_paper),
        cmocka_unit_test(interactions_are_those_of_the_paper),
        cmocka_unit_test(columns_are_explained_as_by_a_regression),
    };
    int failed = cmocka_run_group_tests(tests, golden_set_up, golden_tear_down);
    perebor_workspace_release(&workspace);
    return failed;
}
