// SPDX-License-Identifier: MIT
/** Mann-Whitney, Kolmogorov-Smirnov and runs against scipy. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "golden_statistics.h"
#include "statistics/rank_tests.h"

static perebor_statistical_test mann_whitney(const golden *golden) {
    perebor_statistical_test result;
    assert_int_equal(perebor_mann_whitney(&result, columns[golden->one], labels, row_count, NULL),
                     PEREBOR_OK);
    return result;
}

static double mann_whitney_u(const golden *golden) {
    return mann_whitney(golden).statistic;
}

static double mann_whitney_p(const golden *golden) {
    return mann_whitney(golden).p;
}

static double ks_d(const golden *golden) {
    perebor_statistical_test result;
    assert_int_equal(
        perebor_kolmogorov_smirnov(&result, columns[golden->one], labels, row_count, NULL),
        PEREBOR_OK);
    return result.statistic;
}

static void class_ranks_are_compared_as_scipy_does(void **state) {
    (void)state;
    check("mann_whitney_u", mann_whitney_u, 0, 0);
    check("mann_whitney_p", mann_whitney_p, 1e-11, 0);
    check("ks_d", ks_d, 0, 1e-14);
}

static void rows_sorted_by_class_have_too_few_runs(void **state) {
    (void)state;
    uint8_t blocks[100];
    uint8_t alternating[100];
    for (size_t i = 0; i < 100; i++) {
        blocks[i] = i >= 50;
        alternating[i] = i % 2;
    }
    // 2 runs where 51 are expected with variance 50 * 49 / 99.
    perebor_statistical_test result = perebor_runs_test(blocks, 100);
    assert_true(fabs(result.statistic - -49.0 / sqrt(2450.0 / 99.0)) < 1e-12);
    assert_true(result.p < 1e-20);
    assert_true(perebor_runs_test(alternating, 100).statistic > 9.0);
    assert_true(isnan(perebor_runs_test(blocks, 50).p));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(class_ranks_are_compared_as_scipy_does),
        cmocka_unit_test(rows_sorted_by_class_have_too_few_runs),
    };
    return cmocka_run_group_tests(tests, read_customers, NULL);
}
