// SPDX-License-Identifier: MIT
/* Logistic regression of more columns than matrices of all pairs would serve. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "learning.h"
#include "model/logreg/logreg.h"
#include "model/logreg/logreg_solver.h"
#include "model/logreg/logreg_wide.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { n_rows = 403, n_numeric = 7, n_levels = 290, n_columns = n_numeric + n_levels };

/** A table, its labels and rows to score. */
typedef struct table {
    perebor_training training;
    uint8_t labels[n_rows];
} table;

/** Numbers, and a nominal column one-hot; labels lean on both and cannot be told apart. */
static void draw_levels(table *table, uint64_t seed) {
    uint64_t state = seed;
    table->training = (perebor_training){.rows = learning_matrix(&workspace, n_rows, n_columns),
                                         .labels = table->labels};
    const perebor_matrix *rows = &table->training.rows;
    for (size_t row = 0; row < n_rows; row++) {
        double odds = 0.4;
        for (size_t column = 0; column < n_numeric; column++) {
            double value = draw_normal(&state);
            perebor_matrix_column(rows, column)[row] = value;
            odds += (column % 2 ? -0.5 : 0.7) * value;
        }
        size_t level = draw_bits(&state) % n_levels;
        perebor_matrix_column(rows, n_numeric + level)[row] = 1.0;
        odds += level % 3 == 0 ? 0.8 : -0.3;
        table->labels[row] = odds + 2.0 * draw_normal(&state) > 0.0;
    }
    table->labels[0] = 1;
    table->labels[1] = 0;
}

/** Numbers alone. */
static void draw_numbers(table *table, uint64_t seed) {
    uint64_t state = seed;
    draw_levels(table, seed);
    for (size_t column = n_numeric; column < n_columns; column++) {
        for (size_t row = 0; row < n_rows; row++) {
            perebor_matrix_column(&table->training.rows, column)[row] =
                3.0 + (column % 5 == 0 ? 100.0 : 1.0) * draw_normal(&state);
        }
    }
}

static const perebor_learner *logreg(void) {
    return learning_find("logreg");
}

static perebor_model *fit(const table *table, const char *settings, perebor_fit_report *report) {
    perebor_value values[PEREBOR_MAX_SETTINGS];
    perebor_model *model = NULL;
    perebor_error error = {0};
    learning_defaults(logreg(), values);
    learning_set_all(logreg(), values, settings);
    if (logreg()->fit(&model, &table->training, values, &workspace, report, &error) != PEREBOR_OK) {
        fail_msg("%s: %s", settings, error.message);
    }
    return model;
}

/** Minus the derivative of the loss by the log-odds of each row. */
static void pull_of(const table *table, const double *coefficients, double intercept,
                    double *pull) {
    for (size_t row = 0; row < n_rows; row++) {
        double odds = intercept;
        for (size_t column = 0; column < n_columns; column++) {
            odds +=
                coefficients[column] * perebor_matrix_column(&table->training.rows, column)[row];
        }
        double sign = table->labels[row] ? 1.0 : -1.0;
        pull[row] = sign / (1.0 + exp(sign * odds));
    }
}

/** The largest violation of the conditions of the optimum, relative to the size of its terms. */
static double violation(const table *table, const perebor_model *model, double l1, double l2) {
    double pull[n_rows];
    double intercept;
    const double *coefficients = perebor_logreg_coefficients(model, NULL, &intercept);
    pull_of(table, coefficients, intercept, pull);
    double largest = 0.0;
    for (size_t column = 0; column <= n_columns; column++) {
        bool free = column == n_columns;
        double weight = free ? intercept : coefficients[column];
        double gradient = free ? 0.0 : l2 * weight;
        double size = fabs(gradient) + (free ? 0.0 : l1);
        for (size_t row = 0; row < n_rows; row++) {
            double value = free ? 1.0 : perebor_matrix_column(&table->training.rows, column)[row];
            gradient -= pull[row] * value;
            size += fabs(pull[row] * value);
        }
        double excess = free || l1 == 0.0 ? fabs(gradient)
                        : weight != 0.0   ? fabs(gradient + copysign(l1, weight))
                                          : fmax(0.0, fabs(gradient) - l1);
        largest = size > 0.0 ? fmax(largest, excess / size) : largest;
    }
    return largest;
}

static void reaches_the_optimum_of_levels_and_of_numbers(void **state) {
    (void)state;
    static const struct {
        const char *settings;
        double l1, l2;
    } cases[] = {
        {"penalty=l2 C=1", 0.0, 1.0},           {"penalty=l2 C=0.001", 0.0, 1000.0},
        {"penalty=l2 C=300", 0.0, 1.0 / 300},   {"penalty=l1 C=1", 1.0, 0.0},
        {"penalty=l1 C=0.05", 20.0, 0.0},       {"penalty=l1 C=40", 0.025, 0.0},
        {"penalty=elasticnet C=0.5", 1.0, 1.0},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        for (int numbers = 0; numbers < 2; numbers++) {
            table table;
            perebor_fit_report report;
            (numbers ? draw_numbers : draw_levels)(&table, 5 + k);
            const perebor_model *model = fit(&table, cases[k].settings, &report);
            double found = violation(&table, model, cases[k].l1, cases[k].l2);
            if (!report.converged || !(found <= 1e-9)) {
                fail_msg("%s, numbers %d: converged %d in %u, violation %g", cases[k].settings,
                         numbers, report.converged, (unsigned)report.iterations, found);
            }
        }
    }
}

/** Columns of which whole numbers keep nothing, since one row is far from all others: that shows in
 * the gradient after a step, and single precision goes on. */
static void columns_that_whole_numbers_lose_are_found_out(void **state) {
    (void)state;
    table table;
    perebor_fit_report report;
    draw_numbers(&table, 17);
    for (size_t column = 0; column < n_columns; column++) {
        perebor_matrix_column(&table.training.rows, column)[column] = 3e4;
    }
    const perebor_model *model = fit(&table, "penalty=l2 C=0.01", &report);
    const double found = violation(&table, model, 0.0, 100.0);
    if (!report.converged || report.iterations > 30 || !(found <= 1e-9)) {
        fail_msg("converged %d in %u, violation %g", report.converged, (unsigned)report.iterations,
                 found);
    }
}

static void agrees_with_the_solver_that_forms_matrices(void **state) {
    (void)state;
    static const logreg_penalty penalties[] = {{0.0, 2.0}, {3.0, 0.0}, {1.5, 0.5}};
    table table;
    draw_numbers(&table, 11);
    for (size_t k = 0; k < 3; k++) {
        logreg_problem *problem = NULL;
        logreg_solver *dense = NULL;
        logreg_wide *wide = NULL;
        perebor_error error;
        bool gave_up;
        double weights[2][n_columns];
        logreg_solution solutions[2] = {{.coefficients = weights[0]}, {.coefficients = weights[1]}};
        assert_int_equal(
            logreg_problem_create(&problem, &table.training, false, true, true, &workspace, &error),
            PEREBOR_OK);
        assert_int_equal(problem->n_dense, problem->n_columns);
        assert_true(logreg_wide_serves(problem, penalties[k]));
        assert_int_equal(logreg_solver_create(&dense, problem, &workspace, &error), PEREBOR_OK);
        assert_int_equal(logreg_wide_create(&wide, problem, &workspace, &error), PEREBOR_OK);
        assert_int_equal(logreg_solver_run(dense, penalties[k], &solutions[0], &error), PEREBOR_OK);
        assert_int_equal(logreg_wide_run(wide, penalties[k], &solutions[1], &gave_up, &error),
                         PEREBOR_OK);
        assert_false(gave_up);
        assert_true(solutions[0].converged && solutions[1].converged);
        for (size_t column = 0; column < n_columns; column++) {
            if (!(fabs(weights[0][column] - weights[1][column]) <= 1e-8)) {
                fail_msg("penalty %zu, column %zu: %.15g and %.15g", k, column, weights[0][column],
                         weights[1][column]);
            }
        }
        assert_true(fabs(solutions[0].intercept - solutions[1].intercept) <= 1e-7);
    }
}

/** Columns that nearly depend on each other, hardly penalised: many conjugate gradients. */
/** The largest difference of a margin between the solvers' weights. */
static double margins_apart(const logreg_problem *problem, double (*weights)[n_columns]) {
    double largest = 0.0;
    for (size_t row = 0; row < n_rows; row++) {
        double apart = 0.0;
        for (size_t column = 0; column < n_columns; column++) {
            apart += (weights[0][column] - weights[1][column]) *
                     problem->columns[column * problem->stride + row];
        }
        largest = fmax(largest, fabs(apart));
    }
    return largest;
}

/**
 * Columns that are one factor but for a ten-thousandth: 16 bits tell them apart by a few of their
 * units, so that steps found by these do not do what they say. Gradients are small all the same;
 * margins show it. With hardly a penalty the solver may give up, but not be wrong.
 */
static void columns_that_are_nearly_one_are_told_apart(void **state) {
    (void)state;
    static const struct {
        logreg_penalty penalty;
        bool may_give_up;
    } cases[] = {{{0.0, 1e-3}, false}, {{0.0, 1e-6}, true}};
    uint64_t random = 3;
    table table;
    draw_numbers(&table, 23);
    for (size_t row = 0; row < n_rows; row++) {
        const double factor = draw_normal(&random);
        for (size_t column = 0; column < n_columns; column++) {
            perebor_matrix_column(&table.training.rows, column)[row] =
                factor + 1e-4 * draw_normal(&random);
        }
    }
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        logreg_problem *problem = NULL;
        const logreg_problem *written = NULL;
        logreg_solver *dense = NULL;
        logreg_wide *wide = NULL;
        perebor_error error;
        bool gave_up;
        double weights[2][n_columns];
        logreg_solution solutions[2] = {{.coefficients = weights[0]}, {.coefficients = weights[1]}};
        assert_int_equal(
            logreg_problem_create(&problem, &table.training, false, true, true, &workspace, &error),
            PEREBOR_OK);
        assert_int_equal(logreg_problem_write_out(&written, problem, &workspace, &error),
                         PEREBOR_OK);
        assert_int_equal(logreg_solver_create(&dense, problem, &workspace, &error), PEREBOR_OK);
        assert_int_equal(logreg_wide_create(&wide, problem, &workspace, &error), PEREBOR_OK);
        assert_int_equal(logreg_solver_run(dense, cases[k].penalty, &solutions[0], &error),
                         PEREBOR_OK);
        assert_int_equal(logreg_wide_run(wide, cases[k].penalty, &solutions[1], &gave_up, &error),
                         PEREBOR_OK);
        assert_true(solutions[0].converged);
        if (gave_up) {
            assert_true(cases[k].may_give_up);
            continue;
        }
        const double apart = margins_apart(written, weights);
        if (!solutions[1].converged || !(apart <= 5e-9)) {
            fail_msg("case %zu: margins are %g apart", k, apart);
        }
    }
}

static void leaves_dependent_columns_to_the_solver_that_forms_matrices(void **state) {
    (void)state;
    table table;
    uint64_t random = 3;
    draw_numbers(&table, 12);
    for (size_t column = 1; column < n_columns; column++) {
        const double *first = perebor_matrix_column(&table.training.rows, column - 1);
        double *values = perebor_matrix_column(&table.training.rows, column);
        for (size_t row = 0; row < n_rows; row++) {
            values[row] = first[row] + 0.01 * draw_normal(&random);
        }
    }
    logreg_problem *problem = NULL;
    logreg_wide *wide = NULL;
    perebor_error error;
    perebor_fit_report report;
    double weights[n_columns];
    logreg_solution solution = {.coefficients = weights};
    bool gave_up;
    assert_int_equal(
        logreg_problem_create(&problem, &table.training, false, true, false, &workspace, &error),
        PEREBOR_OK);
    assert_int_equal(logreg_wide_create(&wide, problem, &workspace, &error), PEREBOR_OK);
    assert_int_equal(
        logreg_wide_run(wide, (logreg_penalty){0.0, 1e-4}, &solution, &gave_up, &error),
        PEREBOR_OK);
    assert_true(gave_up);
    const perebor_model *model = fit(&table, "penalty=l2 C=10000", &report);
    assert_true(report.converged);
    assert_true(violation(&table, model, 0.0, 1e-4) <= 1e-9);
}

static void keeps_the_values_of_sparse_columns_alone(void **state) {
    (void)state;
    logreg_sparse_column found[4] = {{0}};
    size_t n_sparse;
    perebor_error error;
    perebor_matrix rows = learning_matrix(&workspace, 43, 4); // an eighth of 43 is 5
    for (size_t row = 0; row < 43; row++) {
        perebor_matrix_column(&rows, 0)[row] = row % 9 == 6 ? -2.5 : -0.0;
        perebor_matrix_column(&rows, 1)[row] = row % 8 == 2 ? 1.0 : 0.0; // six
    }
    perebor_matrix_column(&rows, 3)[42] = 7.0;
    assert_int_equal(logreg_sparse_find(found, &n_sparse, &rows, &workspace, &error), PEREBOR_OK);
    assert_int_equal(n_sparse, 3);
    assert_int_equal(found[0].n_values, 5);
    for (size_t k = 0; k < 5; k++) {
        assert_int_equal(found[0].rows[k], 6 + 9 * k);
        assert_true(found[0].values[k] == -2.5);
    }
    assert_null(found[1].values);
    assert_non_null(found[2].values);
    assert_int_equal(found[2].n_values, 0);
    assert_int_equal(found[3].n_values, 1);
    assert_int_equal(found[3].rows[0], 42);
}

static void levels_become_sparse_columns_of_the_problem(void **state) {
    (void)state;
    table table;
    logreg_problem *problem = NULL;
    perebor_error error;
    draw_levels(&table, 2);
    memset(perebor_matrix_column(&table.training.rows, n_numeric + 4), 0, n_rows * sizeof(double));
    assert_int_equal(
        logreg_problem_create(&problem, &table.training, false, true, true, &workspace, &error),
        PEREBOR_OK);
    assert_int_equal(problem->n_dense, 1 + n_numeric);
    assert_true(problem->n_columns > problem->n_dense + 200);
    for (size_t column = problem->n_dense; column < problem->n_columns; column++) {
        const logreg_sparse_column *sparse = &problem->sparse[column - problem->n_dense];
        assert_int_not_equal(problem->features[column], n_numeric + 4);
        const double *values =
            perebor_matrix_column(&table.training.rows, problem->features[column]);
        for (size_t k = 0; k < sparse->n_values; k++) {
            double sign = table.labels[sparse->rows[k]] ? 1.0 : -1.0;
            double value = values[sparse->rows[k]] * sign / problem->scales[column];
            assert_true(fabs(sparse->values[k] - value) <= 1e-12 * fabs(value));
        }
    }
}

static void scores_of_swapped_labels_are_exactly_minus_the_scores(void **state) {
    (void)state;
    static const char *const settings[] = {"penalty=l2 C=2", "penalty=l1 C=2"};
    for (size_t k = 0; k < 2; k++) {
        table table;
        double scores[2][n_rows];
        draw_levels(&table, 31 + k);
        for (int swapped = 0; swapped < 2; swapped++) {
            perebor_fit_report report;
            const perebor_model *model = fit(&table, settings[k], &report);
            learning_score(logreg(), model, &table.training.rows, &workspace, scores[swapped]);
            for (size_t row = 0; row < n_rows; row++) {
                table.labels[row] = !table.labels[row];
            }
        }
        for (size_t row = 0; row < n_rows; row++) {
            assert_true(scores[0][row] == -scores[1][row]);
        }
    }
}

enum { n_members = 4 };

static void keep(void *context, size_t member, perebor_status status, const char *message,
                 const double *validation_scores, const double *training_scores,
                 const perebor_fit_report *report) {
    (void)training_scores;
    (void)report;
    if (status != PEREBOR_OK) {
        fail_msg("%s", message);
    }
    double(*scores)[n_rows] = context;
    memcpy(scores[member], validation_scores, sizeof *scores);
}

static void a_family_has_the_bits_of_its_members_alone(void **state) {
    (void)state;
    static const char *const texts[n_members] = {"penalty=l1 C=1", "penalty=l2 C=1",
                                                 "penalty=elasticnet C=3", "penalty=l2 C=0.01"};
    for (int numbers = 0; numbers < 2; numbers++) {
        table table;
        perebor_error error;
        perebor_value values[n_members][PEREBOR_MAX_SETTINGS];
        const perebor_value *settings[n_members];
        double together[n_members][n_rows];
        double alone[n_members][n_rows];
        (numbers ? draw_numbers : draw_levels)(&table, 8);
        for (size_t k = 0; k < n_members; k++) {
            learning_defaults(logreg(), values[k]);
            learning_set_all(logreg(), values[k], texts[k]);
            settings[k] = values[k];
        }
        perebor_family family = {.training = &table.training,
                                 .validation = &table.training.rows,
                                 .settings = settings,
                                 .n_members = n_members,
                                 .workspace = &workspace};
        assert_int_equal(
            perebor_learner_score_family(logreg(), &family, true, keep, together, &error),
            PEREBOR_OK);
        assert_int_equal(
            perebor_learner_score_family(logreg(), &family, false, keep, alone, &error),
            PEREBOR_OK);
        assert_memory_equal(together, alone, sizeof together);
    }
}

/** A level whose rows are all of one class has no finite weight, unless it is penalised. */
static void a_level_of_one_class_without_a_penalty_is_recorded_as_not_converged(void **state) {
    (void)state;
    table table;
    perebor_fit_report report;
    draw_levels(&table, 4);
    (void)fit(&table, "penalty=none", &report);
    assert_false(report.converged);
    (void)fit(&table, "penalty=l2 C=1e12", &report);
    assert_false(report.converged);
    (void)fit(&table, "penalty=l2 C=10", &report);
    assert_true(report.converged);
}

/** FNV-1a over the bits of scores. */
static void the_bits_of_scores_are_the_same_everywhere(void **state) {
    (void)state;
    static const char *const settings[] = {"penalty=l2 C=0.7", "penalty=l1 C=0.7",
                                           "penalty=elasticnet C=5 intercept=penalized"};
    const uint64_t expected = 0x0c89af6bcbcaaae1u;
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t k = 0; k < 6; k++) {
        table table;
        perebor_fit_report report;
        double scores[n_rows];
        (k % 2 ? draw_numbers : draw_levels)(&table, 70 + k);
        const perebor_model *model = fit(&table, settings[k / 2], &report);
        learning_score(logreg(), model, &table.training.rows, &workspace, scores);
        for (size_t row = 0; row < n_rows; row++) {
            uint64_t bits;
            memcpy(&bits, &scores[row], sizeof bits);
            hash = (hash ^ bits) * 0x100000001b3u;
        }
    }
    if (hash != expected) {
        fail_msg("the hash is 0x%016llx", (unsigned long long)hash);
    }
}

/** Squares of a column would leave the range: what is viewed is in another unit. */
static void columns_written_out_are_standardised_whatever_their_size(void **state) {
    (void)state;
    static const double sizes[] = {1.0, 1e120, 1e-120};
    table table;
    logreg_problem *problem = NULL;
    const logreg_problem *written = NULL;
    const logreg_kernels *kernels = PEREBOR_KERNEL_PICK(logreg_kernels);
    perebor_error error;
    draw_numbers(&table, 17);
    const perebor_matrix *rows = &table.training.rows;
    for (size_t column = 0; column < n_columns; column++) {
        for (size_t row = 0; row < n_rows; row++) {
            perebor_matrix_column(rows, column)[row] *= sizes[column % 3];
        }
    }
    assert_int_equal(
        logreg_problem_create(&problem, &table.training, false, true, false, &workspace, &error),
        PEREBOR_OK);
    assert_non_null(problem->views);
    assert_int_equal(logreg_problem_write_out(&written, problem, &workspace, &error), PEREBOR_OK);
    assert_null(written->views);
    double *column = perebor_workspace_take(&workspace, rows->stride, sizeof *column);
    assert_non_null(column);
    assert_memory_equal(written->columns, problem->columns, rows->stride * sizeof *column);
    for (size_t k = 1; k < written->n_dense; k++) {
        const double scale =
            kernels->standardise(column, perebor_matrix_column(rows, written->features[k]),
                                 problem->columns, rows->n_rows, rows->stride, written->centres[k]);
        assert_true(scale == written->scales[k]);
        for (size_t row = 0; row < rows->stride; row++) {
            assert_true(column[row] == written->columns[k * rows->stride + row]);
        }
    }
}

/** Both are defined by sums in the order of the columns, and of rows by lanes. */
static void kernels_of_many_columns_have_the_bits_of_their_definition(void **state) {
    (void)state;
    const logreg_kernels *kernels = PEREBOR_KERNEL_PICK(logreg_kernels);
    uint64_t random = 6;
    enum { rows_here = 1091, columns_here = 70 };
    perebor_matrix values = learning_matrix(&workspace, rows_here, columns_here);
    double factors[columns_here];
    double scores[rows_here];
    for (size_t column = 0; column < columns_here; column++) {
        factors[column] = column % 6 == 0 ? 0.0 : draw_normal(&random);
        for (size_t row = 0; row < rows_here; row++) {
            perebor_matrix_column(&values, column)[row] = draw_normal(&random);
        }
    }
    kernels->score(scores, values.values, rows_here, values.stride, factors, columns_here, 0.25);
    for (size_t row = 0; row < rows_here; row++) {
        double sum = 0.25;
        for (size_t column = 0; column < columns_here; column++) {
            sum += factors[column] * perebor_matrix_column(&values, column)[row];
        }
        assert_true(scores[row] == sum);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reaches_the_optimum_of_levels_and_of_numbers),
        cmocka_unit_test(columns_that_whole_numbers_lose_are_found_out),
        cmocka_unit_test(agrees_with_the_solver_that_forms_matrices),
        cmocka_unit_test(columns_that_are_nearly_one_are_told_apart),
        cmocka_unit_test(leaves_dependent_columns_to_the_solver_that_forms_matrices),
        cmocka_unit_test(keeps_the_values_of_sparse_columns_alone),
        cmocka_unit_test(levels_become_sparse_columns_of_the_problem),
        cmocka_unit_test(scores_of_swapped_labels_are_exactly_minus_the_scores),
        cmocka_unit_test(a_family_has_the_bits_of_its_members_alone),
        cmocka_unit_test(a_level_of_one_class_without_a_penalty_is_recorded_as_not_converged),
        cmocka_unit_test(the_bits_of_scores_are_the_same_everywhere),
        cmocka_unit_test(columns_written_out_are_standardised_whatever_their_size),
        cmocka_unit_test(kernels_of_many_columns_have_the_bits_of_their_definition),
    };
    return cmocka_run_group_tests_name("logistic regression of many columns", tests, NULL,
                                       give_back);
}
