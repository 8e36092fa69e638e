// SPDX-License-Identifier: MIT
/* The training part as logistic regression's solver wants it, and what each of its steps starts
 * from and ends with. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "draw.h"
#include "learning.h"
#include "model/logreg/logreg_solver.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { n_rows = 83 };

/** Columns that are kept and two that cannot be: one constant, one of values next to nothing. */
static void draw_problem(learning *data, uint64_t seed) {
    uint64_t state = seed;
    learning_draw(data, &workspace, seed, n_rows, 5, 1, 0);
    for (size_t row = 0; row < n_rows; row++) {
        perebor_matrix_column(&data->training.rows, 1)[row] = -7.5;
        perebor_matrix_column(&data->training.rows, 3)[row] = 1e-160 * draw_normal(&state);
        perebor_matrix_column(&data->training.rows, 4)[row] += 1e5;
    }
}

static const logreg_problem *make_problem(const learning *data, bool balanced, bool free) {
    logreg_problem *problem = NULL;
    perebor_error error = {0};
    if (logreg_problem_create(&problem, &data->training, balanced, free, true, &workspace,
                              &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return problem;
}

static size_t count_positive(const learning *data) {
    size_t n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        n += data->labels[row];
    }
    return n;
}

static void columns_that_say_nothing_are_left_out(void **state) {
    (void)state;
    learning data;
    draw_problem(&data, 1);
    const logreg_problem *free = make_problem(&data, false, true);
    const logreg_problem *penalized = make_problem(&data, false, false);
    const size_t kept_free[] = {0, 2, 4}, kept_penalized[] = {0, 1, 2, 4};
    assert_int_equal(free->n_columns, 4); // the intercept's first
    assert_memory_equal(free->features + 1, kept_free, sizeof kept_free);
    assert_int_equal(penalized->n_columns, 5); // a constant column bears part of the intercept
    assert_memory_equal(penalized->features + 1, kept_penalized, sizeof kept_penalized);
    assert_int_equal(free->n_features, 5);
    assert_int_equal(free->ld % 8, 0);
}

static void columns_are_centred_scaled_and_signed(void **state) {
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        learning data;
        bool free = kind % 2 == 0;
        draw_problem(&data, 2);
        const logreg_problem *problem = make_problem(&data, kind / 2 == 1, free);
        for (size_t column = 1; column < problem->n_columns; column++) {
            const double *raw =
                perebor_matrix_column(&data.training.rows, problem->features[column]);
            const double *made = problem->columns + column * problem->stride;
            double sum = 0.0, squares = 0.0, largest = 0.0;
            for (size_t row = 0; row < n_rows; row++) {
                double sign = data.labels[row] ? 1.0 : -1.0;
                double value =
                    (raw[row] - problem->centres[column]) / problem->scales[column] * sign;
                largest = fmax(largest, fabs(made[row] - value));
                sum += made[row] * sign;
                squares += made[row] * made[row];
            }
            assert_true(largest < 1e-9);
            assert_true(fabs(squares / n_rows - 1.0) < 1e-9);
            assert_true(!free || fabs(sum) < 1e-9);
            assert_true(free || problem->centres[column] == 0.0);
            for (size_t row = n_rows; row < problem->stride; row++) {
                assert_true(made[row] == 0.0);
            }
        }
    }
}

/** The best intercept for weights of 0, its loss, and the derivatives there. */
static void the_start_is_the_best_without_columns(void **state) {
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        learning data;
        bool balanced = kind / 2 == 1, free = kind % 2 == 0;
        draw_problem(&data, 3);
        const logreg_problem *problem = make_problem(&data, balanced, free);
        double n1 = (double)count_positive(&data), n0 = n_rows - n1;
        double w1 = balanced ? n_rows / (2.0 * n1) : 1.0, w0 = balanced ? n_rows / (2.0 * n0) : 1.0;
        double start = free && !balanced ? log(n1 / n0) : 0.0;
        double p = 1.0 / (1.0 + exp(-start));
        assert_true(fabs(problem->start_intercept - start) < 1e-14);
        assert_true(fabs(problem->weights.positive - w1) < 1e-14);
        assert_true(fabs(problem->weights.negative - w0) < 1e-14);
        assert_true(fabs(problem->start_loss + w1 * n1 * log(p) + w0 * n0 * log(1.0 - p)) < 1e-9);
        assert_true(!free || fabs(problem->start_gradient[0]) < 1e-9);
        for (size_t a = 0; a < problem->n_columns; a++) {
            const double *left = problem->columns + a * problem->stride;
            double gradient = 0.0;
            for (size_t row = 0; row < n_rows; row++) {
                gradient -= left[row] * (data.labels[row] ? w1 * (1.0 - p) : w0 * p);
            }
            assert_true(fabs(problem->start_gradient[a] - gradient) < 1e-9);
            for (size_t b = 0; b < problem->n_columns; b++) {
                const double *right = problem->columns + b * problem->stride;
                double sum = 0.0;
                for (size_t row = 0; row < n_rows; row++) {
                    sum += (data.labels[row] ? w1 : w0) * p * (1.0 - p) * left[row] * right[row];
                }
                assert_true(fabs(problem->start_gram[a * problem->ld + b] - sum) < 1e-9);
            }
        }
    }
}

/** As snprintf() writes it: 120 bytes, two a letter. */
static size_t write_long_name(const void *names, size_t column, char *name, size_t size) {
    (void)names;
    (void)column;
    size_t length = 0;
    for (; length < 120; length++) {
        if (length + 1 < size) {
            name[length] = "\xD1\x8F"[length % 2];
            name[length + 1] = '\0';
        }
    }
    return length;
}

static void a_name_is_not_cut_within_a_letter(void **state) {
    (void)state;
    const perebor_training training = {.name_column = write_long_name};
    char text[PEREBOR_COLUMN_IN_MESSAGE];
    (void)perebor_training_column(&training, 0, text);
    assert_true(perebor_text_is_valid(text, strlen(text)));
    assert_int_equal(perebor_text_n_characters(text), strlen("column ") + 42 + 1);
}

static void whatever_cannot_be_fitted_is_said(void **state) {
    (void)state;
    learning data;
    logreg_problem *problem = NULL;
    perebor_error error = {0};
    draw_problem(&data, 4);
    perebor_matrix_column(&data.training.rows, 2)[9] = -1e200;
    assert_int_equal(
        logreg_problem_create(&problem, &data.training, false, true, false, &workspace, &error),
        PEREBOR_ERR_NUMERIC);
    assert_string_equal(error.message, "the values of column 2 are too large for logistic "
                                       "regression (beyond 1e150): scale the column");
    data.training.name_column = learning_name_column;
    assert_int_equal(
        logreg_problem_create(&problem, &data.training, false, true, false, &workspace, &error),
        PEREBOR_ERR_NUMERIC);
    assert_string_equal(error.message, "the values of column \"fee 2\" are too large for logistic "
                                       "regression (beyond 1e150): scale the column");
    for (int label = 0; label < 2; label++) {
        memset(data.labels, label, n_rows);
        assert_int_equal(
            logreg_problem_create(&problem, &data.training, false, true, false, &workspace, &error),
            PEREBOR_ERR_ARGUMENT);
        assert_string_equal(error.message,
                            "the 83 training rows are all of one class: there is nothing to fit");
    }
    assert_null(problem);
}

/** Solves with a penalty. */
static logreg_solution solve(logreg_solver *solver, double l1, double l2, double *coefficients) {
    logreg_solution solution = {.coefficients = coefficients};
    perebor_error error = {0};
    if (logreg_solver_run(solver, (logreg_penalty){l1, l2}, &solution, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    assert_true(solution.converged);
    return solution;
}

static logreg_solver *make_solver(const logreg_problem *problem) {
    logreg_solver *solver = NULL;
    assert_int_equal(logreg_solver_create(&solver, problem, &workspace, NULL), PEREBOR_OK);
    return solver;
}

/** What was solved before does not matter to one bit. */
static void one_solver_solves_many_penalties_as_many_solvers(void **state) {
    (void)state;
    static const double penalties[][2] = {{0.0, 1.0}, {2.0, 0.0}, {1e-6, 1e-6}, {30.0, 0.0},
                                          {0.5, 3.0}, {0.0, 0.0}, {0.0, 1.0}};
    learning data;
    draw_problem(&data, 5);
    const logreg_problem *problem = make_problem(&data, false, true);
    logreg_solver *kept = make_solver(problem);
    for (size_t i = 0; i < sizeof penalties / sizeof *penalties; i++) {
        double ours[5], theirs[5];
        logreg_solution a = solve(kept, penalties[i][0], penalties[i][1], ours);
        logreg_solution b = solve(make_solver(problem), penalties[i][0], penalties[i][1], theirs);
        assert_memory_equal(ours, theirs, sizeof ours);
        assert_true(a.intercept == b.intercept && a.iterations == b.iterations);
    }
}

/** From the greatest gradient at the start on, l1 leaves the intercept alone; below it, not. */
static void l1_leaves_nothing_from_the_greatest_gradient_on(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        learning data;
        double coefficients[5], greatest = 0.0;
        draw_problem(&data, seed);
        const logreg_problem *problem = make_problem(&data, seed % 2 == 1, true);
        for (size_t column = 1; column < problem->n_columns;
             column++) { // in the raw column's units
            greatest =
                fmax(greatest, fabs(problem->start_gradient[column]) * problem->scales[column]);
        }
        logreg_solution none = solve(make_solver(problem), 1.0001 * greatest, 0.0, coefficients);
        assert_true(fabs(none.intercept - problem->start_intercept) < 1e-9);
        for (size_t feature = 0; feature < 5; feature++) {
            assert_true(coefficients[feature] == 0.0);
        }
        (void)solve(make_solver(problem), 0.999 * greatest, 0.0, coefficients);
        size_t n_used = 0;
        for (size_t feature = 0; feature < 5; feature++) {
            n_used += coefficients[feature] != 0.0;
        }
        assert_true(n_used > 0);
        assert_true(coefficients[1] == 0.0 && coefficients[3] == 0.0); // the ones left out
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_that_say_nothing_are_left_out),
        cmocka_unit_test(columns_are_centred_scaled_and_signed),
        cmocka_unit_test(the_start_is_the_best_without_columns),
        cmocka_unit_test(a_name_is_not_cut_within_a_letter),
        cmocka_unit_test(whatever_cannot_be_fitted_is_said),
        cmocka_unit_test(one_solver_solves_many_penalties_as_many_solvers),
        cmocka_unit_test(l1_leaves_nothing_from_the_greatest_gradient_on),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
