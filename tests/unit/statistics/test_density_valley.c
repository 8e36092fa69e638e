// SPDX-License-Identifier: MIT
/** Valleys of densities and Fisher's exact test beside scipy's. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "draw.h"
#include "golden_segments.h"
#include "statistics/density_valley.h"
#include "statistics/fisher_exact.h"
#include "statistics/quantile.h"

static perebor_valley find(const double *values, size_t n) {
    static double sorted[4000], spare[4000];
    perebor_valley valley;
    perebor_error error = {0};
    for (size_t i = 0; i < n; i++) {
        sorted[i] = values[i];
    }
    perebor_values_sort(sorted, spare, n);
    assert_int_equal(perebor_valley_find(&valley, sorted, n, &error), PEREBOR_OK);
    return valley;
}

/** The script looks at 4001 points, we at 1024 and with shared counts. */
static void test_valleys_of_customers(void **state) {
    (void)state;
    static const char *const names[] = {"promo", "pages", "rev0"};
    for (size_t i = 0; i < 3; i++) {
        char key[32];
        double values[GOLDEN_POINTS], wanted[5];
        golden_column(names[i], values);
        perebor_valley valley = find(values, GOLDEN_POINTS);
        double range = 0.0;
        for (size_t j = 0; j < GOLDEN_POINTS; j++) {
            range = fmax(range, fabs(values[j] - values[0]));
        }
        (void)snprintf(key, sizeof key, "valley_%s", names[i]);
        assert_int_equal(golden_segments(key, 0, wanted, 5), 5);
        assert_true(fabs(valley.bandwidth / wanted[0] - 1.0) < 1e-12);
        if (isnan(wanted[2])) {
            assert_true(isnan(valley.at));
            continue;
        }
        assert_true(fabs(valley.depth - wanted[1]) < 0.01);
        assert_true(fabs(valley.at - wanted[2]) < 0.01 * range);
        assert_true(fabs(valley.lower - wanted[3]) < 0.01 * range);
        assert_true(fabs(valley.upper - wanted[4]) < 0.01 * range);
    }
}

static void test_two_heaps_part_between_them(void **state) {
    (void)state;
    double values[3000];
    uint64_t seed = 4;
    for (size_t i = 0; i < 3000; i++) {
        values[i] = draw_normal(&seed) + (i % 3 == 0 ? 6.0 : 0.0);
    }
    perebor_valley valley = find(values, 3000);
    assert_true(valley.at > 2.5 && valley.at < 4.5 && valley.depth < 0.2);
}

static void test_values_that_do_not_vary_have_no_valley(void **state) {
    (void)state;
    const double same[] = {2.0, 2.0, 2.0}, two[] = {0.0, 1.0};
    perebor_valley valley = find(same, 3);
    assert_true(isnan(valley.at));
    valley = find(same, 1);
    assert_true(isnan(valley.at));
    valley = find(two, 2);
    assert_true(isnan(valley.at) || (valley.at > 0.0 && valley.at < 1.0));
}

static void test_fisher(void **state) {
    (void)state;
    double line[5];
    size_t n = 0;
    while (golden_segments("fisher", n, line, 5) == 5) {
        double p = perebor_fisher_greater((uint64_t)line[0], (uint64_t)line[1], (uint64_t)line[2],
                                          (uint64_t)line[3]);
        // ln Γ of a million loses nine digits.
        if (!(fabs(p - line[4]) <= 1e-8 * line[4])) {
            fail_msg("%g %g %g %g: %.15g, scipy has %.15g", line[0], line[1], line[2], line[3], p,
                     line[4]);
        }
        n++;
    }
    assert_int_equal(n, 9);
    assert_true(perebor_fisher_greater(0, 0, 3, 9) == 1.0);
    assert_true(perebor_fisher_greater(3, 9, 3, 9) == 1.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valleys_of_customers),
        cmocka_unit_test(test_two_heaps_part_between_them),
        cmocka_unit_test(test_values_that_do_not_vary_have_no_valley),
        cmocka_unit_test(test_fisher),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
