// SPDX-License-Identifier: MIT
/* Gaussian naive Bayes: the log-odds of scikit-learn's GaussianNB (tests/golden/model/make_gnb.py),
 * and what it makes of columns that say nothing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "learning.h"

/** Every test here computes in it. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

static uint32_t dice_state;

/** The dice of the script that wrote the golden values. */
static uint32_t dice(uint32_t n) {
    dice_state = 1664525u * dice_state + 1013904223u;
    return (dice_state >> 16) % n;
}

enum { most_rows = 256 };

/** Rows to learn from, and all rows, these among them. */
typedef struct golden_table {
    perebor_matrix training, all;
    uint8_t labels[most_rows];
} golden_table;

static void draw_table(golden_table *table, uint32_t seed, size_t n_rows, size_t n_columns) {
    static const uint32_t levels[] = {1000, 2, 3, 30000};
    dice_state = seed;
    table->training = learning_matrix(&workspace, n_rows, n_columns);
    table->all = learning_matrix(&workspace, 2 * n_rows, n_columns);
    for (size_t column = 0; column < n_columns; column++) {
        double *values = perebor_matrix_column(&table->all, column);
        for (size_t row = 0; row < 2 * n_rows; row++) {
            values[row] = ((double)dice(levels[column % 4]) - 3.0) / 8.0;
        }
    }
    for (size_t row = 0; row < n_rows; row++) {
        table->labels[row] = (dice(4) == 0) != (perebor_matrix_column(&table->all, 0)[row] > 60.0);
        if (n_columns > 2 && table->labels[row] == 1) {
            perebor_matrix_column(&table->all, 2)[row] = 0.125;
        }
    }
    for (size_t column = 0; column < n_columns; column++) {
        memcpy(perebor_matrix_column(&table->training, column),
               perebor_matrix_column(&table->all, column), n_rows * sizeof(double));
    }
}

static void log_odds_are_scikit_learns(void **state) {
    (void)state;
    const perebor_learner *learner = learning_find("gnb");
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/model/gnb.txt", "r");
    assert_non_null(file);
    unsigned seed, equal;
    size_t n_rows, n_columns, n_cases = 0;
    double smoothing;
    while (fscanf(file, "%u %zu %zu %lf %u", &seed, &n_rows, &n_columns, &smoothing, &equal) == 5) {
        golden_table table;
        double scores[2 * most_rows];
        perebor_value values[PEREBOR_MAX_SETTINGS];
        perebor_model *model = NULL;
        perebor_fit_report report;
        perebor_error error = {0};
        draw_table(&table, seed, n_rows, n_columns);
        const perebor_training training = {.rows = table.training, .labels = table.labels};
        learning_defaults(learner, values);
        learning_set(learner, values, "var_smoothing", learning_real(smoothing));
        learning_set(learner, values, "priors", equal ? learning_text("equal") : learning_none());
        assert_int_equal(learner->fit(&model, &training, values, &workspace, &report, &error),
                         PEREBOR_OK);
        learning_score(learner, model, &table.all, &workspace, scores);
        for (size_t row = 0; row < 2 * n_rows; row++) {
            double wanted;
            assert_int_equal(fscanf(file, "%lf", &wanted), 1);
            if (!(fabs(scores[row] - wanted) <= 1e-11 * (1.0 + fabs(wanted)))) {
                fail_msg("seed %u, row %zu: %.17g, scikit-learn has %.17g", seed, row, scores[row],
                         wanted);
            }
        }
        n_cases++;
    }
    (void)fclose(file);
    assert_int_equal(n_cases, 40);
}

static void columns_that_are_constant_leave_the_share_of_the_class(void **state) {
    (void)state;
    learning problem;
    double scores[20];
    perebor_value values[PEREBOR_MAX_SETTINGS];
    const perebor_learner *learner = learning_find("gnb");
    learning_draw(&problem, &workspace, 3, 40, 2, 20, 1);
    for (size_t column = 0; column < 2; column++) {
        for (size_t row = 0; row < 40; row++) {
            perebor_matrix_column(&problem.training.rows, column)[row] = 2.5;
        }
    }
    double n_ones = 0.0;
    for (size_t row = 0; row < 40; row++) {
        n_ones += problem.labels[row];
    }
    learning_defaults(learner, values);
    const perebor_model *model = learning_fit(learner, &problem, values, NULL);
    learning_score(learner, model, &problem.test, &workspace, scores);
    for (size_t row = 0; row < 20; row++) {
        assert_true(fabs(scores[row] - log(n_ones / (40.0 - n_ones))) < 1e-14);
    }
}

static void a_column_constant_in_a_class_asks_for_smoothing(void **state) {
    (void)state;
    golden_table table;
    perebor_value values[PEREBOR_MAX_SETTINGS];
    perebor_model *model = NULL;
    perebor_fit_report report;
    perebor_error error = {0};
    const perebor_learner *learner = learning_find("gnb");
    draw_table(&table, 9, 50, 3);
    perebor_training training = {.rows = table.training, .labels = table.labels};
    learning_defaults(learner, values);
    learning_set(learner, values, "var_smoothing", learning_real(0.0));
    assert_int_equal(learner->fit(&model, &training, values, &workspace, &report, &error),
                     PEREBOR_ERR_NUMERIC);
    assert_string_equal(error.message, "column 2 is constant in a class; take a greater "
                                       "var_smoothing than 0");
    training.name_column = learning_name_column;
    assert_int_equal(learner->fit(&model, &training, values, &workspace, &report, &error),
                     PEREBOR_ERR_NUMERIC);
    assert_string_equal(error.message, "column \"fee 2\" is constant in a class; take a greater "
                                       "var_smoothing than 0");
    assert_null(model);
}

enum { plain_rows = 133, plain_test = 61, plain_dense = 11, plain_levels = 300 };

/** Numbers, and levels of which most rows have one. */
static perebor_matrix draw_coded(size_t n_rows) {
    perebor_matrix rows;
    assert_int_equal(perebor_matrix_create_coded(&rows, n_rows, plain_dense, 1, &workspace, NULL),
                     PEREBOR_OK);
    perebor_indicators *block = perebor_matrix_add_levels(&rows, plain_levels);
    for (size_t row = 0; row < n_rows; row++) {
        block->codes[row] = dice(plain_levels + 1);
        for (size_t column = 0; column < plain_dense; column++) {
            perebor_matrix_column(&rows, column)[row] = (double)dice(1000) / 7.0 - 60.0;
        }
    }
    return rows;
}

/** Adds the term of a column to scores, one row after the other as the formula has it. */
static void add_plainly(double *scores, const double *test, const double *values,
                        const uint8_t *labels, const double counts[2], double added) {
    double mean[2] = {0.0}, variance[2] = {0.0};
    for (size_t row = 0; row < plain_rows; row++) {
        mean[labels[row]] += values[row];
    }
    mean[0] /= counts[0];
    mean[1] /= counts[1];
    for (size_t row = 0; row < plain_rows; row++) {
        double d = values[row] - mean[labels[row]];
        variance[labels[row]] += d * d;
    }
    for (size_t c = 0; c < 2; c++) {
        variance[c] = variance[c] / counts[c] + added;
    }
    for (size_t row = 0; row < plain_test; row++) {
        double d[2] = {test[row] - mean[0], test[row] - mean[1]};
        scores[row] += 0.5 * (d[0] * d[0] / variance[0] - d[1] * d[1] / variance[1]);
    }
}

/** The greatest variance of a column over all rows. */
static double greatest_plainly(const perebor_matrix *dense, const uint8_t *labels) {
    double greatest = 0.0;
    for (size_t column = 0; column < dense->n_columns; column++) {
        const double *values = perebor_matrix_column(dense, column);
        double sums[2] = {0.0}, squares = 0.0;
        for (size_t row = 0; row < plain_rows; row++) {
            sums[labels[row]] += values[row];
        }
        double mean = (sums[0] + sums[1]) / plain_rows;
        for (size_t row = 0; row < plain_rows; row++) {
            squares += (values[row] - mean) * (values[row] - mean);
        }
        greatest = fmax(greatest, squares / plain_rows);
    }
    return greatest;
}

static void scores_are_those_of_plain_sums_to_the_bit(void **state) {
    (void)state;
    uint8_t labels[plain_rows];
    double counts[2] = {0.0}, scores[plain_test], plain[plain_test];
    perebor_value values[PEREBOR_MAX_SETTINGS];
    perebor_model *model = NULL;
    perebor_fit_report report;
    perebor_matrix dense, dense_test;
    const perebor_learner *learner = learning_find("gnb");
    dice_state = 77;
    const perebor_training training = {.rows = draw_coded(plain_rows), .labels = labels};
    const perebor_matrix test = draw_coded(plain_test);
    assert_int_equal(perebor_matrix_expand(&dense, &training.rows, &workspace, NULL), PEREBOR_OK);
    assert_int_equal(perebor_matrix_expand(&dense_test, &test, &workspace, NULL), PEREBOR_OK);
    for (size_t row = 0; row < plain_rows; row++) {
        labels[row] = dice(3) == 0;
        counts[labels[row]] += 1.0;
    }
    learning_defaults(learner, values);
    learning_set(learner, values, "var_smoothing", learning_real(0.01));
    assert_int_equal(learner->fit(&model, &training, values, &workspace, &report, NULL),
                     PEREBOR_OK);
    learning_score(learner, model, &test, &workspace, scores);
    perebor_model_form form;
    assert_int_equal(learner->describe(model, &workspace, &form, NULL), PEREBOR_OK);
    for (size_t row = 0; row < plain_test; row++) {
        plain[row] = form.as.densities.offset;
    }
    const double added = 0.01 * greatest_plainly(&dense, labels);
    for (size_t column = 0; column < dense.n_columns; column++) {
        add_plainly(plain, perebor_matrix_column(&dense_test, column),
                    perebor_matrix_column(&dense, column), labels, counts, added);
    }
    assert_memory_equal(scores, plain, sizeof scores);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_odds_are_scikit_learns),
        cmocka_unit_test(columns_that_are_constant_leave_the_share_of_the_class),
        cmocka_unit_test(a_column_constant_in_a_class_asks_for_smoothing),
        cmocka_unit_test(scores_are_those_of_plain_sums_to_the_bit),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
