// SPDX-License-Identifier: MIT
/*
 * Long tables: solvers begin at the optimum over a part of the rows, and end where they would have
 * ended without it.
 */
#include "model/logreg/logreg_part.h"

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

enum { n_rows = 16384 + 21, n_numeric = 3, n_levels = 20, n_features = n_numeric + n_levels };

/** Rows that the part has: the first vector of every sixteen. */
static bool is_in_part(size_t row) {
    return row % ((size_t)LOGREG_PART * PEREBOR_LANES) < PEREBOR_LANES;
}

/** What is odd about the rows of the part. */
typedef enum oddity { NOTHING, ONE_CLASS, TOLD_APART, ALL_TOLD_APART, NEARLY_TOLD_APART } oddity;

typedef struct table {
    uint8_t labels[n_rows];
    perebor_training training;
} table;

static table *draw_table(oddity odd) {
    uint64_t state = 11;
    perebor_matrix rows;
    table *drawn = perebor_workspace_take(&workspace, 1, sizeof *drawn);
    assert_non_null(drawn);
    assert_int_equal(perebor_matrix_create_coded(&rows, n_rows, n_numeric, 1, &workspace, NULL),
                     PEREBOR_OK);
    perebor_indicators *levels = perebor_matrix_add_levels(&rows, n_levels);
    for (size_t row = 0; row < n_rows; row++) {
        levels->codes[row] = (uint32_t)(draw_bits(&state) % n_levels);
        double leaning = draw_normal(&state) + 0.2 * (levels->codes[row] % 5);
        for (size_t column = 0; column < n_numeric; column++) {
            const double value = draw_normal(&state);
            perebor_matrix_column(&rows, column)[row] = 3.0 * value + (double)column;
            leaning += 0.6 * value;
        }
        const bool told_apart = odd == ALL_TOLD_APART || (odd == TOLD_APART && is_in_part(row));
        drawn->labels[row] =
            told_apart ? perebor_matrix_column(&rows, 0)[row] > 0.0 : leaning > 0.0;
        if (odd == NEARLY_TOLD_APART) {
            const double blurred =
                perebor_matrix_column(&rows, 0)[row] + 0.02 * draw_normal(&state);
            drawn->labels[row] = blurred > 0.0;
        }
        if (odd == ONE_CLASS && is_in_part(row)) {
            drawn->labels[row] = 1;
        }
    }
    drawn->training = (perebor_training){.rows = rows, .labels = drawn->labels};
    return drawn;
}

static const logreg_problem *make_problem(const table *table, bool balanced, bool free) {
    logreg_problem *problem = NULL;
    perebor_error error = {0};
    if (logreg_problem_create(&problem, &table->training, balanced, free, true, &workspace,
                              &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    assert_true(logreg_problem_is_long(problem));
    return problem;
}

static logreg_solution solve(const logreg_problem *problem, logreg_penalty penalty) {
    logreg_solver *solver = NULL;
    perebor_error error = {0};
    logreg_solution solution = {.coefficients =
                                    perebor_workspace_take(&workspace, n_features, sizeof(double))};
    if (logreg_solver_create(&solver, problem, &workspace, &error) != PEREBOR_OK ||
        logreg_solver_run(solver, penalty, &solution, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return solution;
}

static double value_of(const table *table, size_t feature, size_t row) {
    return feature == n_features ? 1.0
           : feature >= n_numeric
               ? table->training.rows.indicators[0].codes[row] == feature - n_numeric
               : perebor_matrix_column(&table->training.rows, feature)[row];
}

/** By how much the optimality conditions are missed, in the original columns, relative to the sum
 * of the sizes of a gradient's terms; the worst over all features and the intercept. */
static double violation(const table *table, const logreg_problem *problem, logreg_penalty penalty,
                        const logreg_solution *solution) {
    static double pulls[n_rows];
    for (size_t row = 0; row < n_rows; row++) {
        const bool positive = table->labels[row] == 1;
        double margin = solution->intercept;
        for (size_t k = 0; k < n_numeric; k++) {
            margin += solution->coefficients[k] * value_of(table, k, row);
        }
        margin += solution->coefficients[n_numeric + table->training.rows.indicators[0].codes[row]];
        pulls[row] = positive ? -problem->weights.positive / (1.0 + exp(margin))
                              : problem->weights.negative / (1.0 + exp(-margin));
    }
    double worst = 0.0;
    for (size_t k = 0; k <= n_features; k++) {
        const double weight = k < n_features ? solution->coefficients[k] : solution->intercept;
        const bool free = k == n_features && problem->free_intercept;
        const double l1 = free ? 0.0 : penalty.l1;
        double gradient = free ? 0.0 : penalty.l2 * weight;
        double size = l1 + fabs(gradient);
        for (size_t row = 0; row < n_rows; row++) {
            const double term = pulls[row] * value_of(table, k, row);
            gradient += term;
            size += fabs(term);
        }
        const double missed =
            weight != 0.0 ? fabs(gradient + copysign(l1, weight)) : fmax(0.0, fabs(gradient) - l1);
        worst = fmax(worst, missed / size);
    }
    return worst;
}

static void a_part_is_every_sixteenth_vector_of_rows(void **state) {
    (void)state;
    const table *table = draw_table(NOTHING);
    const logreg_problem *problem = make_problem(table, false, true);
    logreg_problem *part = NULL;
    assert_int_equal(logreg_part_create(&part, problem, &workspace, NULL), PEREBOR_OK);
    assert_null(problem->start_gram); // nothing begins at weights 0
    assert_int_equal(part->n_rows, 1024);
    assert_int_equal(part->n_columns, problem->n_columns);
    assert_int_equal(problem->n_blocks, 1);
    size_t at = 0;
    for (size_t row = 0; row < 16384; row++) {
        if (!is_in_part(row)) {
            continue;
        }
        for (size_t column = 0; column < problem->n_dense; column++) {
            assert_true(part->columns[column * part->stride + at] ==
                        problem->columns[column * problem->stride + row]);
        }
        assert_int_equal(part->blocks[0].codes[at], problem->blocks[0].codes[row]);
        at++;
    }
    assert_int_equal(at, part->n_rows);
}

static void short_problems_have_none(void **state) {
    (void)state;
    logreg_problem problem = {.n_rows = 16383, .n_columns = 4};
    logreg_sparse_column sparse;
    assert_false(logreg_problem_is_long(&problem));
    problem.n_rows = 16384;
    assert_true(logreg_problem_is_long(&problem));
    problem.n_columns = 65; // of a part of 1024 rows
    assert_false(logreg_problem_is_long(&problem));
    problem.n_rows = 65 * 16 * 16;
    assert_true(logreg_problem_is_long(&problem));
    problem.sparse = &sparse;
    assert_false(logreg_problem_is_long(&problem));
}

static void the_optimum_is_that_over_all_rows(void **state) {
    (void)state;
    const logreg_penalty penalties[] = {
        {0.0, 1.25}, {1.25, 0.0}, {300.0, 10.0}, {0.0, 0.0}, {0.0, 1e4}};
    for (int odd = NOTHING; odd < ALL_TOLD_APART; odd++) {
        const table *table = draw_table((oddity)odd);
        for (size_t k = 0; k < sizeof penalties / sizeof *penalties; k++) {
            const bool free = k % 2 == 0 || penalties[k].l1 + penalties[k].l2 == 0.0;
            const logreg_problem *problem = make_problem(table, k >= 2, free);
            const logreg_solution solution = solve(problem, penalties[k]);
            const double missed = violation(table, problem, penalties[k], &solution);
            if (!solution.converged || !(missed < 1e-9)) {
                fail_msg("oddity %d, penalty %zu: converged %d in %u, violation %g", odd, k,
                         solution.converged, (unsigned)solution.iterations, missed);
            }
        }
    }
}

static void a_good_part_spares_steps(void **state) {
    (void)state;
    const logreg_penalty penalty = {0.0, 1.25};
    const logreg_solution begun_near =
        solve(make_problem(draw_table(NOTHING), false, true), penalty);
    const logreg_solution begun_at_zero =
        solve(make_problem(draw_table(ONE_CLASS), false, true), penalty);
    assert_true(begun_near.iterations < begun_at_zero.iterations);
}

/** Rows that the optimum over the part is sure and wrong of have no curvature there, and the way
 * back would take hundreds of steps. */
static void a_part_that_is_sure_and_wrong_costs_no_steps(void **state) {
    (void)state;
    const table *table = draw_table(NEARLY_TOLD_APART);
    const logreg_problem *problem = make_problem(table, false, true);
    const double strengths[] = {0.0, 1e-6, 1e-4, 1e-3, 1e-2};
    for (size_t k = 0; k < sizeof strengths / sizeof *strengths; k++) {
        const logreg_solution solution = solve(problem, (logreg_penalty){0.0, strengths[k]});
        if (!solution.converged || solution.iterations > 30) {
            fail_msg("strength %g: converged %d in %u", strengths[k], solution.converged,
                     (unsigned)solution.iterations);
        }
    }
}

static void classes_told_apart_are_still_found_out(void **state) {
    (void)state;
    const logreg_problem *problem = make_problem(draw_table(ALL_TOLD_APART), false, true);
    assert_false(solve(problem, (logreg_penalty){0.0, 0.0}).converged);
    assert_false(solve(problem, (logreg_penalty){0.0, 1e-12}).converged);
    assert_true(solve(problem, (logreg_penalty){0.0, 1.0}).converged);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_part_is_every_sixteenth_vector_of_rows, give_back),
        cmocka_unit_test(short_problems_have_none),
        cmocka_unit_test_teardown(the_optimum_is_that_over_all_rows, give_back),
        cmocka_unit_test_teardown(a_good_part_spares_steps, give_back),
        cmocka_unit_test_teardown(a_part_that_is_sure_and_wrong_costs_no_steps, give_back),
        cmocka_unit_test_teardown(classes_told_apart_are_still_found_out, give_back),
    };
    return cmocka_run_group_tests_name("logreg_part", tests, NULL, NULL);
}
