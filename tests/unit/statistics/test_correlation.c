// SPDX-License-Identifier: MIT
/** Pearson, Spearman, Kendall and point-biserial against scipy. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
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

/** Eight at a time and one at a time, constant columns among them. */
static void many_coefficients_have_the_bits_of_one(void **state) {
    (void)state;
    enum { n = 97, n_columns = 19 };
    double values[n_columns][n];
    perebor_spread spreads[n_columns];
    double found[n_columns];
    uint64_t seed = 3;
    for (size_t column = 0; column < n_columns; column++) {
        for (size_t row = 0; row < n; row++) {
            values[column][row] = column == 4 ? 0.1 : draw_normal(&seed) + 1e3 * (double)column;
        }
        spreads[column] = perebor_spread_of(values[column], n);
    }
    for (size_t first = 0; first < n_columns; first++) {
        perebor_pearson_each(&spreads[first], spreads + first, n_columns - first, n, found);
        for (size_t column = first; column < n_columns; column++) {
            double one = perebor_pearson(values[first], values[column], n);
            assert_memory_equal(&found[column - first], &one, sizeof one);
            assert_true(first != column || first == 4 || fabs(one - 1.0) < 1e-12);
        }
    }
    perebor_pearson_each(&spreads[0], spreads, 9, 1, found);
    assert_true(isnan(found[0]) && isnan(found[8]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(correlations_agree_with_scipy),
        cmocka_unit_test(strength_is_named_on_the_chaddock_scale),
        cmocka_unit_test(many_coefficients_have_the_bits_of_one),
    };
    return cmocka_run_group_tests(tests, read_customers, NULL);
}
