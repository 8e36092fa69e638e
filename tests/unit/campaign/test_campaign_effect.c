// SPDX-License-Identifier: MIT
/** Measures of campaigns against numpy's (tests/golden/campaign) and by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "campaign/campaign_measures.h"

#define GOLDEN PEREBOR_TESTS_DIR "/golden/campaign/"

enum { n_cases = 3, most_rows = 400, n_figures = 12 };

static const double shares[] = {0.1, 0.3, 0.5, 1.0};

/** The rows and figures of a case. */
typedef struct golden_case {
    double score[most_rows];
    uint8_t treated[most_rows], outcome[most_rows];
    campaign_rows rows;
    double expected[n_figures];
} golden_case;

static golden_case cases[n_cases];

static int read_cases(void **state) {
    (void)state;
    FILE *file = fopen(GOLDEN "rows.txt", "r");
    FILE *expected = fopen(GOLDEN "expected.txt", "r");
    int number, treated, outcome;
    double score;
    assert_true(file != NULL && expected != NULL);
    while (fscanf(file, "%d %lf %d %d", &number, &score, &treated, &outcome) == 4) {
        golden_case *here = &cases[number];
        size_t n = here->rows.n++;
        here->score[n] = score;
        here->treated[n] = (uint8_t)treated;
        here->outcome[n] = (uint8_t)outcome;
    }
    for (size_t i = 0; i < n_cases; i++) {
        cases[i].rows =
            (campaign_rows){cases[i].rows.n, cases[i].treated, cases[i].outcome, cases[i].score};
        for (size_t j = 0; j < n_figures; j++) {
            assert_int_equal(fscanf(expected, "%lf", &cases[i].expected[j]), 1);
        }
    }
    (void)fclose(file);
    (void)fclose(expected);
    return 0;
}

static void expect_near(double value, double expected) {
    if (!(fabs(value - expected) <= 1e-9 * (1.0 + fabs(expected)))) {
        fail_msg("%.15g instead of %.15g", value, expected);
    }
}

static uplift_curve measure(const campaign_rows *rows, size_t n_resamples) {
    uplift_curve curve = {0};
    perebor_error error = {0};
    assert_int_equal(uplift_curve_measure(&curve, rows, shares, 4, n_resamples, 42, &error),
                     PEREBOR_OK);
    return curve;
}

static void test_effects_are_numpys(void **state) {
    (void)state;
    for (size_t i = 0; i < n_cases; i++) {
        const double *expected = cases[i].expected;
        campaign_effect effect = campaign_effect_measure(&cases[i].rows, NULL);
        const double figures[] = {effect.adjusted.value, effect.adjusted.low, effect.adjusted.high,
                                  effect.ratio.value,    effect.ratio.low,    effect.ratio.high,
                                  effect.imbalance};
        for (size_t j = 0; j < sizeof figures / sizeof *figures; j++) {
            expect_near(figures[j], expected[j]);
        }
    }
}

static void test_the_curve_is_numpys(void **state) {
    (void)state;
    for (size_t i = 0; i < n_cases; i++) {
        uplift_curve curve = measure(&cases[i].rows, 0);
        expect_near(curve.qini.value, cases[i].expected[7]);
        for (size_t k = 0; k < 4; k++) {
            expect_near(curve.uplift[k].value, cases[i].expected[8 + k]);
        }
        campaign_effect effect = campaign_effect_measure(&cases[i].rows, NULL);
        expect_near(curve.gain[UPLIFT_POINTS - 1], effect.difference.value);
        expect_near(curve.uplift[3].value, effect.difference.value);
        uplift_curve_release(&curve);
    }
}

static void test_equal_scores_in_any_order(void **state) {
    (void)state;
    golden_case turned = cases[1];
    size_t n = turned.rows.n;
    for (size_t i = 0; i < n; i++) {
        turned.score[i] = cases[1].score[n - 1 - i];
        turned.treated[i] = cases[1].treated[n - 1 - i];
        turned.outcome[i] = cases[1].outcome[n - 1 - i];
    }
    turned.rows = (campaign_rows){n, turned.treated, turned.outcome, turned.score};
    uplift_curve one = measure(&cases[1].rows, 0), other = measure(&turned.rows, 0);
    assert_true(one.qini.value == other.qini.value);
    assert_memory_equal(one.gain, other.gain, sizeof one.gain);
    uplift_curve_release(&one);
    uplift_curve_release(&other);
}

static void test_resamples_are_functions_of_the_seed(void **state) {
    (void)state;
    uplift_curve one = measure(&cases[2].rows, 200), other = measure(&cases[2].rows, 200);
    assert_memory_equal(&one.qini, &other.qini, sizeof one.qini);
    for (size_t k = 0; k < 4; k++) {
        assert_memory_equal(&one.uplift[k], &other.uplift[k], sizeof *one.uplift);
        assert_true(one.uplift[k].low < one.uplift[k].value);
        assert_true(one.uplift[k].value < one.uplift[k].high);
    }
    assert_true(one.qini.low < one.qini.high);
    uplift_curve_release(&one);
    uplift_curve_release(&other);
}

static void test_groups_that_say_nothing(void **state) {
    (void)state;
    static const uint8_t treated[] = {1, 1, 0}, outcome[] = {1, 0, 0}, chosen[] = {1, 1, 0};
    static const double score[] = {0.5, 0.5, 0.5};
    const campaign_rows rows = {3, treated, outcome, score};
    campaign_effect effect = campaign_effect_measure(&rows, NULL);
    assert_true(effect.difference.value == 0.5);
    assert_true(isnan(effect.adjusted.value) && isnan(effect.ratio.value));
    effect = campaign_effect_measure(&rows, chosen);
    assert_int_equal(effect.n_untreated, 0);
    assert_true(isnan(effect.difference.value) && isnan(effect.imbalance));
    uplift_curve curve = measure(&rows, 20); // one block of all
    assert_true(fabs(curve.qini.value) <= 0.25 + 1e-12);
    uplift_curve_release(&curve);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_effects_are_numpys),
        cmocka_unit_test(test_the_curve_is_numpys),
        cmocka_unit_test(test_equal_scores_in_any_order),
        cmocka_unit_test(test_resamples_are_functions_of_the_seed),
        cmocka_unit_test(test_groups_that_say_nothing),
    };
    return cmocka_run_group_tests(tests, read_cases, NULL);
}
