// SPDX-License-Identifier: MIT
/* The dual of a support vector machine against every active set that there is, and its conditions
 * of optimality and its gap computed the plain way. */
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

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { few = 6, many = LEARNING_MOST_ROWS };

static const double tolerance = 1e-6;

/** A problem, its matrix of kernel values, and what was found. */
typedef struct dual {
    learning data;
    svc_gram gram;
    svc_problem problem;
    svc_solution solution;
    double coefficients[many];
    size_t n;
} dual;

/** Draws a problem of which every other one has equal rows, so that its matrix is singular. */
static void draw_dual(dual *dual, uint64_t seed, size_t n, svc_kernel kernel, double c) {
    perebor_error error = {0};
    learning_draw(&dual->data, &workspace, seed, n, 3, 1, seed % 2 == 0 ? 0 : 2);
    assert_int_equal(svc_gram_create(&dual->gram, &dual->data.training.rows, &kernel, 1,
                                     SVC_DEFAULT_BYTES, &workspace, &error),
                     PEREBOR_OK);
    assert_non_null(dual->gram.entries);
    dual->n = n;
    dual->problem = (svc_problem){.labels = dual->data.labels,
                                  .bounds = {c, seed % 3 == 0 ? 1.7 * c : c},
                                  .tolerance = tolerance,
                                  .max_iterations = 1000000,
                                  .convex = kernel.kind != SVC_SIGMOID,
                                  .together = seed % 4 < 2};
    dual->solution = (svc_solution){.coefficients = dual->coefficients};
}

static void solve_dual(dual *dual) {
    perebor_error error = {0};
    assert_int_equal(
        svc_smo_solve(&dual->gram, &dual->problem, &workspace, &dual->solution, &error),
        PEREBOR_OK);
}

static double entry(const dual *dual, size_t i, size_t j) {
    return (double)dual->gram.entries[i * dual->gram.length + j];
}

static double sign_of(const dual *dual, size_t i) {
    return dual->data.labels[i] != 0 ? 1.0 : -1.0;
}

static double lowest_of(const dual *dual, size_t i) {
    return dual->data.labels[i] != 0 ? 0.0 : -dual->problem.bounds[0];
}

static double highest_of(const dual *dual, size_t i) {
    return dual->data.labels[i] != 0 ? dual->problem.bounds[1] : 0.0;
}

/** 1/2 b'Kb - b'y */
static double dual_value(const dual *dual, const double *b) {
    double value = 0.0;
    for (size_t i = 0; i < dual->n; i++) {
        for (size_t j = 0; j < dual->n; j++) {
            value += 0.5 * b[i] * b[j] * entry(dual, i, j);
        }
        value -= b[i] * sign_of(dual, i);
    }
    return value;
}

/** Solves a system by elimination with pivots. @return False if it is singular. */
static bool eliminate(double system[few + 1][few + 2], size_t n) {
    for (size_t k = 0; k < n; k++) {
        size_t pivot = k;
        for (size_t i = k + 1; i < n; i++) {
            pivot = fabs(system[i][k]) > fabs(system[pivot][k]) ? i : pivot;
        }
        if (fabs(system[pivot][k]) < 1e-9) {
            return false;
        }
        for (size_t j = 0; j <= n; j++) {
            double kept = system[k][j];
            system[k][j] = system[pivot][j];
            system[pivot][j] = kept;
        }
        for (size_t i = 0; i < n; i++) {
            double by = i == k ? 0.0 : system[i][k] / system[k][k];
            for (size_t j = k; j <= n; j++) {
                system[i][j] -= by * system[k][j];
            }
        }
    }
    for (size_t k = 0; k < n; k++) {
        system[k][n] /= system[k][k];
    }
    return true;
}

/**
 * The least value with some coefficients at bounds (side 0 and 1), the others free (side 2):
 * sum over free j of K_ij b_j + beta = y_i - sum over the others of K_ij b_j,   sum b = 0.
 *
 * @return Infinity if there is none within the bounds.
 */
static double value_of_active_set(const dual *dual, const int *sides) {
    double system[few + 1][few + 2] = {{0}};
    double b[few];
    size_t free_points[few];
    size_t n_free = 0;
    for (size_t i = 0; i < dual->n; i++) {
        b[i] = sides[i] == 0 ? lowest_of(dual, i) : sides[i] == 1 ? highest_of(dual, i) : 0.0;
        free_points[n_free] = i;
        n_free += sides[i] == 2;
    }
    for (size_t k = 0; k <= n_free; k++) {
        double right = k < n_free ? sign_of(dual, free_points[k]) : 0.0;
        for (size_t j = 0; j < n_free; j++) {
            system[k][j] = k < n_free ? entry(dual, free_points[k], free_points[j]) : 1.0;
        }
        system[k][n_free] = k < n_free ? 1.0 : 0.0;
        for (size_t j = 0; j < dual->n; j++) {
            right -= b[j] * (k < n_free ? entry(dual, free_points[k], j) : 1.0);
        }
        system[k][n_free + 1] = right;
    }
    if (n_free == 0) {
        return fabs(system[0][1]) < 1e-12 ? dual_value(dual, b) : INFINITY;
    }
    if (!eliminate(system, n_free + 1)) {
        return INFINITY;
    }
    for (size_t k = 0; k < n_free; k++) {
        size_t i = free_points[k];
        b[i] = system[k][n_free + 1];
        if (b[i] < lowest_of(dual, i) - 1e-10 || b[i] > highest_of(dual, i) + 1e-10) {
            return INFINITY;
        }
    }
    return dual_value(dual, b);
}

/** The least of all: some active set of every optimum has a regular system. */
static double least_value(const dual *dual) {
    int sides[few] = {0};
    double least = INFINITY;
    for (;;) {
        least = fmin(least, value_of_active_set(dual, sides));
        size_t i = 0;
        while (i < dual->n && sides[i] == 2) {
            sides[i++] = 0;
        }
        if (i == dual->n) {
            return least;
        }
        sides[i]++;
    }
}

static const svc_kernel kernels[] = {
    {.kind = SVC_RBF, .gamma = 0.4},
    {.kind = SVC_POLY, .gamma = 0.5, .coef0 = 1.0, .degree = 3},
    {.kind = SVC_LINEAR},
    {.kind = SVC_SIGMOID, .gamma = 0.2, .coef0 = -0.3},
};

static void the_value_is_the_least_of_all_active_sets(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 90; seed++) {
        dual dual;
        draw_dual(&dual, seed, 2 + seed % (few - 1), kernels[seed % 3],
                  (double[]){0.01, 0.3, 1.0, 50.0}[seed % 4]);
        solve_dual(&dual);
        assert_true(dual.solution.converged);
        double found = dual_value(&dual, dual.coefficients);
        double least = least_value(&dual);
        double allowed =
            0.5 * tolerance * (double)dual.n * fmax(dual.problem.bounds[0], dual.problem.bounds[1]);
        if (!(found >= least - 1e-9 * (1.0 + fabs(least)) && found <= least + allowed + 1e-9)) {
            fail_msg("seed %d: %.12g, and the least is %.12g", (int)seed, found, least);
        }
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

/** m(b) and M(b), and the mean error of free points. */
typedef struct extremes {
    double highest, lowest, mean_free;
    size_t n_free;
} extremes;

static extremes find_extremes(const dual *dual) {
    extremes found = {.highest = -INFINITY, .lowest = INFINITY};
    for (size_t t = 0; t < dual->n; t++) {
        double error = sign_of(dual, t);
        for (size_t i = 0; i < dual->n; i++) {
            error -= dual->coefficients[i] * entry(dual, i, t);
        }
        bool may_go_up = dual->coefficients[t] < highest_of(dual, t);
        bool may_go_down = dual->coefficients[t] > lowest_of(dual, t);
        found.highest = may_go_up ? fmax(found.highest, error) : found.highest;
        found.lowest = may_go_down ? fmin(found.lowest, error) : found.lowest;
        found.mean_free += may_go_up && may_go_down ? error : 0.0;
        found.n_free += may_go_up && may_go_down;
    }
    found.mean_free /= found.n_free > 0 ? (double)found.n_free : 1.0;
    return found;
}

static void check_feasible(const dual *dual) {
    double sum = 0.0;
    double size = 0.0;
    for (size_t i = 0; i < dual->n; i++) {
        assert_true(dual->coefficients[i] >= lowest_of(dual, i));
        assert_true(dual->coefficients[i] <= highest_of(dual, i));
        sum += dual->coefficients[i];
        size += fabs(dual->coefficients[i]);
    }
    assert_true(fabs(sum) <= 1e-12 * (1.0 + size));
}

static void every_solution_keeps_the_conditions_of_optimality(void **state) {
    (void)state;
    const double strengths[] = {1e-3, 1.0, 100.0};
    for (uint64_t seed = 0; seed < 48; seed++) {
        dual dual;
        const svc_kernel *kernel = &kernels[seed / 4 % 4];
        double c = kernel->kind == SVC_POLY ? 0.3 : strengths[seed % 3]; // as high values as 100
        draw_dual(&dual, seed, 40 + 9 * (seed % 24), *kernel, c);
        solve_dual(&dual);
        assert_true(dual.solution.converged);
        check_feasible(&dual);
        extremes at = find_extremes(&dual);
        double size = 1e-9 * (1.0 + dual.problem.bounds[1]);
        assert_true(at.highest - at.lowest <= tolerance + size);
        double bias = at.n_free > 0 ? at.mean_free : 0.5 * (at.highest + at.lowest);
        assert_true(fabs(dual.solution.bias - bias) <= size);
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

/**
 * The primal, 1/2 b'Kb + sum of C_i max(0, 1 - y_i f(x_i)), is never below minus the dual, and is
 * near it at the optimum of both.
 */
static void primal_and_dual_meet(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 24; seed++) {
        dual dual;
        draw_dual(&dual, seed, 120, kernels[seed % 3], seed % 5 == 0 ? 10.0 : 0.2);
        solve_dual(&dual);
        double norm = 0.0;
        double losses = 0.0;
        double costs = 0.0;
        for (size_t i = 0; i < dual.n; i++) {
            double decision = dual.solution.bias;
            for (size_t j = 0; j < dual.n; j++) {
                decision += dual.coefficients[j] * entry(&dual, j, i);
            }
            norm += dual.coefficients[i] * (decision - dual.solution.bias);
            double cost = dual.problem.bounds[dual.data.labels[i]];
            costs += cost;
            losses += cost * fmax(0.0, 1.0 - sign_of(&dual, i) * decision);
        }
        double gap = 0.5 * norm + losses + dual_value(&dual, dual.coefficients);
        assert_true(gap >= -1e-9 * (1.0 + losses));
        assert_true(gap <= tolerance * costs + 1e-9 * (1.0 + losses));
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

static void a_cap_leaves_a_feasible_point(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 12; seed++) {
        dual dual;
        draw_dual(&dual, seed, 150, kernels[seed % 4], 5.0);
        dual.problem.max_iterations = 1 + seed;
        solve_dual(&dual);
        assert_int_equal(dual.solution.iterations, 1 + seed);
        assert_false(dual.solution.converged);
        check_feasible(&dual);
        assert_true(dual_value(&dual, dual.coefficients) < 0.0); // every move went down from 0
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

/** Two points: b = min(C, 2 / |x - z|^2) of each, and the plane lies midway between them. */
static void two_points_have_the_solution_of_the_textbook(void **state) {
    (void)state;
    for (int k = 0; k < 5; k++) {
        double apart = (double[]){0.5, 1.0, 2.0, 4.0, 40.0}[k];
        dual dual;
        draw_dual(&dual, 0, 2, kernels[2], 1.0);
        memset(dual.data.training.rows.values, 0, 24 * sizeof(double));
        perebor_matrix_column(&dual.data.training.rows, 1)[1] = apart; // the positive one
        const svc_kernel linear = {.kind = SVC_LINEAR};
        assert_int_equal(svc_gram_create(&dual.gram, &dual.data.training.rows, &linear, 1,
                                         SVC_DEFAULT_BYTES, &workspace, NULL),
                         PEREBOR_OK);
        dual.problem.bounds[1] = dual.problem.bounds[0];
        solve_dual(&dual);
        double expected = fmin(1.0, 2.0 / (apart * apart));
        assert_true(fabs(dual.coefficients[1] - expected) <= 1e-6);
        assert_true(fabs(dual.coefficients[0] + expected) <= 1e-6);
        double middle = dual.solution.bias + 0.5 * apart * apart * dual.coefficients[1];
        assert_true(fabs(middle) <= 1e-6);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_value_is_the_least_of_all_active_sets),
        cmocka_unit_test(every_solution_keeps_the_conditions_of_optimality),
        cmocka_unit_test(primal_and_dual_meet),
        cmocka_unit_test(a_cap_leaves_a_feasible_point),
        cmocka_unit_test(two_points_have_the_solution_of_the_textbook),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
