// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/svc/svc_model.h"
#include "model/svc/svc_monomials.h"
#include "model/svc/svc_smo.h"

/** What one test allocates; given back at its end. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

static double draw(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 40) * 0x1p-23 - 1.0;
}

static void draw_rows(perebor_matrix *rows, uint8_t *labels, size_t n_rows, size_t n_columns) {
    uint64_t state = 5;
    perebor_error error;
    assert_int_equal(perebor_matrix_create(rows, n_rows, n_columns, &workspace, &error),
                     PEREBOR_OK);
    for (size_t column = 0; column < n_columns; column++) {
        for (size_t row = 0; row < n_rows; row++) {
            perebor_matrix_column(rows, column)[row] = draw(&state);
        }
    }
    for (size_t row = 0; row < n_rows; row++) {
        double first = perebor_matrix_column(rows, 0)[row];
        labels[row] = first * perebor_matrix_column(rows, 1)[row] + 0.3 * draw(&state) > 0.0;
    }
}

static double dot(const perebor_matrix *rows, size_t a, size_t b) {
    double sum = 0.0;
    for (size_t column = 0; column < rows->n_columns; column++) {
        const double *values = perebor_matrix_column(rows, column);
        sum += values[a] * values[b];
    }
    return sum;
}

static void monomials_multiply_to_kernel_values(void **state) {
    (void)state;
    enum { ROWS = 7 };
    uint8_t labels[ROWS];
    perebor_error error;
    for (int64_t degree = 1; degree <= 5; degree++) {
        for (size_t n_columns = 2; n_columns <= 4; n_columns++) {
            for (size_t with = 0; with < 2; with++) {
                const svc_kernel kernel = {SVC_POLY, degree, 0.7, 1.3 * (double)with, false};
                perebor_matrix rows, monomials;
                draw_rows(&rows, labels, ROWS, n_columns);
                assert_int_equal(
                    svc_monomials_create(&monomials, &rows, &kernel, &workspace, &error), 0);
                assert_int_equal(monomials.n_columns, svc_monomials_count(&kernel, n_columns));
                double constant = pow(kernel.coef0, (double)degree); // which is left out
                for (size_t a = 0; a < ROWS; a++) {
                    double value = pow(0.7 * dot(&rows, 3, a) + kernel.coef0, (double)degree);
                    assert_true(fabs(dot(&monomials, 3, a) + constant - value) < 1e-12);
                }
            }
        }
    }
}

static void what_has_too_many_monomials_or_none_is_not_expanded(void **state) {
    (void)state;
    const svc_kernel kernels[] = {{SVC_POLY, 2, 1.0, -1.0, false},
                                  {SVC_POLY, 3, 1.0, 1.0, false},
                                  {SVC_RBF, 2, 1.0, 1.0, false},
                                  {SVC_POLY, 9, 1.0, 0.0, false}};
    assert_int_equal(svc_monomials_count(&kernels[0], 4), 0);
    assert_int_equal(svc_monomials_count(&kernels[1], 4), 34);
    assert_int_equal(svc_monomials_count(&kernels[1], 100), 0);
    assert_int_equal(svc_monomials_count(&kernels[2], 4), 0);
    assert_int_equal(svc_monomials_count(&kernels[3], 4), 0);
}

/** Decisions on the training rows of a solution in coefficients of points. */
static void decide(const perebor_matrix *rows, const svc_kernel *kernel,
                   const svc_solution *solution, double *decisions) {
    for (size_t a = 0; a < rows->n_rows; a++) {
        decisions[a] = solution->bias;
        for (size_t b = 0; b < rows->n_rows; b++) {
            double base = kernel->gamma * dot(rows, a, b) + kernel->coef0;
            decisions[a] += solution->coefficients[b] * pow(base, (double)kernel->degree);
        }
    }
}

static void monomials_and_pairs_of_points_have_one_optimum(void **state) {
    (void)state;
    enum { ROWS = 90 };
    uint8_t labels[ROWS];
    perebor_matrix rows;
    perebor_error error;
    draw_rows(&rows, labels, ROWS, 4);
    const perebor_training training = {.rows = rows, .labels = labels};
    for (int64_t degree = 2; degree <= 3; degree++) {
        svc_gram gram = {0};
        perebor_model *model = NULL;
        perebor_fit_report report = {0};
        double coefficients[ROWS] = {0}, expected[ROWS] = {0}, scores[ROWS] = {0};
        svc_solution solution = {.coefficients = coefficients};
        const svc_options options = {.kernel = {SVC_POLY, degree, 1.0, 1.0, false},
                                     .bounds = {20.0, 30.0},
                                     .mean_square = 4.0 / 3.0,
                                     .max_iterations = 10000000};
        const svc_problem problem = {.labels = labels,
                                     .bounds = {20.0, 30.0},
                                     .tolerance = 1e-7,
                                     .max_iterations = 10000000,
                                     .convex = true,
                                     .together = true};
        assert_int_equal(svc_gram_create(&gram, &rows, &options.kernel, 1, SVC_DEFAULT_BYTES,
                                         &workspace, &error),
                         0);
        assert_int_equal(svc_smo_solve(&gram, &problem, &workspace, &solution, &error), 0);
        assert_int_equal(
            svc_model_fit(&model, &training, &options, &gram, &workspace, &report, &error), 0);
        assert_true(solution.converged && report.converged);
        assert_non_null(model->weights);
        assert_int_equal(svc_model_score(model, &rows, &workspace, scores, &error), 0);
        decide(&rows, &options.kernel, &solution, expected);
        for (size_t row = 0; row < ROWS; row++) {
            assert_true(fabs(scores[row] - expected[row]) < 5e-4);
        }
    }
}

static void columns_that_were_not_scaled_are_solved_for(void **state) {
    (void)state;
    enum { ROWS = 90 };
    uint8_t labels[ROWS];
    perebor_matrix rows;
    perebor_error error;
    draw_rows(&rows, labels, ROWS, 3);
    for (size_t row = 0; row < ROWS; row++) {
        perebor_matrix_column(&rows, 0)[row] *= 1e5;
        perebor_matrix_column(&rows, 1)[row] *= 1e-2;
    }
    const perebor_training training = {.rows = rows, .labels = labels};
    const svc_options options = {.kernel = {SVC_POLY, 3, 1.0, 1.0, false},
                                 .bounds = {1.0, 1.0},
                                 .mean_square = 3e9,
                                 .max_iterations = 20000};
    svc_gram gram = {0};
    perebor_model *model = NULL;
    perebor_fit_report report = {0};
    double scores[ROWS] = {0};
    assert_false(svc_model_needs_points(&training, &options));
    assert_int_equal(svc_model_fit(&model, &training, &options, &gram, &workspace, &report, &error),
                     0);
    assert_true(report.converged);
    assert_int_equal(svc_model_score(model, &rows, &workspace, scores, &error), 0);
    size_t n_right = 0;
    for (size_t row = 0; row < ROWS; row++) {
        n_right += (scores[row] > 0.0) == (labels[row] != 0);
    }
    assert_true(n_right > 3 * ROWS / 4); // the product of two columns tells the class
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(monomials_multiply_to_kernel_values, give_back),
        cmocka_unit_test_teardown(what_has_too_many_monomials_or_none_is_not_expanded, give_back),
        cmocka_unit_test_teardown(monomials_and_pairs_of_points_have_one_optimum, give_back),
        cmocka_unit_test_teardown(columns_that_were_not_scaled_are_solved_for, give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
