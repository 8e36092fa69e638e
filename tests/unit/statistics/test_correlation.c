// SPDX-License-Identifier: MIT
/** Pearson, Spearman, Kendall and point-biserial against scipy. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden_statistics.h"
#include "statistics/correlation.h"

static double point_biserial(const golden *golden) {
    return perebor_pearson(columns[golden->one], columns[target_column], row_count);
}

static double point_biserial_p(const golden *golden) {
    return perebor_correlation_p(point_biserial(golden), row_count);
}

static double pearson(const golden *golden) {
    return perebor_pearson(columns[golden->one], columns[golden->other], row_count);
}

static double spearman(const golden *golden) {
    double value;
    assert_int_equal(
        perebor_spearman(&value, columns[golden->one], columns[golden->other], row_count, NULL),
        PEREBOR_OK);
    return value;
}

static double kendall(const golden *golden) {
    double value;
    assert_int_equal(
        perebor_kendall(&value, columns[golden->one], columns[golden->other], row_count, NULL),
        PEREBOR_OK);
    return value;
}

static void correlations_agree_with_scipy(void **state) {
    (void)state;
    for (size_t row = 0; row < row_count; row++) {
        columns[target_column][row] = labels[row];
    }
    check("point_biserial", point_biserial, 0, 1e-13);
    check("point_biserial_p", point_biserial_p, 1e-10, 0);
    check("pearson", pearson, 0, 1e-13);
    check("spearman", spearman, 0, 1e-13);
    check("kendall", kendall, 0, 1e-13);
}

static void strength_is_named_on_the_chaddock_scale(void **state) {
    (void)state;
    assert_string_equal(perebor_chaddock(0.0999), "none");
    assert_string_equal(perebor_chaddock(-0.1), "weak");
    assert_string_equal(perebor_chaddock(0.3), "moderate");
    assert_string_equal(perebor_chaddock(0.5), "noticeable");
    assert_string_equal(perebor_chaddock(-0.7), "high");
    assert_string_equal(perebor_chaddock(0.9), "very high");
    assert_string_equal(perebor_chaddock(NAN), "undefined");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(correlations_agree_with_scipy),
        cmocka_unit_test(strength_is_named_on_the_chaddock_scale),
    };
    return cmocka_run_group_tests(tests, read_customers, NULL);
}
