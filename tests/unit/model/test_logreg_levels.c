// SPDX-License-Identifier: MIT
/* Levels as codes: logistic regression's problem has the columns, curvature and optimum that it has
 * where they are written out, to rounding. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "learning.h"
#include "model/logreg/logreg_curvature.h"
#include "model/logreg/logreg_solver.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { n_rows = 411, n_numeric = 4, n_blocks = 4, most = 64 };

/** Blocks that become codes, one that is written out, and one whose rows all have one level. */
static const size_t n_levels[n_blocks] = {20, 3, 15, 13};

/** The same rows in both forms. */
typedef struct both {
    uint8_t labels[n_rows];
    perebor_training coded, dense;
} both;

static void draw_both(both *data, uint64_t seed) {
    uint64_t state = seed;
    perebor_matrix rows;
    assert_int_equal(
        perebor_matrix_create_coded(&rows, n_rows, n_numeric, n_blocks, &workspace, NULL),
        PEREBOR_OK);
    for (size_t k = 0; k < n_blocks; k++) {
        perebor_indicators *block = perebor_matrix_add_levels(&rows, n_levels[k]);
        for (size_t row = 0; row < n_rows; row++) {
            uint32_t code = (uint32_t)(draw_bits(&state) % n_levels[k]);
            bool none = draw_bits(&state) % 16 == 0;
            code = k == 0 && code == 7 ? 8 : code; // no row has level 7
            block->codes[row] = k == 3 ? 5 : none ? (uint32_t)n_levels[k] : code;
        }
    }
    for (size_t row = 0; row < n_rows; row++) {
        double leaning = draw_normal(&state);
        for (size_t column = 0; column < n_numeric; column++) {
            double value = draw_normal(&state);
            perebor_matrix_column(&rows, column)[row] = 3.0 * value + (double)column;
            leaning += column < 2 ? 0.6 * value : 0.0;
        }
        leaning += 0.2 * (rows.indicators[0].codes[row] % 5) - 0.4;
        data->labels[row] = leaning > 0.0;
    }
    data->coded = (perebor_training){.rows = rows, .labels = data->labels};
    data->dense = (perebor_training){.labels = data->labels};
    assert_int_equal(perebor_matrix_expand(&data->dense.rows, &rows, &workspace, NULL), PEREBOR_OK);
}

static const logreg_problem *make_problem(const perebor_training *training, bool free,
                                          bool with_gram) {
    logreg_problem *problem = NULL;
    perebor_error error = {0};
    if (logreg_problem_create(&problem, training, false, free, with_gram, &workspace, &error) !=
        PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return problem;
}

/** Which column of a problem a feature is. */
static size_t find(const logreg_problem *problem, size_t feature) {
    for (size_t column = 1; column < problem->n_columns; column++) {
        if (problem->features[column] == feature) {
            return column;
        }
    }
    fail_msg("no column is feature %zu", feature);
    return 0;
}

/** For each column of the problem of codes the one of the other. */
static void match(const logreg_problem *coded, const logreg_problem *dense, size_t *columns) {
    columns[0] = 0;
    for (size_t column = 1; column < coded->n_columns; column++) {
        columns[column] = find(dense, coded->features[column]);
    }
}

static void assert_near(double a, double b, double precision) {
    if (!(fabs(a - b) <= precision * fmax(1.0, fabs(b)))) {
        fail_msg("%.17g instead of %.17g", a, b);
    }
}

static void the_columns_are_those_that_are_written_out(void **state) {
    (void)state;
    for (int free = 0; free < 2; free++) {
        both data;
        size_t of[most];
        draw_both(&data, 1);
        const logreg_problem *coded = make_problem(&data.coded, free == 1, false);
        const logreg_problem *dense = make_problem(&data.dense, free == 1, false);
        // 4 numbers and 3 levels are written out; 19 of 20 levels and 15 are codes, and where the
        // intercept is not free the level that all rows have.
        assert_int_equal(coded->n_columns, dense->n_columns);
        assert_int_equal(coded->n_dense, 1 + n_numeric + 3);
        assert_int_equal(coded->n_blocks, free == 1 ? 2 : 3);
        assert_int_equal(coded->blocks[0].n, 19);
        assert_int_equal(dense->n_blocks, 0);
        match(coded, dense, of);
        for (size_t column = 1; column < coded->n_columns; column++) {
            assert_near(coded->centres[column], dense->centres[of[column]], 1e-14);
            assert_near(coded->scales[column], dense->scales[of[column]], 1e-13);
        }
        assert_near(coded->start_loss, dense->start_loss, 1e-14);
        for (size_t column = 0; column < coded->n_columns; column++) {
            assert_near(coded->start_gradient[column], dense->start_gradient[of[column]], 1e-11);
        }
    }
}

static void curvature_and_steps_are_those_of_columns(void **state) {
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        both data;
        size_t of[most], list[most], same[most];
        double steps[most];
        uint64_t bits = 77;
        draw_both(&data, 2);
        const logreg_problem *coded = make_problem(&data.coded, kind % 2 == 1, kind / 2 == 1);
        const logreg_problem *dense = make_problem(&data.dense, kind % 2 == 1, true);
        match(coded, dense, of);
        size_t n = 0;
        for (size_t column = 0; column < coded->n_columns; column++) {
            if (kind / 2 == 1 || draw_bits(&bits) % 3 != 0) { // all, or some
                same[n] = of[column];
                steps[n] = draw_normal(&bits);
                list[n++] = column;
            }
        }
        double *scratch = perebor_workspace_take(
            &workspace,
            logreg_curvature_scratch(coded, n) + 4 * coded->stride + (most + LOGREG_TILE) * most,
            sizeof *scratch);
        double *curvature = scratch + logreg_curvature_scratch(coded, n);
        double *root = curvature + most * most;
        double *rows[2] = {root + coded->stride, root + 2 * coded->stride};
        double *alone = root + 3 * coded->stride;
        for (size_t row = 0; row < coded->stride; row++) {
            root[row] = row < n_rows ? coded->start_root[row] : 0.0;
        }
        logreg_curvature_form(coded, curvature, most, list, n, root, false, scratch);
        for (size_t a = 0; a < n; a++) {
            logreg_curvature_form(coded, alone, most, &list[a], 1, root, false, scratch);
            assert_memory_equal(alone, &curvature[a * most + a], sizeof *alone);
            for (size_t b = 0; b < n; b++) {
                const double wanted = dense->start_gram[same[a] * dense->ld + same[b]];
                assert_near(curvature[a * most + b], wanted, 1e-10);
                if (coded->start_gram != NULL) { // all are listed
                    assert_near(coded->start_gram[a * coded->ld + b], wanted, 1e-10);
                }
            }
        }
        double largest = logreg_problem_combine_listed(coded, rows[0], list, steps, n);
        assert_near(largest, logreg_problem_combine_listed(dense, rows[1], same, steps, n), 1e-12);
        for (size_t row = 0; row < coded->stride; row++) {
            assert_near(rows[0][row], rows[1][row], 1e-11);
        }
    }
}

static void solve(const perebor_training *training, bool free, bool shared, logreg_penalty penalty,
                  double *coefficients, logreg_solution *solution) {
    logreg_solver *solver = NULL;
    perebor_error error = {0};
    const logreg_problem *problem = make_problem(training, free, shared);
    assert_int_equal(logreg_solver_create(&solver, problem, &workspace, &error), PEREBOR_OK);
    *solution = (logreg_solution){.coefficients = coefficients};
    if (logreg_solver_run(solver, penalty, solution, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
}

/** Where two columns are alike weights may be of either: what they make of a row is what counts. */
static double log_odds(const both *data, size_t row, const logreg_solution *solution) {
    double sum = solution->intercept;
    for (size_t j = 0; j < data->dense.rows.n_columns; j++) {
        sum += solution->coefficients[j] * perebor_matrix_value(&data->dense.rows, row, j);
    }
    return sum;
}

static void the_optimum_is_that_of_columns(void **state) {
    (void)state;
    static const logreg_penalty penalties[] = {{0, 1}, {0, 0.01}, {1, 0}, {5, 0}, {0.5, 0.5}};
    both data;
    draw_both(&data, 3);
    for (int kind = 0; kind < 4; kind++) {
        for (size_t k = 0; k < sizeof penalties / sizeof penalties[0]; k++) {
            double coefficients[2][most];
            logreg_solution solutions[2];
            const bool free = kind % 2 == 1, shared = kind / 2 == 1;
            solve(&data.coded, free, shared, penalties[k], coefficients[0], &solutions[0]);
            solve(&data.dense, free, shared, penalties[k], coefficients[1], &solutions[1]);
            assert_true(solutions[0].converged && solutions[1].converged);
            assert_int_equal(solutions[0].iterations, solutions[1].iterations);
            for (size_t row = 0; row < n_rows; row++) {
                assert_near(log_odds(&data, row, &solutions[0]),
                            log_odds(&data, row, &solutions[1]), 1e-8);
            }
        }
    }
}

/** A level of rows that are told apart without error: its best weight is none. */
static void a_level_that_tells_its_rows_apart_is_seen(void **state) {
    (void)state;
    both data;
    draw_both(&data, 4);
    for (size_t row = 0; row < n_rows; row++) {
        data.labels[row] |= data.coded.rows.indicators[0].codes[row] == 3;
    }
    for (int shared = 0; shared < 2; shared++) {
        static const logreg_penalty none = {0, 0}, tiny_l1 = {1e-14, 0}, l2 = {0, 1};
        double coefficients[most];
        logreg_solution solution;
        solve(&data.coded, true, shared == 1, none, coefficients, &solution);
        assert_false(solution.converged);
        solve(&data.coded, true, shared == 1, tiny_l1, coefficients, &solution);
        assert_false(solution.converged);
        solve(&data.coded, true, shared == 1, l2, coefficients, &solution);
        assert_true(solution.converged);
    }
}

static void sums_side_by_side_have_the_bits_of_sums_of_one(void **state) {
    (void)state;
    both data;
    draw_both(&data, 9);
    const logreg_problem *problem = make_problem(&data.coded, true, false);
    assert_true(problem->n_blocks > 0);
    const size_t n = problem->blocks[0].n + 1;
    const double *columns[LOGREG_LEVELS_COLUMNS];
    double together[LOGREG_LEVELS_COLUMNS * (LOGREG_MOST_LEVELS + 1)],
        alone[LOGREG_MOST_LEVELS + 1];
    for (size_t k = 0; k < LOGREG_LEVELS_COLUMNS; k++) {
        columns[k] = problem->columns + (k + 1) * problem->stride;
    }
    logreg_levels_sum_columns(&problem->blocks[0], together, columns, problem->start_pull);
    for (size_t k = 0; k < LOGREG_LEVELS_COLUMNS; k++) {
        logreg_levels_sum(&problem->blocks[0], alone, columns[k], problem->start_pull);
        assert_memory_equal(together + k * n, alone, n * sizeof *alone);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_columns_are_those_that_are_written_out, give_back),
        cmocka_unit_test_teardown(curvature_and_steps_are_those_of_columns, give_back),
        cmocka_unit_test_teardown(the_optimum_is_that_of_columns, give_back),
        cmocka_unit_test_teardown(a_level_that_tells_its_rows_apart_is_seen, give_back),
        cmocka_unit_test_teardown(sums_side_by_side_have_the_bits_of_sums_of_one, give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
