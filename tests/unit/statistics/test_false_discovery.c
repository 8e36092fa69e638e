// SPDX-License-Identifier: MIT
/** Benjamini and Hochberg's adjustment. */
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(discoveries_are_adjusted_and_missing_values_left_out),
    };
    return cmocka_run_group_tests(tests, read_customers, NULL);
}
