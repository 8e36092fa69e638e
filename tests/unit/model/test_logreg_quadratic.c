// SPDX-License-Identifier: MIT
/* The minimum of a quadratic with absolute values against all patterns of signs, and by its own
 * conditions where there are too many. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "model/logreg/logreg_quadratic.h"

enum { few = 5, most = 24, most_factors = 40 };

/** A quadratic and all its memory; the caller's own copies of what is worked on. */
typedef struct problem {
    logreg_quadratic quadratic;
    _Alignas(64) double curvature[most * most], factor[most * most];
    _Alignas(64) double vectors[6][most];
    double start[most], first_gradient[most];
    size_t active[most];
    bool is_settled[most], is_dependent[most];
} problem;

/** What columns are like. */
typedef enum shape { REGULAR, DEPENDENT, WITH_ZERO, N_SHAPES } shape;

static void draw_curvature(problem *problem, size_t n, shape shape, uint64_t *state) {
    double factors[most][most_factors];
    for (size_t j = 0; j < n; j++) {
        for (size_t k = 0; k < most_factors; k++) {
            factors[j][k] = shape == DEPENDENT && j % 3 == 2 ? factors[j - 1][k] - factors[j - 2][k]
                            : shape == WITH_ZERO && j == n / 2 ? 0.0
                                                               : draw_normal(state);
        }
    }
    memset(problem->curvature, 0, sizeof problem->curvature);
    for (size_t a = 0; a < n; a++) {
        for (size_t b = 0; b < n; b++) {
            for (size_t k = 0; k < most_factors; k++) {
                problem->curvature[a * most + b] += factors[a][k] * factors[b][k] / most_factors;
            }
        }
    }
}

/** The gradient lies in the range of the curvature, or there would be no minimum. */
static void draw_problem(problem *problem, size_t n, shape shape, size_t n_sweeps, double l1,
                         uint64_t *state) {
    memset(problem, 0, sizeof *problem);
    draw_curvature(problem, n, shape, state);
    problem->quadratic = (logreg_quadratic){.n = n,
                                            .ld = most,
                                            .curvature = problem->curvature,
                                            .l1 = problem->vectors[0],
                                            .gradient = problem->vectors[1],
                                            .values = problem->vectors[2],
                                            .n_sweeps = n_sweeps,
                                            .factor = problem->factor,
                                            .inverse = problem->vectors[3],
                                            .step = problem->vectors[4],
                                            .sign = problem->vectors[5],
                                            .active = problem->active,
                                            .is_settled = problem->is_settled,
                                            .is_dependent = problem->is_dependent};
    double direction[most];
    for (size_t j = 0; j < n; j++) {
        problem->quadratic.l1[j] = j == 0 ? 0.0 : l1 * (0.5 + draw_uniform(state));
        bool flat = shape == WITH_ZERO && j == n / 2; // what moves no margin has had no step
        problem->quadratic.values[j] = !flat && draw_bits(state) % 2 ? draw_normal(state) : 0.0;
        direction[j] = 2.0 * draw_normal(state);
    }
    for (size_t a = 0; a < n; a++) {
        for (size_t b = 0; b < n; b++) {
            problem->quadratic.gradient[a] += problem->curvature[a * most + b] * direction[b];
        }
    }
    memcpy(problem->start, problem->quadratic.values, sizeof problem->start);
    memcpy(problem->first_gradient, problem->quadratic.gradient, sizeof problem->first_gradient);
}

/** gradient'(u - u0) + (u - u0)' curvature (u - u0) / 2 + sum of l1 |u| */
static double value_at(const problem *problem, const double *u) {
    const logreg_quadratic *q = &problem->quadratic;
    double value = 0.0;
    for (size_t a = 0; a < q->n; a++) {
        double d = u[a] - problem->start[a];
        value += problem->first_gradient[a] * d + q->l1[a] * fabs(u[a]);
        for (size_t b = 0; b < q->n; b++) {
            value += 0.5 * d * q->curvature[a * most + b] * (u[b] - problem->start[b]);
        }
    }
    return value;
}

/** Solves for the variables whose sign is not 0; the others are 0. @return False: singular. */
static bool solve_signs(const problem *problem, const int *signs, double *u) {
    const logreg_quadratic *q = &problem->quadratic;
    double system[few][few + 1];
    for (size_t a = 0; a < q->n; a++) {
        // the gradient at u = 0 elsewhere: g - C u0, and + l1 sign
        system[a][q->n] = -problem->first_gradient[a] - q->l1[a] * signs[a];
        for (size_t b = 0; b < q->n; b++) {
            bool fixed = signs[a] == 0 || signs[b] == 0;
            system[a][b] = fixed ? (double)(a == b) : q->curvature[a * most + b];
            system[a][q->n] += q->curvature[a * most + b] * problem->start[b];
        }
        system[a][q->n] = signs[a] == 0 ? 0.0 : system[a][q->n];
    }
    for (size_t k = 0; k < q->n; k++) {
        if (fabs(system[k][k]) < 1e-9) {
            return false;
        }
        for (size_t a = 0; a < q->n; a++) {
            double by = a == k ? 0.0 : system[a][k] / system[k][k];
            for (size_t b = k; b <= q->n; b++) {
                system[a][b] -= by * system[k][b];
            }
        }
    }
    for (size_t k = 0; k < q->n; k++) {
        u[k] = system[k][q->n] / system[k][k];
    }
    return true;
}

/** The least value over all patterns of signs, -1, 0 and 1, that agree with their solutions. */
static double least_value(const problem *problem) {
    size_t n = problem->quadratic.n;
    double least = INFINITY;
    size_t n_patterns = 1;
    for (size_t j = 0; j < n; j++) {
        n_patterns *= 3;
    }
    for (size_t pattern = 0; pattern < n_patterns; pattern++) {
        int signs[few];
        double u[few];
        size_t rest = pattern;
        for (size_t j = 0; j < n; j++, rest /= 3) {
            signs[j] = (int)(rest % 3) - 1;
        }
        least = solve_signs(problem, signs, u) ? fmin(least, value_at(problem, u)) : least;
    }
    return least;
}

static void the_minimum_is_the_least_over_all_signs(void **state) {
    (void)state;
    uint64_t random = 1;
    for (int round = 0; round < 400; round++) {
        static problem problem;
        draw_problem(&problem, 1 + (size_t)round % few, REGULAR, round % 3 == 0 ? 0 : 10,
                     (double[]){0.0, 0.1, 1.0, 10.0}[round % 4], &random);
        PEREBOR_KERNEL_PICK(logreg_quadratic_kernels)->minimise(&problem.quadratic);
        double found = value_at(&problem, problem.quadratic.values);
        double least = least_value(&problem);
        if (!(fabs(found - least) <= 1e-10 * (1.0 + fabs(least)))) {
            fail_msg("round %d: %.15g, and the least is %.15g", round, found, least);
        }
    }
}

/** The gradient of the smooth part at the minimum, from the beginning. */
static double gradient_at(const problem *problem, size_t j) {
    double gradient = problem->first_gradient[j];
    for (size_t b = 0; b < problem->quadratic.n; b++) {
        gradient +=
            problem->curvature[j * most + b] * (problem->quadratic.values[b] - problem->start[b]);
    }
    return gradient;
}

static void zero_is_a_subgradient_of_the_minimum(void **state) {
    (void)state;
    uint64_t random = 2;
    for (int round = 0; round < 300; round++) {
        static problem problem;
        const logreg_quadratic *q = &problem.quadratic;
        draw_problem(&problem, 3 + draw_bits(&random) % (most - 3), (shape)(round % N_SHAPES),
                     round % 2 == 0 ? 0 : 20, (double[]){0.01, 0.3, 3.0, 300.0}[round / 3 % 4],
                     &random);
        PEREBOR_KERNEL_PICK(logreg_quadratic_kernels)->minimise(&problem.quadratic);
        for (size_t j = 0; j < q->n; j++) {
            double gradient = gradient_at(&problem, j);
            assert_true(fabs(q->gradient[j] - gradient) <= 1e-9); // kept up to date
            double violation = q->values[j] != 0.0
                                   ? fabs(gradient + copysign(q->l1[j], q->values[j]))
                                   : fmax(0.0, fabs(gradient) - q->l1[j]);
            if (violation > 1e-7) {
                fail_msg("round %d, variable %zu: %g", round, j, violation);
            }
        }
    }
}

static void without_a_penalty_it_is_one_linear_solve(void **state) {
    (void)state;
    uint64_t random = 3;
    for (int round = 0; round < 60; round++) {
        static problem problem;
        draw_problem(&problem, 1 + draw_bits(&random) % most, (shape)(round % N_SHAPES), 0, 0.0,
                     &random);
        PEREBOR_KERNEL_PICK(logreg_quadratic_kernels)->minimise(&problem.quadratic);
        size_t n_dependent = 0;
        for (size_t j = 0; j < problem.quadratic.n; j++) {
            assert_true(fabs(gradient_at(&problem, j)) <= 1e-7);
            n_dependent += problem.quadratic.values[j] == problem.start[j];
        }
        // what depends on others, or has no curvature, stays where it was
        size_t n = problem.quadratic.n;
        size_t expected = round % N_SHAPES == DEPENDENT ? n / 3 : 0;
        expected += round % N_SHAPES == WITH_ZERO;
        assert_int_equal(n_dependent, expected);
        assert_int_equal(problem.quadratic.n_active, n - expected);
    }
}

static void a_penalty_beyond_every_gradient_leaves_nothing(void **state) {
    (void)state;
    uint64_t random = 4;
    static problem problem;
    draw_problem(&problem, 12, REGULAR, 10, 1e6, &random);
    PEREBOR_KERNEL_PICK(logreg_quadratic_kernels)->minimise(&problem.quadratic);
    for (size_t j = 1; j < 12; j++) {
        assert_true(problem.quadratic.values[j] == 0.0);
    }
    assert_true(problem.quadratic.values[0] != 0.0); // the one that is free
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_minimum_is_the_least_over_all_signs),
        cmocka_unit_test(zero_is_a_subgradient_of_the_minimum),
        cmocka_unit_test(without_a_penalty_it_is_one_linear_solve),
        cmocka_unit_test(a_penalty_beyond_every_gradient_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
