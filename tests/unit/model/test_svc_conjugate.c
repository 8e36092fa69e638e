// SPDX-License-Identifier: MIT
/* Conjugate gradients over free points against elimination, and what they do at bounds. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "model/svc/svc_conjugate.h"

enum { most = 96, most_rank = 4, n_rounds = 60 };

/** A quadratic of n_points points, of which the padding is not one, and its arrays. */
typedef struct problem {
    size_t n, n_points;
    _Alignas(64) float entries[most * most], errors[most], rests[most];
    _Alignas(64) float factors[most_rank * most], arrays[SVC_CONJUGATE_ARRAYS * most];
    double coefficients[most], highest[most], lowest[most];
    double root[most_rank * (most_rank + 1)];
    size_t free[most];
    size_t n_free;
} problem;

static double draw_unit(uint64_t *state) {
    return (double)(int64_t)(draw_bits(state) % 2001) / 1000.0 - 1.0;
}

/** K = U'U and a diagonal, with noise that keeps it positive definite; a quarter is not free. */
static void draw_problem(problem *problem, uint64_t *state, double bound) {
    *problem = (struct problem){.n_points = 40 + draw_bits(state) % 56};
    problem->n = (problem->n_points + 31) / 32 * 32;
    size_t n = problem->n;
    for (size_t i = 0; i < problem->n_points; i++) {
        for (size_t k = 0; k < most_rank; k++) {
            problem->factors[k * n + i] = (float)draw_unit(state);
        }
        problem->errors[i] = (float)draw_unit(state);
        problem->highest[i] = bound;
        problem->lowest[i] = -bound;
        problem->coefficients[i] = 0.0;
        if (i % 4 == draw_bits(state) % 4) {
            problem->coefficients[i] = bound;
        } else {
            problem->free[problem->n_free++] = i;
        }
    }
    for (size_t i = 0; i < n; i++) {
        problem->rests[i] = 1.0f;
        for (size_t j = 0; j <= i && i < problem->n_points; j++) {
            float sum = i == j ? 1.5f : 0.004f * (float)draw_unit(state);
            for (size_t k = 0; k < most_rank; k++) {
                sum += problem->factors[k * n + i] * problem->factors[k * n + j];
            }
            problem->entries[i * n + j] = sum;
            problem->entries[j * n + i] = sum;
        }
    }
}

static svc_quadratic pose(problem *problem, size_t rank) {
    return (svc_quadratic){.n = problem->n,
                           .entries = problem->entries,
                           .errors = problem->errors,
                           .coefficients = problem->coefficients,
                           .highest = problem->highest,
                           .lowest = problem->lowest,
                           .free = problem->free,
                           .n_free = problem->n_free,
                           .rank = rank,
                           .factors = problem->factors,
                           .rests = problem->rests,
                           .root = problem->root,
                           .arrays = problem->arrays};
}

/** d of K_FF d + mu 1 = e, 1'd = 0, by elimination without pivots: K is diagonally dominated. */
static void eliminate(const problem *problem, double *solution) {
    static double rows[most + 1][most + 2];
    size_t m = problem->n_free;
    for (size_t i = 0; i <= m; i++) {
        for (size_t j = 0; j <= m; j++) {
            bool inside = i < m && j < m;
            rows[i][j] =
                inside ? (double)problem->entries[problem->free[i] * problem->n + problem->free[j]]
                       : (i < m || j < m ? 1.0 : 0.0);
        }
        rows[i][m + 1] = i < m ? (double)problem->errors[problem->free[i]] : 0.0;
    }
    for (size_t k = 0; k <= m; k++) {
        for (size_t i = k + 1; i <= m; i++) {
            double factor = rows[i][k] / rows[k][k];
            for (size_t j = k; j <= m + 1; j++) {
                rows[i][j] -= factor * rows[k][j];
            }
        }
    }
    for (size_t i = m + 1; i-- > 0;) {
        solution[i] = rows[i][m + 1];
        for (size_t j = i + 1; j <= m; j++) {
            solution[i] -= rows[i][j] * solution[j];
        }
        solution[i] /= rows[i][i];
    }
}

/** e - K d, of what coefficients changed by. */
static void check_errors(const problem *before, const problem *after) {
    for (size_t i = 0; i < before->n_points; i++) {
        double error = (double)before->errors[i];
        for (size_t j = 0; j < before->n_points; j++) {
            error -= (double)before->entries[i * before->n + j] *
                     (after->coefficients[j] - before->coefficients[j]);
        }
        assert_true(fabs(error - (double)after->errors[i]) <= 1e-5);
    }
}

static void free_points_have_the_solution_of_elimination(void **state) {
    (void)state;
    static problem before, after;
    uint64_t draws = 5;
    size_t products[2] = {0, 0};
    for (size_t round = 0; round < n_rounds; round++) {
        draw_problem(&before, &draws, 1e6);
        double expected[most + 1];
        eliminate(&before, expected);
        for (size_t low = 0; low < 2; low++) {
            after = before;
            svc_quadratic quadratic = pose(&after, low == 0 ? 0 : most_rank);
            products[low] += PEREBOR_KERNEL_PICK(svc_conjugates)->descend(&quadratic, 1e-5, 200);
            assert_int_equal(quadratic.n_free, before.n_free);
            for (size_t k = 0; k < before.n_free; k++) {
                size_t i = before.free[k];
                double change = after.coefficients[i] - before.coefficients[i];
                assert_true(fabs(change - expected[k]) <= 2e-5);
            }
            check_errors(&before, &after);
        }
    }
    assert_true(products[1] + n_rounds < products[0]); // U is what the matrix has most of
}

/** 1/2 d'Kd - e'd */
static double value(const problem *before, const problem *after) {
    double sum = 0.0;
    for (size_t i = 0; i < before->n_points; i++) {
        double change = after->coefficients[i] - before->coefficients[i];
        sum -= 0.5 * change * ((double)before->errors[i] + (double)after->errors[i]);
    }
    return sum;
}

static void bounds_are_kept_and_stay_reached(void **state) {
    (void)state;
    static problem before, after;
    uint64_t draws = 6;
    size_t n_reached = 0;
    for (size_t round = 0; round < n_rounds; round++) {
        draw_problem(&before, &draws, 0.3);
        after = before;
        svc_quadratic quadratic = pose(&after, round % 2 == 0 ? 0 : most_rank);
        (void)PEREBOR_KERNEL_PICK(svc_conjugates)->descend(&quadratic, 1e-5, 500);
        double sum = 0.0;
        size_t n_free = 0;
        for (size_t i = 0; i < before.n_points; i++) {
            double coefficient = after.coefficients[i];
            assert_true(coefficient >= after.lowest[i] && coefficient <= after.highest[i]);
            sum += coefficient - before.coefficients[i];
            bool is_free = coefficient > after.lowest[i] && coefficient < after.highest[i];
            if (is_free) {
                assert_int_equal(quadratic.free[n_free], i);
                n_free++;
            }
        }
        assert_int_equal(quadratic.n_free, n_free);
        assert_true(fabs(sum) <= 1e-5);
        n_reached += before.n_free - n_free;
        for (size_t k = 1; k < n_free; k++) {
            double first = (double)after.errors[quadratic.free[0]];
            assert_true(fabs((double)after.errors[quadratic.free[k]] - first) <= 1.1e-5);
        }
        check_errors(&before, &after);
        assert_true(value(&before, &after) <= 1e-9);
    }
    assert_true(n_reached > n_rounds);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(free_points_have_the_solution_of_elimination),
        cmocka_unit_test(bounds_are_kept_and_stay_reached),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
