// SPDX-License-Identifier: MIT
// Scores of support vector machines say what the optimum says, and nothing of how it was found.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "model/svc/svc_precision.h"
#include "perebor/learners.h"

enum { setting_count = 7, n_training = 160, n_test = 40, n_columns = 3 };
enum { KERNEL, C, GAMMA, DEGREE, COEF0 };

static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

static perebor_value text(const char *value) {
    return (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = value};
}

static perebor_value real(double value) {
    return (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = value};
}

typedef struct data {
    perebor_training training;
    perebor_matrix test;
    uint8_t labels[n_training];
} data;

/** Normal numbers; classes that overlap. */
static void draw(data *data, uint64_t seed) {
    perebor_error error;
    assert_int_equal(
        perebor_matrix_create(&data->training.rows, n_training, n_columns, &workspace, &error), 0);
    assert_int_equal(perebor_matrix_create(&data->test, n_test, n_columns, &workspace, &error), 0);
    data->training.labels = data->labels;
    for (size_t row = 0; row < n_training; row++) {
        data->labels[row] = draw_uniform(&seed) < 0.4;
    }
    for (size_t column = 0; column < n_columns; column++) {
        for (size_t row = 0; row < n_training; row++) {
            perebor_matrix_column(&data->training.rows, column)[row] =
                draw_normal(&seed) + 0.5 * data->labels[row];
        }
        for (size_t row = 0; row < n_test; row++) {
            perebor_matrix_column(&data->test, column)[row] = draw_normal(&seed);
        }
    }
}

static void set_defaults(perebor_value *settings) {
    for (size_t i = 0; i < setting_count; i++) {
        settings[i] = perebor_learner_find("svc")->settings[i].default_value;
    }
}

static bool score(const data *data, const perebor_value *settings, double *scores) {
    const perebor_learner *svc = perebor_learner_find("svc");
    perebor_error error = {0};
    perebor_fit_report report;
    perebor_model *model = NULL;
    assert_int_equal(svc->fit(&model, &data->training, settings, &workspace, &report, &error), 0);
    assert_int_equal(svc->score(model, &data->test, &workspace, scores, &error), 0);
    return report.converged;
}

/** -1, 0 or 1. */
static int order(double a, double b) {
    return (a > b) - (a < b);
}

/** How many pairs of rows are ranked in another way. */
static size_t pairs_that_differ(const double *scores, const double *others) {
    size_t n = 0;
    for (size_t a = 0; a < n_test; a++) {
        for (size_t b = 0; b < a; b++) {
            n += order(scores[a], scores[b]) != order(others[a], others[b]);
        }
    }
    return n;
}

/** Every x three times among the negatives and once among the positives: w = 0, and b = -1. */
static void where_no_row_is_told_apart_all_scores_are_one(void **state) {
    (void)state;
    data data;
    double scores[n_test];
    perebor_value settings[setting_count];
    draw(&data, 5);
    for (size_t row = 0; row < n_training; row++) {
        data.labels[row] = row % 4 == 0;
        for (size_t column = 0; column < n_columns; column++) {
            double *values = perebor_matrix_column(&data.training.rows, column);
            values[row] = values[row - row % 4];
        }
    }
    set_defaults(settings);
    for (size_t kernel = 0; kernel < 9; kernel++) {
        settings[C] = real((const double[]){0.1, 1.0, 10.0}[kernel / 3]);
        settings[KERNEL] = text((const char *[]){"linear", "rbf", "poly"}[kernel % 3]);
        bool converged = score(&data, settings, scores);
        for (size_t row = 1; row < n_test && kernel % 3 == 0; row++) {
            assert_true(scores[row] == scores[0]);
            assert_false(converged);
        }
        for (size_t row = 0; row < n_test; row++) {
            assert_true(fabs(scores[row] + 1.0) < 2e-5);
        }
    }
}

/** Few levels put whole groups of rows on the margin. */
static void make_levels(data *data) {
    perebor_matrix *parts[] = {&data->training.rows, &data->test};
    for (size_t part = 0; part < 2; part++) {
        for (size_t column = 0; column < n_columns; column++) {
            double *values = perebor_matrix_column(parts[part], column);
            for (size_t row = 0; row < parts[part]->n_rows; row++) {
                values[row] = column == 0 ? floor(values[row]) : values[row] > 0.3;
            }
        }
    }
}

static void swap_rows(data *data, size_t a, size_t b) {
    for (size_t column = 0; column < n_columns; column++) {
        double *values = perebor_matrix_column(&data->training.rows, column);
        double value = values[a];
        values[a] = values[b];
        values[b] = value;
    }
    uint8_t label = data->labels[a];
    data->labels[a] = data->labels[b];
    data->labels[b] = label;
}

/** The order of the training rows sends the solver another way to the same optimum. */
static void groups_on_the_margin_are_ties_whatever_the_way_there(void **state) {
    (void)state;
    data data;
    double scores[n_test], shuffled[n_test];
    perebor_value settings[setting_count];
    uint64_t random = 9;
    set_defaults(settings);
    for (size_t trial = 0; trial < 60; trial++) {
        settings[KERNEL] = text((const char *[]){"linear", "rbf", "poly"}[trial % 3]);
        settings[C] = real((const double[]){0.3, 1.0, 2.8, 10.0}[trial / 3 % 4]);
        draw(&data, trial);
        make_levels(&data);
        score(&data, settings, scores);
        for (size_t row = 1; row < n_training; row++) {
            swap_rows(&data, row, (size_t)(draw_uniform(&random) * (double)(row + 1)));
        }
        score(&data, settings, shuffled);
        if (pairs_that_differ(scores, shuffled) != 0) {
            fail_msg("trial %zu: %zu pairs of rows are ranked otherwise", trial,
                     pairs_that_differ(scores, shuffled));
        }
    }
}

/** Gamma x.z with C is x.z with gamma C: the same optimum, by points and by the hyperplane. */
static void decisions_that_span_little_are_ranked_as_if_they_spanned_much(void **state) {
    (void)state;
    data data;
    double little[n_test], much[n_test];
    perebor_value settings[setting_count];
    for (size_t seed = 0; seed < 8; seed++) {
        draw(&data, seed);
        set_defaults(settings);
        settings[KERNEL] = text("poly");
        settings[DEGREE] = (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = 1};
        settings[GAMMA] = real(0x1p-20);
        assert_true(score(&data, settings, little));
        settings[KERNEL] = text("linear");
        settings[C] = real(0x1p-20);
        assert_true(score(&data, settings, much));
        assert_int_equal(pairs_that_differ(little, much), 0);
    }
}

/**
 * As gamma goes to 0, k(x, z) less its origin, of which decisions do not know as coefficients add
 * up to 0, goes to c gamma x.z (and terms of x or z alone, which they do not know either), with c =
 * 2 for rbf, 3 for (gamma x.z + 1)^3 and 1 - tanh(coef0)^2: the optimum is that of x.z with c gamma
 * C. All kernel values are then next to one and the same.
 */
static void a_kernel_of_small_gamma_ranks_as_the_hyperplane_that_it_tends_to(void **state) {
    (void)state;
    const double slope[] = {2.0, 3.0, 0.78644773296592741}; // 1 - tanh(1/2)^2
    data data;
    double curved[n_test], flat[n_test];
    perebor_value settings[setting_count];
    for (size_t seed = 0; seed < 24; seed++) {
        double cost = seed / 3 % 2 == 0 ? 100.0 : 10000.0;
        draw(&data, seed);
        set_defaults(settings);
        settings[KERNEL] = text((const char *[]){"rbf", "poly", "sigmoid"}[seed % 3]);
        settings[COEF0] = real(seed % 3 == 1 ? 1.0 : 0.5);
        settings[GAMMA] = real(0x1p-20);
        settings[C] = real(cost);
        assert_true(score(&data, settings, curved));
        settings[KERNEL] = text("linear");
        settings[C] = real(slope[seed % 3] * 0x1p-20 * cost);
        assert_true(score(&data, settings, flat));
        if (pairs_that_differ(curved, flat) != 0) {
            fail_msg("seed %zu: %zu pairs of rows are ranked otherwise", seed,
                     pairs_that_differ(curved, flat));
        }
    }
}

/** Where all rows are far from the support vectors, the one less far scores higher. */
static void rows_far_from_every_support_vector_keep_their_order(void **state) {
    (void)state;
    data data;
    double scores[n_test];
    perebor_value settings[setting_count];
    draw(&data, 3);
    for (size_t row = 0; row < n_training; row++) {
        perebor_matrix_column(&data.training.rows, 0)[row] =
            1000.0 * (double)row + (data.labels[row] != 0 ? 0.0 : 500.0);
    }
    size_t positive = 0;
    while (data.labels[positive] == 0) {
        positive++;
    }
    for (size_t column = 0; column < n_columns; column++) {
        const double *from = perebor_matrix_column(&data.training.rows, column);
        for (size_t row = 0; row < n_test; row++) {
            perebor_matrix_column(&data.test, column)[row] =
                from[positive] + (column == 0 ? 5.0 - 0.02 * (double)row : 0.0);
        }
    }
    set_defaults(settings);
    settings[GAMMA] = real(1.0); // e^-17.6 at the least distance
    assert_true(score(&data, settings, scores));
    for (size_t row = 1; row < n_test; row++) {
        assert_true(scores[row] > scores[row - 1]);
        assert_true(scores[row] - scores[0] < 1e-6);
    }
}

static void rounding_is_to_multiples_of_the_grain(void **state) {
    (void)state;
    const double nearest[] = {1.0, 1.0, 0.3, 0.0, 1.0, 1.0};
    double scores[] = {-1.0 + 0x1p-18, -0x1p-19, 0x1.8p-17, 0.1, 0x1p60 + 512.0, 0x1.8p-16};
    const double expected[] = {-1.0, 0.0, 0x1p-16, 0.1, 0x1p60 + 512.0, 0x1p-15};
    const svc_precision precision = {.error = 0x1.1p-19, .lowest = -1.0, .highest = 1.0};
    assert_true(svc_precision_grain(&precision) == 0x1p-16);
    assert_false(svc_precision_is_flat(&precision));
    assert_true(svc_precision_suffices(&precision));
    svc_precision_round(0x1p-16, nearest, scores, 6);
    for (size_t i = 0; i < 6; i++) {
        if (i != 2) {
            assert_true(scores[i] == expected[i] && signbit(scores[i]) == signbit(expected[i]));
        }
    }
    assert_true(scores[2] == 0x1.8p-17); // to multiples of 2^-18
    assert_true(svc_precision_is_flat(&(svc_precision){0x1p-18, 0.0, 0x1p-15}));
    assert_false(svc_precision_suffices(&(svc_precision){0x1p-18, 0.0, 0x1p-12}));
    assert_true(svc_precision_is_coarse(&(svc_precision){0x1p-18, 0.0, 0x1p-6}));
    assert_false(svc_precision_is_coarse(&(svc_precision){0x1p-18, 0.0, 0x1p-5}));
    assert_true(svc_precision_grain(&(svc_precision){.error = 0.0}) == 0.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_no_row_is_told_apart_all_scores_are_one),
        cmocka_unit_test(groups_on_the_margin_are_ties_whatever_the_way_there),
        cmocka_unit_test(decisions_that_span_little_are_ranked_as_if_they_spanned_much),
        cmocka_unit_test(a_kernel_of_small_gamma_ranks_as_the_hyperplane_that_it_tends_to),
        cmocka_unit_test(rows_far_from_every_support_vector_keep_their_order),
        cmocka_unit_test(rounding_is_to_multiples_of_the_grain),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
