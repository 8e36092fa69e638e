// SPDX-License-Identifier: MIT
/* Support vector machines of so many points that part of them is solved for after the other. */
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
#include "model/svc/svc_parts.h"
#include "svc_optimum.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum {
    n_points = 4110,
    few_columns = 6,
    many_columns = 64
}; // no multiple of what rows are padded to

static const double tolerance = 1e-6;
static const svc_kernel radial = {.kind = SVC_RBF, .gamma = 0.1};
static const svc_kernel cubic = {.kind = SVC_POLY, .gamma = 0.1, .coef0 = 1.0, .degree = 3};

typedef struct machine {
    perebor_training training;
    uint8_t labels[n_points];
    double coefficients[n_points];
    svc_solution solution;
} machine;

static machine shared;

/** Classes that overlap: a third of the points end at their bounds. */
static machine *draw_classes(size_t n_columns) {
    machine *machine = &shared;
    uint64_t seed = 7;
    machine->training = (perebor_training){.rows = learning_matrix(&workspace, n_points, n_columns),
                                           .labels = machine->labels};
    for (size_t row = 0; row < n_points; row++) {
        machine->labels[row] = row % 3 == 0;
        for (size_t column = 0; column < n_columns; column++) {
            perebor_matrix_column(&machine->training.rows, column)[row] =
                draw_normal(&seed) + 0.8 * machine->labels[row];
        }
    }
    return machine;
}

/** A nominal column of many levels, some rows of which have none. */
static void add_levels(machine *machine) {
    enum { n_levels = 90 };
    uint64_t seed = 3;
    perebor_matrix coded;
    perebor_matrix *rows = &machine->training.rows;
    assert_int_equal(
        perebor_matrix_create_coded(&coded, n_points, few_columns, 1, &workspace, NULL),
        PEREBOR_OK);
    memcpy(coded.values, rows->values, few_columns * rows->stride * sizeof *rows->values);
    perebor_indicators *levels = perebor_matrix_add_levels(&coded, n_levels);
    for (size_t row = 0; row < n_points; row++) {
        levels->codes[row] = (uint32_t)(draw_bits(&seed) % (n_levels + 1));
    }
    *rows = coded;
}

static svc_problem pose(const machine *machine, double c, uint64_t max_iterations) {
    return (svc_problem){.labels = machine->labels,
                         .bounds = {c, c},
                         .tolerance = tolerance,
                         .max_iterations = max_iterations,
                         .convex = true,
                         .together = true};
}

static void solve(machine *machine, const svc_gram *gram, double c, uint64_t max_iterations) {
    perebor_error error = {0};
    const svc_problem problem = pose(machine, c, max_iterations);
    assert_true(svc_parts_pay(n_points, &problem));
    machine->solution = (svc_solution){.coefficients = machine->coefficients};
    assert_int_equal(svc_smo_solve(gram, &problem, &workspace, &machine->solution, &error), 0);
}

/** @param[in] n_solvers  1: rows as they are asked for; 2: all of them. */
static svc_gram values_of(const machine *machine, svc_kernel kernel, size_t n_solvers,
                          size_t max_bytes) {
    svc_gram gram;
    perebor_error error = {0};
    assert_int_equal(svc_gram_create(&gram, &machine->training.rows, &kernel, n_solvers, max_bytes,
                                     &workspace, &error),
                     0);
    return gram;
}

static double find_violation(const machine *machine, const svc_gram *gram, double c) {
    return svc_optimum_violation(gram, machine->labels, n_points, c, machine->coefficients,
                                 &workspace);
}

static void expect_optimum(const machine *machine, const svc_gram *gram, double c) {
    double sum = 0.0;
    for (size_t point = 0; point < n_points; point++) {
        sum += machine->coefficients[point];
    }
    assert_true(machine->solution.converged);
    assert_true(fabs(sum) < 1e-9 * c * n_points);
    assert_true(find_violation(machine, gram, c) <= tolerance + 1e-10 * c);
}

/** Values may be there, or computed within a limit on bytes: which makes no difference. */
static void parts_end_at_the_optimum_of_all(void **state) {
    (void)state;
    static double first[n_points];
    machine *machine = draw_classes(few_columns);
    svc_gram gram = values_of(machine, radial, 1, SVC_DEFAULT_BYTES);
    assert_null(gram.entries);
    solve(machine, &gram, 2.0, 1000000);
    expect_optimum(machine, &gram, 2.0);
    memcpy(first, machine->coefficients, sizeof first);
    gram = values_of(machine, radial, 1, 0);
    solve(machine, &gram, 2.0, 1000000);
    assert_memory_equal(first, machine->coefficients, sizeof first);
    gram = values_of(machine, radial, 2, SVC_DEFAULT_BYTES);
    assert_non_null(gram.entries);
    solve(machine, &gram, 2.0, 1000000);
    assert_memory_equal(first, machine->coefficients, sizeof first);
}

static void polynomials_and_levels_end_there_too(void **state) {
    (void)state;
    machine *machine = draw_classes(few_columns);
    svc_gram gram = values_of(machine, cubic, 1, SVC_DEFAULT_BYTES);
    solve(machine, &gram, 0.01, 1000000);
    expect_optimum(machine, &gram, 0.01);
    add_levels(machine);
    gram = values_of(machine, radial, 1, SVC_DEFAULT_BYTES);
    solve(machine, &gram, 0.3, 1000000);
    expect_optimum(machine, &gram, 0.3);
}

/** Kernel values of many columns are all there, and the rows that they were computed from no
 * longer.
 */
static void rows_of_many_columns_are_not_asked_for(void **state) {
    (void)state;
    static const svc_kernel narrow = {.kind = SVC_RBF, .gamma = 0.01};
    machine *machine = draw_classes(many_columns);
    svc_gram gram = values_of(machine, narrow, 1, SVC_DEFAULT_BYTES);
    assert_non_null(gram.entries);
    assert_null(gram.points.singles.values);
    solve(machine, &gram, 0.3, 1000000);
    expect_optimum(machine, &gram, 0.3);
}

/** The first part has every fourth point. */
static void a_first_part_of_one_class_does_no_harm(void **state) {
    (void)state;
    machine *machine = draw_classes(few_columns);
    for (size_t row = 0; row < n_points; row++) {
        machine->labels[row] = row % 4 == 0 || row % 7 == 0;
    }
    svc_gram gram = values_of(machine, radial, 1, SVC_DEFAULT_BYTES);
    solve(machine, &gram, 0.1, 1000000);
    expect_optimum(machine, &gram, 0.1);
}

static void a_cap_on_moves_is_kept(void **state) {
    (void)state;
    const uint64_t caps[] = {1, 700, 3000};
    machine *machine = draw_classes(few_columns);
    svc_gram gram = values_of(machine, radial, 1, SVC_DEFAULT_BYTES);
    for (size_t i = 0; i < sizeof caps / sizeof *caps; i++) {
        solve(machine, &gram, 2.0, caps[i]);
        assert_false(machine->solution.converged);
        assert_int_equal(machine->solution.iterations, caps[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(parts_end_at_the_optimum_of_all, give_back),
        cmocka_unit_test_teardown(polynomials_and_levels_end_there_too, give_back),
        cmocka_unit_test_teardown(rows_of_many_columns_are_not_asked_for, give_back),
        cmocka_unit_test_teardown(a_first_part_of_one_class_does_no_harm, give_back),
        cmocka_unit_test_teardown(a_cap_on_moves_is_kept, give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
