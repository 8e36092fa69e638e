// SPDX-License-Identifier: MIT
/** Wilson's interval, against scipy's (tests/golden/report). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "statistics/wilson.h"

static void bounds_are_those_of_scipy(void **state) {
    (void)state;
    char line[128];
    size_t n_read = 0;
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/report/report.txt", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        double k, n, low, high, found_low, found_high;
        if (sscanf(line, "wilson %lf %lf %lf %lf", &k, &n, &low, &high) == 4) {
            perebor_wilson_bounds(k, n, 0.95, &found_low, &found_high);
            assert_true(fabs(found_low - low) < 1e-12 && fabs(found_high - high) < 1e-12);
            n_read++;
        }
    }
    (void)fclose(file);
    assert_int_equal(n_read, 4);
}

static void nothing_and_everything_are_exact(void **state) {
    (void)state;
    double low, high;
    perebor_wilson_bounds(0.0, 10.0, 0.95, &low, &high);
    assert_true(low == 0.0 && fabs(high - 0.277532799863) < 1e-11);
    perebor_wilson_bounds(10.0, 10.0, 0.95, &low, &high);
    assert_true(high == 1.0 && fabs(low - 0.722467200137) < 1e-11);
    perebor_wilson_bounds(0.0, 0.0, 0.95, &low, &high);
    assert_true(isnan(low) && isnan(high));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bounds_are_those_of_scipy),
                                       cmocka_unit_test(nothing_and_everything_are_exact)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
