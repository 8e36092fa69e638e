// SPDX-License-Identifier: MIT
/** Intervals and tests of two shares against published figures and their own definitions. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arithmetic.h"
#include "statistics/two_proportions.h"

static const double z95 = 1.959963984540054;

static void expect_near(double value, double expected, double tolerance) {
    if (!(fabs(value - expected) <= tolerance)) {
        fail_msg("%.10g instead of %.10g", value, expected);
    }
}

/** Newcombe (1998), Table II, method 10. */
static void test_published_intervals(void **state) {
    (void)state;
    const struct {
        size_t a, m, b, n;
        double low, high;
    } cases[] = {{56, 70, 48, 80, 0.0524, 0.3339}, {9, 10, 3, 10, 0.1705, 0.8090},
                 {6, 7, 2, 7, 0.0582, 0.8062},     {5, 56, 0, 29, -0.0381, 0.1926},
                 {0, 10, 0, 20, -0.1611, 0.2775},  {0, 10, 0, 10, -0.2775, 0.2775},
                 {10, 10, 0, 20, 0.6791, 1.0000},  {10, 10, 0, 10, 0.6075, 1.0000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_proportion difference =
            perebor_newcombe_interval(cases[i].a, cases[i].m, cases[i].b, cases[i].n, z95);
        expect_near(difference.low, cases[i].low, 5.1e-5);
        expect_near(difference.high, cases[i].high, 5.1e-5);
    }
}

static void test_the_size_has_the_power(void **state) {
    (void)state;
    for (double share = 0.1; share < 0.95; share += 0.2) {
        for (double p = 0.1; p < 0.95; p += 0.2) {
            double n = perebor_two_proportions_size(p, p - 0.05, share, 0.05, 0.8);
            double power =
                perebor_two_proportions_power(p, share * n, p - 0.05, (1.0 - share) * n, 0.05);
            expect_near(power, 0.8, 1e-9);
        }
    }
    // Fleiss, Levin and Paik (2003), table A.4 without continuity correction: .10 and .20 at the
    // 5 % level and power .8 take (1.96 √(2 · .15 · .85) + .8416 √(.09 + .16))² / .01 = 199 each.
    expect_near(perebor_two_proportions_size(0.1, 0.2, 0.5, 0.05, 0.8), 2.0 * 198.96, 0.1);
}

static void test_what_cannot_be_asked(void **state) {
    (void)state;
    assert_true(isnan(perebor_wilson_interval(0, 0, z95).share));
    assert_true(isnan(perebor_newcombe_interval(1, 2, 0, 0, z95).low));
    assert_true(isnan(perebor_two_proportions_power(0.5, 0.0, 0.4, 10.0, 0.05)));
    assert_true(isinf(perebor_two_proportions_size(0.4, 0.4, 0.5, 0.05, 0.8)));
    perebor_proportion none = perebor_wilson_interval(0, 10, z95);
    assert_true(none.low == 0.0 && none.high > 0.25 && none.high < 0.3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_intervals),
        cmocka_unit_test(test_the_size_has_the_power),
        cmocka_unit_test(test_what_cannot_be_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
