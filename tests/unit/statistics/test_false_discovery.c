// SPDX-License-Identifier: MIT
/** Benjamini and Hochberg's adjustment, and Holm's. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "golden_statistics.h"
#include "statistics/false_discovery.h"

static double false_discovery(const golden *golden) {
    const double p[] = {0.01, 0.04, 0.03, NAN, 0.005, 0.8, 0.2, 0.03};
    double adjusted[8];
    assert_int_equal(perebor_false_discovery_adjust(adjusted, p, 8, NULL), PEREBOR_OK);
    assert_true(isnan(adjusted[3]));
    size_t place = (size_t)golden->numbers[0];
    return adjusted[place < 3 ? place : place + 1];
}

static void discoveries_are_adjusted_and_missing_values_left_out(void **state) {
    (void)state;
    check("false_discovery", false_discovery, 1e-14, 0);
}

/** By R: p.adjust(c(.01, .04, .03, NA, .005), "holm"). */
static void holm_is_monotone_and_leaves_missing_values_out(void **state) {
    (void)state;
    const double p[] = {0.01, 0.04, 0.03, NAN, 0.005};
    const double wanted[] = {0.03, 0.06, 0.06, NAN, 0.02};
    double adjusted[5];
    assert_int_equal(perebor_holm_adjust(adjusted, p, 5, NULL), PEREBOR_OK);
    for (size_t i = 0; i < 5; i++) {
        assert_true(i == 3 ? isnan(adjusted[i]) : fabs(adjusted[i] - wanted[i]) < 1e-15);
    }
    const double likely[] = {0.7, 0.9};
    assert_int_equal(perebor_holm_adjust(adjusted, likely, 2, NULL), PEREBOR_OK);
    assert_true(adjusted[0] == 1.0 && adjusted[1] == 1.0);
    const double alone = 0.04;
    assert_int_equal(perebor_holm_adjust(adjusted, &alone, 1, NULL), PEREBOR_OK);
    assert_true(adjusted[0] == 0.04);
}

static void the_luck_of_more_trials_is_taken_off_the_one_ahead(void **state) {
    (void)state;
    assert_true(perebor_p_of_more_trials(0.01, 200, 50) == 0.04);
    assert_true(perebor_p_of_more_trials(0.01, 50, 200) == 0.01);
    assert_true(perebor_p_of_more_trials(0.01, 7, 7) == 0.01);
    assert_true(perebor_p_of_more_trials(0.5, 200, 50) == 1.0);
    assert_true(isnan(perebor_p_of_more_trials((double)NAN, 200, 50)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(discoveries_are_adjusted_and_missing_values_left_out),
        cmocka_unit_test(holm_is_monotone_and_leaves_missing_values_out),
        cmocka_unit_test(the_luck_of_more_trials_is_taken_off_the_one_ahead),
    };
    return cmocka_run_group_tests(tests, read_customers, NULL);
}
