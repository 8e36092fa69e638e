// SPDX-License-Identifier: MIT
/* The hyperplane of the interior point method, and each of its loops against the plain one. */
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
#include "model/svc/svc_interior.h"
#include "model/svc/svc_linear.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { most_columns = 13, n_rows = 130, stride = 136 };

static double element(const perebor_matrix *rows, size_t row, size_t column) {
    return column < rows->n_columns ? perebor_matrix_column(rows, column)[row] : 1.0;
}

/** 1/2 |w|^2 + sum of C_i max(0, 1 - y_i (w.x_i + b)) */
static double primal_value(const perebor_training *training, const double bounds[2],
                           const double *weights, double bias) {
    const perebor_matrix *rows = &training->rows;
    double value = 0.0;
    for (size_t column = 0; column < rows->n_columns; column++) {
        value += 0.5 * weights[column] * weights[column];
    }
    for (size_t row = 0; row < rows->n_rows; row++) {
        double decision = bias;
        for (size_t column = 0; column < rows->n_columns; column++) {
            decision += weights[column] * element(rows, row, column);
        }
        double sign = training->labels[row] ? 1.0 : -1.0;
        value += bounds[training->labels[row]] * fmax(0.0, 1.0 - sign * decision);
    }
    return value;
}

/** What makes a table hard for a hyperplane. */
typedef enum hardship {
    PLAIN,
    COLLINEAR,
    CONSTANT,
    UNITS,
    FAR_OFF,
    EQUAL_ROWS,
    N_HARDSHIPS
} hardship;

static void make_hard(learning *problem, hardship hardship) {
    perebor_matrix *rows = &problem->training.rows;
    for (size_t row = 0; row < rows->n_rows; row++) {
        double *first = &perebor_matrix_column(rows, 0)[row];
        double *last = &perebor_matrix_column(rows, rows->n_columns - 1)[row];
        *last = hardship == COLLINEAR  ? -2.0 * *first
                : hardship == CONSTANT ? 4.25
                : hardship == FAR_OFF  ? *last + 1e6
                                       : *last;
        *first *= hardship == UNITS ? 1e4 : 1.0;
        for (size_t column = 0; hardship == EQUAL_ROWS && column < rows->n_columns; column++) {
            double *values = perebor_matrix_column(rows, column);
            values[row] = values[row / 2 * 2 % rows->n_rows];
        }
    }
}

/** No plane found by going a little along any weight, the bias or a random direction is better. */
static void check_least(const learning *problem, const double bounds[2],
                        const svc_hyperplane *plane, uint64_t *state) {
    size_t p = problem->training.rows.n_columns;
    double least = primal_value(&problem->training, bounds, plane->weights, plane->bias);
    for (int attempt = 0; attempt < 60; attempt++) {
        double weights[most_columns];
        double bias = plane->bias;
        double step = pow(10.0, -1.0 - 5.0 * draw_uniform(state));
        for (size_t j = 0; j < p; j++) {
            double change = attempt < 30 ? draw_normal(state) : (double)(j == draw_bits(state) % p);
            weights[j] = plane->weights[j] + step * change * (fabs(plane->weights[j]) + 1e-3);
        }
        bias += step * draw_normal(state);
        double other = primal_value(&problem->training, bounds, weights, bias);
        assert_true(other >= least - 1e-7 * (1.0 + least));
    }
}

static void no_plane_has_a_lower_objective(void **state) {
    (void)state;
    uint64_t random = 4;
    for (uint64_t seed = 0; seed < 10 * N_HARDSHIPS; seed++) {
        learning problem;
        double weights[most_columns];
        svc_hyperplane plane = {.weights = weights};
        perebor_error error = {0};
        double c = (double[]){1e-3, 0.1, 1.0, 30.0, 1e4}[seed % 5];
        const double bounds[2] = {c, seed % 4 == 0 ? 2.5 * c : c};
        learning_draw(&problem, &workspace, seed, 20 + seed, 2 + seed % 5, 1, 0);
        make_hard(&problem, (hardship)(seed % N_HARDSHIPS));
        assert_int_equal(
            svc_linear_solve(&problem.training, bounds, 1000, &workspace, &plane, &error),
            PEREBOR_OK);
        assert_true(plane.converged);
        assert_in_range(plane.iterations, 1, 100);
        check_least(&problem, bounds, &plane, &random);
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

static void a_column_in_other_units_has_the_weight_in_those(void **state) {
    (void)state;
    learning problem;
    double weights[2][3];
    const double bounds[2] = {1e6, 1e6}; // the penalty of weights, which knows units, is as nothing
    svc_hyperplane planes[2] = {{.weights = weights[0]}, {.weights = weights[1]}};
    learning_draw(&problem, &workspace, 3, 90, 3, 1, 0);
    for (int k = 0; k < 2; k++) {
        assert_int_equal(
            svc_linear_solve(&problem.training, bounds, 1000, &workspace, &planes[k], NULL),
            PEREBOR_OK);
        for (size_t row = 0; row < 90; row++) {
            perebor_matrix_column(&problem.training.rows, 1)[row] *= 1000.0;
            perebor_matrix_column(&problem.training.rows, 2)[row] += 50.0;
        }
    }
    assert_true(fabs(weights[1][0] / weights[0][0] - 1.0) < 1e-4);
    assert_true(fabs(1000.0 * weights[1][1] / weights[0][1] - 1.0) < 1e-4);
    assert_true(fabs(weights[1][2] / weights[0][2] - 1.0) < 1e-4);
    assert_true(fabs(planes[1].bias + 50.0 * weights[1][2] - planes[0].bias) <
                1e-3 * (1.0 + fabs(planes[0].bias)));
}

static void a_cap_on_iterations_is_kept(void **state) {
    (void)state;
    learning problem;
    double weights[4];
    const double bounds[2] = {1.0, 1.0};
    svc_hyperplane plane = {.weights = weights};
    learning_draw(&problem, &workspace, 1, 100, 4, 1, 0);
    assert_int_equal(svc_linear_solve(&problem.training, bounds, 2, &workspace, &plane, NULL),
                     PEREBOR_OK);
    assert_int_equal(plane.iterations, 2);
    assert_false(plane.converged);
}

static void columns_that_are_too_large_to_square_are_refused(void **state) {
    (void)state;
    learning problem;
    double weights[3] = {7.0, 7.0, 7.0};
    const double bounds[2] = {1.0, 1.0};
    svc_hyperplane plane = {.weights = weights, .iterations = 77};
    perebor_error error = {0};
    learning_draw(&problem, &workspace, 1, 40, 3, 1, 0);
    perebor_matrix_column(&problem.training.rows, 1)[5] = 1e300;
    assert_int_equal(svc_linear_solve(&problem.training, bounds, 9, &workspace, &plane, &error),
                     PEREBOR_ERR_NUMERIC);
    assert_string_equal(error.message,
                        "the values of column 1 are too large to square: scale the column");
    assert_int_equal(plane.iterations, 77);
}

/** Swapped labels and bounds turn the plane around. */
static void swapped_labels_turn_the_plane_around(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 6; seed++) {
        learning problem;
        double weights[2][4];
        svc_hyperplane planes[2] = {{.weights = weights[0]}, {.weights = weights[1]}};
        learning_draw(&problem, &workspace, seed, 80, 4, 1, 0);
        for (int k = 0; k < 2; k++) {
            const double bounds[2] = {k == 0 ? 0.3 : 0.8, k == 0 ? 0.8 : 0.3};
            assert_int_equal(
                svc_linear_solve(&problem.training, bounds, 999, &workspace, &planes[k], NULL),
                PEREBOR_OK);
            for (size_t row = 0; row < 80; row++) {
                problem.labels[row] = !problem.labels[row];
            }
        }
        for (size_t j = 0; j < 4; j++) {
            assert_true(fabs(weights[0][j] + weights[1][j]) <= 1e-9 * (1.0 + fabs(weights[0][j])));
        }
        assert_true(fabs(planes[0].bias + planes[1].bias) <= 1e-9);
    }
}

/**
 * With so small a C that every weight is at its bound, w = C (sum of x over class 1 - sum over
 * class 0), any bias from max { -1 - w.x : class 0 } to min { 1 - w.x : class 1 } is optimal; as
 * LIBSVM does, the middle is taken.
 */
static void without_a_free_point_the_bias_is_the_middle(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 8; seed++) {
        learning problem;
        double weights[3], expected[3] = {0.0};
        const double bounds[2] = {1e-4, 1e-4};
        svc_hyperplane plane = {.weights = weights};
        double least = INFINITY, greatest = -INFINITY;
        learning_draw(&problem, &workspace, seed, 40, 3, 1, 0);
        for (size_t row = 0; row < 40; row++) {
            problem.labels[row] = row % 2 == 0;
            for (size_t j = 0; j < 3; j++) {
                double value = element(&problem.training.rows, row, j);
                expected[j] += problem.labels[row] ? 1e-4 * value : -1e-4 * value;
            }
        }
        assert_int_equal(svc_linear_solve(&problem.training, bounds, 999, &workspace, &plane, NULL),
                         PEREBOR_OK);
        for (size_t row = 0; row < 40; row++) {
            double error = problem.labels[row] ? 1.0 : -1.0;
            for (size_t j = 0; j < 3; j++) {
                error -= expected[j] * element(&problem.training.rows, row, j);
            }
            least = problem.labels[row] ? fmin(least, error) : least;
            greatest = problem.labels[row] ? greatest : fmax(greatest, error);
        }
        assert_true(greatest < least);
        for (size_t j = 0; j < 3; j++) {
            assert_true(fabs(weights[j] - expected[j]) <= 1e-8);
        }
        assert_true(fabs(plane.bias - 0.5 * (greatest + least)) <= 1e-6);
    }
}

/* The loops. */

static perebor_matrix draw_rows(size_t n_columns, uint64_t *state) {
    perebor_matrix rows = learning_matrix(&workspace, n_rows, n_columns);
    assert_int_equal(rows.stride, stride);
    for (size_t i = 0; i < n_rows * n_columns; i++) {
        perebor_matrix_column(&rows, i / n_rows)[i % n_rows] = draw_normal(state);
    }
    return rows;
}

static void normal_equations_are_weighted_products_of_columns(void **state) {
    (void)state;
    const svc_interior *vector = PEREBOR_KERNEL_PICK(svc_interior);
    uint64_t random = 8;
    double *scratch = perebor_workspace_take(&workspace, SVC_INTERIOR_SCRATCH, sizeof *scratch);
    for (size_t p = 0; p <= most_columns; p++) {
        perebor_matrix rows = draw_rows(p, &random);
        double normal[(most_columns + 1) * (most_columns + 1)];
        _Alignas(64) double scaling[stride] = {0};
        for (size_t row = 0; row < n_rows; row++) {
            scaling[row] = draw_uniform(&random);
        }
        vector->normal(&rows, scaling, scratch, normal);
        for (size_t a = 0; a <= p; a++) {
            for (size_t b = a; b <= p; b++) {
                double sum = 0.0;
                for (size_t row = 0; row < n_rows; row++) {
                    sum += scaling[row] * element(&rows, row, a) * element(&rows, row, b);
                }
                assert_true(fabs(normal[a * (p + 1) + b] - sum) <= 1e-11);
            }
        }
    }
}

static void a_factor_multiplies_to_what_it_factors(void **state) {
    (void)state;
    const svc_interior *vector = PEREBOR_KERNEL_PICK(svc_interior);
    uint64_t random = 9;
    for (size_t n = 1; n <= most_columns; n++) {
        double root[most_columns][most_columns], product[most_columns * most_columns] = {0};
        double factor[most_columns * most_columns];
        for (size_t i = 0; i < n * n; i++) {
            root[i / n][i % n] = draw_normal(&random);
        }
        for (size_t i = 0; i < n * n * n; i++) {
            product[i / n] += root[i / n / n][i % n] * root[i / n % n][i % n];
        }
        memcpy(factor, product, sizeof factor);
        vector->factorise(factor, n);
        for (size_t i = 0; i < n; i++) {
            assert_true(factor[i * n + i] > 0.0);
            for (size_t j = i; j < n; j++) {
                double sum = 0.0;
                for (size_t k = 0; k <= i; k++) {
                    sum += factor[k * n + i] * factor[k * n + j];
                }
                assert_true(fabs(sum - product[i * n + j]) <= 1e-10);
            }
        }
    }
}

/** The third column is the sum of the first two: its step is to be nothing. */
static void a_dependent_column_has_no_step(void **state) {
    (void)state;
    double normal[9] = {4.0, 1.0, 5.0, 0.0, 3.0, 4.0, 0.0, 0.0, 9.0};
    PEREBOR_KERNEL_PICK(svc_interior)->factorise(normal, 3);
    assert_true(normal[0] == 2.0 && normal[1] == 0.5 && normal[2] == 2.5);
    assert_true(normal[8] == 1e150);
}

static void projections_and_combinations_are_plain_sums(void **state) {
    (void)state;
    const svc_interior *vector = PEREBOR_KERNEL_PICK(svc_interior);
    uint64_t random = 10;
    for (size_t p = 0; p <= most_columns; p++) {
        perebor_matrix rows = draw_rows(p, &random);
        _Alignas(64) double values[stride] = {0}, decisions[stride];
        double weights[most_columns + 1], sums[most_columns + 1];
        for (size_t row = 0; row < n_rows; row++) {
            values[row] = draw_normal(&random);
        }
        for (size_t j = 0; j <= p; j++) {
            weights[j] = draw_normal(&random);
        }
        vector->project(&rows, values, sums);
        vector->combine(&rows, weights, decisions);
        for (size_t j = 0; j <= p; j++) {
            double sum = 0.0;
            for (size_t row = 0; row < n_rows; row++) {
                sum += values[row] * element(&rows, row, j);
            }
            assert_true(fabs(sums[j] - sum) <= 1e-11);
        }
        for (size_t row = 0; row < n_rows; row++) {
            double sum = weights[p];
            for (size_t j = 0; j < p; j++) {
                sum += weights[j] * element(&rows, row, j);
            }
            assert_true(fabs(decisions[row] - sum) <= 1e-11);
        }
    }
}

/** An iterate of one register of rows, its last one a pad. */
static void draw_iterate(svc_iterate *at, double arrays[13][8], uint64_t *state) {
    double **const members[13] = {&at->sign,     &at->weight,    &at->room,        &at->slack,
                                  &at->loss,     &at->decision,  &at->scaling,     &at->target,
                                  &at->turned,   &at->direction, &at->weight_step, &at->slack_step,
                                  &at->loss_step};
    at->n = 8;
    for (size_t i = 0; i < 13; i++) {
        *members[i] = arrays[i];
        for (size_t row = 0; row < 8; row++) {
            arrays[i][row] = 0.1 + draw_uniform(state);
        }
    }
    for (size_t row = 0; row < 8; row++) {
        at->sign[row] = row == 7 ? 0.0 : row % 3 == 0 ? -1.0 : 1.0;
        at->direction[row] = row == 7 ? 0.0 : draw_normal(state);
        at->decision[row] = row == 7 ? 0.0 : draw_normal(state);
    }
}

/** The equations (1) and (2) of svc_interior.c hold of the predictor's step, with mu = 0. */
static void the_predictor_solves_newtons_equations(void **state) {
    (void)state;
    const svc_interior *vector = PEREBOR_KERNEL_PICK(svc_interior);
    uint64_t random = 11;
    for (int round = 0; round < 50; round++) {
        _Alignas(64) double arrays[13][8];
        svc_iterate at;
        double after = 0.0, products = 0.0, expected = 0.0;
        draw_iterate(&at, arrays, &random);
        double before = vector->predict(&at);
        double step = vector->affine(&at, &after);
        assert_true(step > 0.0 && step <= 1.0);
        for (size_t i = 0; i < 7; i++) {
            double a = at.weight[i], r = at.room[i], z = at.slack[i], v = at.loss[i];
            double da = at.weight_step[i], dz = at.slack_step[i], dv = at.loss_step[i];
            assert_true(fabs(z * da + a * dz + a * z) <= 1e-12);
            assert_true(fabs(r * dv - v * da + r * v) <= 1e-12);
            double right = 1.0 - at.sign[i] * at.decision[i] - v + z;
            assert_true(fabs(at.sign[i] * at.direction[i] + dv - dz - right) <= 1e-10);
            products += a * z + r * v;
            expected += (a + step * da) * (z + step * dz) + (r - step * da) * (v + step * dv);
            assert_true(a + step * da >= -1e-15 && r - step * da >= -1e-15);
            assert_true(z + step * dz >= -1e-15 && v + step * dv >= -1e-15);
        }
        assert_true(fabs(before - products) <= 1e-12);
        assert_true(fabs(after - expected) <= 1e-12);
    }
}

/** With the second-order terms of the predictor in place, products become the centre. */
static void the_corrector_aims_at_the_centre(void **state) {
    (void)state;
    const svc_interior *vector = PEREBOR_KERNEL_PICK(svc_interior);
    uint64_t random = 12;
    for (int round = 0; round < 50; round++) {
        _Alignas(64) double arrays[13][8];
        double first[3][8], after;
        double centre = 0.01 + 0.1 * draw_uniform(&random);
        svc_iterate at;
        draw_iterate(&at, arrays, &random);
        (void)vector->predict(&at);
        (void)vector->affine(&at, &after);
        memcpy(first[0], at.weight_step, sizeof first[0]);
        memcpy(first[1], at.slack_step, sizeof first[1]);
        memcpy(first[2], at.loss_step, sizeof first[2]);
        vector->correct(&at, centre);
        double longest = vector->finish(&at);
        double old[8];
        memcpy(old, at.weight, sizeof old);
        for (size_t i = 0; i < 7; i++) {
            double a = at.weight[i], r = at.room[i], z = at.slack[i], v = at.loss[i];
            double da = at.weight_step[i], dz = at.slack_step[i], dv = at.loss_step[i];
            double slack_part = a * z + z * da + a * dz + first[0][i] * first[1][i];
            double loss_part = r * v - v * da + r * dv - first[0][i] * first[2][i];
            assert_true(fabs(slack_part - centre) <= 1e-11);
            assert_true(fabs(loss_part - centre) <= 1e-11);
            double right = 1.0 - at.sign[i] * at.decision[i] - v + z;
            assert_true(fabs(at.sign[i] * at.direction[i] + dv - dz - right) <= 1e-10);
        }
        vector->advance(&at, 0.9 * longest);
        for (size_t i = 0; i < 7; i++) {
            assert_true(at.weight[i] > 0.0 && at.room[i] > 0.0);
            assert_true(at.slack[i] > 0.0 && at.loss[i] > 0.0);
            assert_true(at.weight[i] == old[i] + 0.9 * longest * at.weight_step[i]);
        }
    }
}

/** A plane over more columns than rows is solved for by points: it is the interior point method's.
 */
static void many_columns_have_the_plane_of_points(void **state) {
    (void)state;
    enum { n = 90, n_columns = 300, n_test = 40 };
    const perebor_learner *svc = learning_find("svc");
    static const double costs[] = {3e-4, 0.01, 10.0};
    for (size_t k = 0; k < sizeof costs / sizeof *costs; k++) {
        learning problem;
        perebor_value settings[PEREBOR_MAX_SETTINGS];
        perebor_error error = {0};
        perebor_fit_report report = {.converged = true};
        double weights[n_columns], scores[n_test];
        svc_hyperplane plane = {.weights = weights};
        const double bounds[2] = {costs[k], costs[k]};
        learning_draw(&problem, &workspace, 17 + k, n, n_columns, n_test, 0);
        learning_defaults(svc, settings);
        learning_set(svc, settings, "kernel", learning_text("linear"));
        learning_set(svc, settings, "C", learning_real(costs[k]));
        const perebor_model *model = learning_fit(svc, &problem, settings, &report);
        assert_true(report.converged);
        learning_score(svc, model, &problem.test, &workspace, scores);
        assert_int_equal(
            svc_linear_solve(&problem.training, bounds, 1000, &workspace, &plane, &error),
            PEREBOR_OK);
        assert_int_not_equal(report.iterations, plane.iterations); // another method
        for (size_t row = 0; row < n_test; row++) {
            double decision = plane.bias;
            for (size_t column = 0; column < n_columns; column++) {
                decision += weights[column] * element(&problem.test, row, column);
            }
            assert_true(fabs(scores[row] - decision) < 1e-4);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_plane_has_a_lower_objective),
        cmocka_unit_test(many_columns_have_the_plane_of_points),
        cmocka_unit_test(a_column_in_other_units_has_the_weight_in_those),
        cmocka_unit_test(a_cap_on_iterations_is_kept),
        cmocka_unit_test(columns_that_are_too_large_to_square_are_refused),
        cmocka_unit_test(swapped_labels_turn_the_plane_around),
        cmocka_unit_test(without_a_free_point_the_bias_is_the_middle),
        cmocka_unit_test(normal_equations_are_weighted_products_of_columns),
        cmocka_unit_test(a_factor_multiplies_to_what_it_factors),
        cmocka_unit_test(a_dependent_column_has_no_step),
        cmocka_unit_test(projections_and_combinations_are_plain_sums),
        cmocka_unit_test(the_predictor_solves_newtons_equations),
        cmocka_unit_test(the_corrector_aims_at_the_centre),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
