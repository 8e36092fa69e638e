// SPDX-License-Identifier: MIT
/*
 * Columns of many rows are standardised whenever they are read: models are, to the bit, those of
 * columns that are written out.
 */
#include "model/logreg/logreg_columns.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "draw.h"
#include "model/logreg/logreg_part.h"
#include "model/logreg/logreg_solver.h"

static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { most_rows = 16384 + 21, n_numeric = 25, n_levels = 5, n_features = n_numeric + n_levels };

/** @param wrong  The part of the rows, if there is one, is of one class. */
static perebor_training draw_table(size_t n_rows, size_t levels, bool wrong) {
    uint64_t state = 12;
    perebor_training table = {0};
    uint8_t *labels = perebor_workspace_take(&workspace, n_rows, 1);
    assert_non_null(labels);
    assert_int_equal(
        perebor_matrix_create_coded(&table.rows, n_rows, n_numeric, 1, &workspace, NULL),
        PEREBOR_OK);
    perebor_indicators *nominal = perebor_matrix_add_levels(&table.rows, levels);
    for (size_t row = 0; row < n_rows; row++) {
        nominal->codes[row] = (uint32_t)(draw_bits(&state) % (levels + 1));
        double leaning = draw_normal(&state) + 0.2 * (nominal->codes[row] % 3);
        for (size_t column = 0; column < n_numeric; column++) {
            const double value = draw_normal(&state);
            // One that is constant, and one that is extreme.
            const double unit = column == 3 ? 0.0 : column == 4 ? 1e120 : 3.0;
            perebor_matrix_column(&table.rows, column)[row] = unit * value + 7.0;
            leaning += 0.3 * value;
        }
        const bool in_part = row % ((size_t)LOGREG_PART * PEREBOR_LANES) < PEREBOR_LANES;
        labels[row] = leaning > 0.0 || (wrong && in_part);
    }
    table.labels = labels;
    return table;
}

static logreg_problem *make_problem(const perebor_training *table, bool free) {
    logreg_problem *problem = NULL;
    perebor_error error = {0};
    if (logreg_problem_create(&problem, table, !free, free, false, &workspace, &error) !=
        PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return problem;
}

static logreg_solution solve(const logreg_problem *problem, logreg_penalty penalty) {
    logreg_solver *solver = NULL;
    perebor_error error = {0};
    logreg_solution solution = {
        .coefficients = perebor_workspace_take_zeroed(&workspace, n_features, sizeof(double))};
    if (logreg_solver_create(&solver, problem, &workspace, &error) != PEREBOR_OK ||
        logreg_solver_run(solver, penalty, &solution, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return solution;
}

static void models_have_the_bits_of_columns_that_are_written_out(void **state) {
    (void)state;
    const logreg_penalty penalties[] = {{0.0, 1.25}, {30.0, 1.0}, {0.0, 0.0}};
    for (size_t turn = 0; turn < 6; turn++) { // two tables that have a part, and one that has not
        const size_t n_rows = turn % 3 == 0 ? 4100 : most_rows;
        const perebor_training table = draw_table(n_rows, n_levels, turn % 3 == 1);
        const logreg_problem *viewed = make_problem(&table, turn < 3);
        const logreg_problem *written;
        assert_int_equal(logreg_problem_write_out(&written, viewed, &workspace, NULL), PEREBOR_OK);
        assert_true(viewed->views != NULL && written->views == NULL);
        assert_int_equal(viewed->n_dense, turn < 3 ? n_features : n_features + 1);
        for (size_t k = 0; k < sizeof penalties / sizeof *penalties; k++) {
            const logreg_solution a = solve(viewed, penalties[k]);
            const logreg_solution b = solve(written, penalties[k]);
            assert_true(a.converged && b.converged);
            assert_int_equal(a.iterations, b.iterations);
            assert_true(a.intercept == b.intercept);
            for (size_t column = 0; column < n_features; column++) {
                assert_true(a.coefficients[column] == b.coefficients[column]);
            }
        }
        give_back(NULL);
    }
}

static void a_part_of_views_is_of_the_same_values(void **state) {
    (void)state;
    const perebor_training table = draw_table(most_rows, n_levels, false);
    const logreg_problem *problem = make_problem(&table, true);
    logreg_problem *part;
    assert_int_equal(logreg_part_create(&part, problem, &workspace, NULL), PEREBOR_OK);
    for (size_t column = 0; column < problem->n_dense; column++) {
        assert_true(part->views[column].centre == problem->views[column].centre);
        assert_true(part->views[column].inverse == problem->views[column].inverse);
        for (size_t at = 0; at < part->n_rows; at++) {
            const size_t row =
                at / PEREBOR_LANES * PEREBOR_LANES * LOGREG_PART + at % PEREBOR_LANES;
            assert_true(part->views[column].values[at] == problem->views[column].values[row]);
            assert_true(part->columns[at] == problem->columns[row]);
        }
    }
}

static void columns_beside_codes_and_of_few_rows_are_written_out(void **state) {
    (void)state;
    const perebor_training coded = draw_table(4100, LOGREG_FEW_LEVELS + 1, false);
    const perebor_training few = draw_table(4000, n_levels, false);
    assert_null(make_problem(&coded, true)->views);
    assert_null(make_problem(&few, true)->views);
}

static void columns_whose_sum_leaves_the_range_are_refused(void **state) {
    (void)state;
    const size_t sizes[] = {4000, 4100}; // written out, and viewed
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        perebor_training table = draw_table(sizes[k], n_levels, false);
        for (size_t row = 0; row < sizes[k]; row++) { // of which some lanes add up to -infinity
            perebor_matrix_column(&table.rows, 2)[row] = row % 8 < 4 ? 1.7e308 : -1.7e308;
        }
        logreg_problem *problem = NULL;
        perebor_error error = {0};
        assert_int_equal(
            logreg_problem_create(&problem, &table, false, true, false, &workspace, &error),
            PEREBOR_ERR_NUMERIC);
        assert_non_null(strstr(error.message, "the values of column 2 are too large"));
        give_back(NULL);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(models_have_the_bits_of_columns_that_are_written_out, give_back),
        cmocka_unit_test_teardown(a_part_of_views_is_of_the_same_values, give_back),
        cmocka_unit_test_teardown(columns_beside_codes_and_of_few_rows_are_written_out, give_back),
        cmocka_unit_test_teardown(columns_whose_sum_leaves_the_range_are_refused, give_back),
    };
    return cmocka_run_group_tests_name("logreg_viewed", tests, NULL, NULL);
}
