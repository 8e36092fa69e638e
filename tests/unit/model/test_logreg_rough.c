// SPDX-License-Identifier: MIT
/*
 * Curvatures in single precision: a solver has the same bits whoever else shares the problem, and
 * ends at the optimum where single precision does not serve.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "draw.h"
#include "model/logreg/logreg_solver.h"

static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { n_rows = 4096 + 5, n_features = 26 };

typedef struct table {
    uint8_t labels[n_rows];
    perebor_training training;
} table;

/**
 * Each of the first @p n_chained columns is a draw less those of all before it: none has less than
 * a share of 1 / n_chained left beside those before it, but one direction has 4^-n_chained (the
 * example is Kahan's).
 */
static table *draw_table(size_t n_chained) {
    uint64_t state = 5;
    perebor_matrix rows;
    table *drawn = perebor_workspace_take(&workspace, 1, sizeof *drawn);
    assert_non_null(drawn);
    assert_int_equal(perebor_matrix_create_coded(&rows, n_rows, n_features, 0, &workspace, NULL),
                     PEREBOR_OK);
    for (size_t row = 0; row < n_rows; row++) {
        double leaning = draw_normal(&state);
        double before = 0.0;
        for (size_t column = 0; column < n_features; column++) {
            const double value = draw_normal(&state);
            perebor_matrix_column(&rows, column)[row] = column < n_chained ? value - before : value;
            before += value;
            leaning += 0.3 * value;
        }
        drawn->labels[row] = leaning > 0.0;
    }
    drawn->training = (perebor_training){.rows = rows, .labels = drawn->labels};
    return drawn;
}

static const logreg_problem *make_problem(const table *table, bool shared) {
    logreg_problem *problem = NULL;
    perebor_error error = {0};
    if (logreg_problem_create(&problem, &table->training, false, true, shared, &workspace,
                              &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    assert_true(logreg_problem_is_rough(problem));
    return problem;
}

static logreg_solver *make_solver(const logreg_problem *problem) {
    logreg_solver *solver = NULL;
    assert_int_equal(logreg_solver_create(&solver, problem, &workspace, NULL), PEREBOR_OK);
    return solver;
}

static logreg_solution solve(logreg_solver *solver, logreg_penalty penalty) {
    perebor_error error = {0};
    logreg_solution solution = {.coefficients =
                                    perebor_workspace_take(&workspace, n_features, sizeof(double))};
    if (logreg_solver_run(solver, penalty, &solution, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return solution;
}

static void a_solver_has_the_bits_that_it_has_alone(void **state) {
    (void)state;
    const logreg_penalty penalties[] = {{0.0, 0.0}, {0.0, 1.0}, {1.0, 0.0}, {40.0, 3.0}};
    for (size_t n_chained = 0; n_chained <= 20; n_chained += 20) {
        const table *table = draw_table(n_chained);
        logreg_solver *together = make_solver(make_problem(table, true));
        for (size_t k = 0; k < sizeof penalties / sizeof *penalties; k++) {
            logreg_solver *alone = make_solver(make_problem(table, false));
            const logreg_solution a = solve(together, penalties[k]);
            const logreg_solution b = solve(alone, penalties[k]);
            assert_int_equal(a.iterations, b.iterations);
            assert_memory_equal(a.coefficients, b.coefficients, n_features * sizeof(double));
            assert_memory_equal(&a.intercept, &b.intercept, sizeof a.intercept);
        }
    }
}

/** The greatest |g_j| without a penalty, relative to the sum of the sizes of its terms. */
static double violation(const table *table, const logreg_solution *solution) {
    double gradients[n_features] = {0.0}, sizes[n_features] = {0.0};
    double worst = 0.0;
    for (size_t row = 0; row < n_rows; row++) {
        double margin = solution->intercept;
        for (size_t k = 0; k < n_features; k++) {
            margin +=
                solution->coefficients[k] * perebor_matrix_column(&table->training.rows, k)[row];
        }
        const double pull =
            table->labels[row] == 1 ? -1.0 / (1.0 + exp(margin)) : 1.0 / (1.0 + exp(-margin));
        for (size_t k = 0; k < n_features; k++) {
            const double term = pull * perebor_matrix_column(&table->training.rows, k)[row];
            gradients[k] += term;
            sizes[k] += fabs(term);
        }
    }
    for (size_t k = 0; k < n_features; k++) {
        worst = fmax(worst, fabs(gradients[k]) / sizes[k]);
    }
    return worst;
}

static void a_direction_that_single_precision_loses_is_found_out(void **state) {
    (void)state;
    const logreg_penalty none = {0.0, 0.0};
    for (size_t n_chained = 12; n_chained <= 20; n_chained += 2) {
        const table *table = draw_table(n_chained);
        const logreg_solution solution = solve(make_solver(make_problem(table, false)), none);
        const double missed = violation(table, &solution);
        if (!solution.converged || solution.iterations > 12 || !(missed < 1e-10)) {
            fail_msg("%zu chained: converged %d in %u, violation %g", n_chained, solution.converged,
                     (unsigned)solution.iterations, missed);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_solver_has_the_bits_that_it_has_alone, give_back),
        cmocka_unit_test_teardown(a_direction_that_single_precision_loses_is_found_out, give_back),
    };
    return cmocka_run_group_tests_name("logreg_rough", tests, NULL, NULL);
}
