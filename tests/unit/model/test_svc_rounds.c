// SPDX-License-Identifier: MIT
/* Rounds of a support vector machine's solver: errors that are brought up to date as points reach
 * their bounds, and what solving for free points together takes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "learning.h"
#include "model/svc/svc_smo.h"
#include "svc_optimum.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { most_points = 1200, n_columns = 12 };

static const double tolerance = 1e-6;

typedef struct machine {
    perebor_training training;
    uint8_t labels[most_points];
    double coefficients[most_points];
    svc_solution solution;
} machine;

/** Classes that overlap: many points end at their bounds. */
static void draw_classes(machine *machine, size_t n_points) {
    uint64_t seed = 5;
    machine->training = (perebor_training){.rows = learning_matrix(&workspace, n_points, n_columns),
                                           .labels = machine->labels};
    for (size_t row = 0; row < n_points; row++) {
        machine->labels[row] = row % 3 == 0;
        for (size_t column = 0; column < n_columns; column++) {
            perebor_matrix_column(&machine->training.rows, column)[row] =
                draw_normal(&seed) + 0.4 * machine->labels[row];
        }
    }
}

static void solve_within(machine *machine, svc_kernel kernel, double c, size_t max_bytes,
                         svc_gram *gram) {
    perebor_error error = {0};
    const svc_problem problem = {.labels = machine->labels,
                                 .bounds = {c, c},
                                 .tolerance = tolerance,
                                 .max_iterations = 1000000,
                                 .convex = true,
                                 .together = true};
    machine->solution = (svc_solution){.coefficients = machine->coefficients};
    assert_int_equal(
        svc_gram_create(gram, &machine->training.rows, &kernel, 1, max_bytes, &workspace, &error),
        PEREBOR_OK);
    assert_int_equal(svc_smo_solve(gram, &problem, &workspace, &machine->solution, &error),
                     PEREBOR_OK);
    assert_true(machine->solution.converged);
}

static double find_violation(const machine *machine, const svc_gram *gram, double c) {
    return svc_optimum_violation(gram, machine->labels, machine->training.rows.n_rows, c,
                                 machine->coefficients, &workspace);
}

/** Rows of so many points are computed as they are asked for, and memory of points at a bound is
 * given to others. */
static void many_points_at_bounds_are_optimal_in_any_memory(void **state) {
    (void)state;
    static machine machine;
    static double plenty[most_points];
    const svc_kernel kernel = {.kind = SVC_RBF, .gamma = 0.05};
    const double strengths[] = {0.3, 30.0};
    draw_classes(&machine, most_points);
    for (size_t i = 0; i < sizeof strengths / sizeof *strengths; i++) {
        svc_gram gram;
        solve_within(&machine, kernel, strengths[i], SVC_DEFAULT_BYTES, &gram);
        assert_null(gram.entries);
        assert_true(find_violation(&machine, &gram, strengths[i]) <=
                    tolerance + 1e-10 * strengths[i]);
        memcpy(plenty, machine.coefficients, sizeof plenty);
        solve_within(&machine, kernel, strengths[i], 0, &gram);
        assert_memory_equal(plenty, machine.coefficients, sizeof plenty);
    }
}

/** Constant and linear terms precondition: 2.5 thousand moves, not 3.1. */
static void polynomials_take_few_products(void **state) {
    (void)state;
    static machine machine;
    const svc_kernel kernel = {.kind = SVC_POLY, .gamma = 0.05, .coef0 = 1.0, .degree = 3};
    svc_gram gram;
    draw_classes(&machine, 500);
    solve_within(&machine, kernel, 1.0, SVC_DEFAULT_BYTES, &gram);
    assert_in_range(machine.solution.iterations, 1, 2800);
}

/** Where nearly all points are free they are solved for together, too: 15.4 thousand moves,
 * not 17.5. No bit depends on whether their rows are there. */
static void nearly_all_points_are_solved_for_together(void **state) {
    (void)state;
    enum { n_points = 500 };
    static machine machine;
    static double there[most_points];
    const svc_kernel kernel = {.kind = SVC_RBF, .gamma = 0.05};
    const double strength = 1000.0;
    svc_gram gram;
    draw_classes(&machine, n_points);
    for (size_t row = 0; row < n_points; row++) {
        machine.labels[row] = row % 2; // which columns do not tell
    }
    solve_within(&machine, kernel, strength, SVC_DEFAULT_BYTES, &gram);
    assert_non_null(gram.entries);
    assert_in_range(machine.solution.iterations, 1, 16500);
    assert_true(find_violation(&machine, &gram, strength) <= tolerance + 1e-10 * strength);
    memcpy(there, machine.coefficients, sizeof there);
    solve_within(&machine, kernel, strength, 0, &gram);
    assert_null(gram.entries);
    assert_memory_equal(there, machine.coefficients, sizeof there);
}

/** Values are none where their products with small steps would be denormal; the last is not. */
static void kernel_values_next_to_nothing_are_none(void **state) {
    (void)state;
    static const double places[] = {0.0, 43.9, 44.1, 80.0};
    static float values[4][32];
    float *const rows[4] = {values[0], values[1], values[2], values[3]};
    const svc_kernel kernel = {.kind = SVC_RBF, .gamma = 0.5};
    const size_t points[] = {0, 1, 2, 3};
    perebor_matrix matrix = learning_matrix(&workspace, 4, 1);
    perebor_error error = {0};
    svc_gram gram;
    for (size_t row = 0; row < 4; row++) {
        perebor_matrix_column(&matrix, 0)[row] = sqrt(places[row] / kernel.gamma);
    }
    assert_int_equal(svc_gram_create(&gram, &matrix, &kernel, 2, 0, &workspace, &error),
                     PEREBOR_OK);
    assert_int_equal(gram.length, 32);
    for (size_t n = 1; n <= 4; n += 3) { // by itself, and beside three others
        svc_gram_rows(&gram, points, n, rows);
        assert_true(values[0][0] == 1.0f);
        assert_true(fabs((double)values[0][1] / 8.5995e-20 - 1.0) < 1e-4); // exp(-43.9)
        assert_true(values[0][2] == 0.0f && values[0][3] == 0.0f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(many_points_at_bounds_are_optimal_in_any_memory, give_back),
        cmocka_unit_test_teardown(polynomials_take_few_products, give_back),
        cmocka_unit_test_teardown(nearly_all_points_are_solved_for_together, give_back),
        cmocka_unit_test_teardown(kernel_values_next_to_nothing_are_none, give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
