// SPDX-License-Identifier: MIT
/**
 * Sorted copies, quantiles and median deviations against sorting by hand.
 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "statistics/moments.h"
#include "statistics/quantile.h"

enum { most = 3000 };

static double values[most], spare[most], sorted[most], distances[most];

static int compare(const void *left, const void *right) {
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

/** Numbers of any size and sign, some of them equal. */
static size_t draw_values(uint64_t *seed) {
    size_t n = 1 + draw_bits(seed) % (draw_bits(seed) % 4 == 0 ? most : 12);
    for (size_t i = 0; i < n; i++) {
        double size = ldexp(1.0, (int)(draw_bits(seed) % 40) - 20);
        values[i] = draw_bits(seed) % 3 == 0 ? (double)(draw_bits(seed) % 5) - 2.0
                                             : size * (draw_uniform(seed) - 0.5);
    }
    memcpy(sorted, values, n * sizeof *values);
    qsort(sorted, n, sizeof *sorted, compare);
    return n;
}

static void values_are_sorted_as_by_comparing_them(void **state) {
    (void)state;
    uint64_t seed = 5;
    for (int i = 0; i < 300; i++) {
        size_t n = draw_values(&seed);
        perebor_values_sort(values, spare, n);
        for (size_t k = 0; k < n; k++) {
            assert_true(values[k] == sorted[k]);
        }
    }
    double ends[] = {INFINITY, -DBL_MAX, 0.0, -INFINITY, DBL_MAX, -0.0, DBL_TRUE_MIN};
    perebor_values_sort(ends, spare, 7);
    static const double expected[] = {-INFINITY,    -DBL_MAX, 0.0,     0.0,
                                      DBL_TRUE_MIN, DBL_MAX,  INFINITY};
    for (size_t k = 0; k < 7; k++) {
        assert_true(ends[k] == expected[k]);
    }
}

static void a_quantile_lies_between_its_neighbours_and_rises_with_its_share(void **state) {
    (void)state;
    uint64_t seed = 6;
    for (int i = 0; i < 300; i++) {
        size_t n = draw_values(&seed);
        double last = -INFINITY;
        assert_true(perebor_quantile(sorted, n, 0.0) == sorted[0]);
        assert_true(perebor_quantile(sorted, n, 1.0) == sorted[n - 1]);
        for (int k = 0; k <= 64; k++) {
            double share = k / 64.0;
            double place = share * (double)(n - 1);
            size_t below = (size_t)place;
            size_t above = below + 1 < n ? below + 1 : below;
            double quantile = perebor_quantile(sorted, n, share);
            double expected =
                sorted[below] + (place - (double)below) * (sorted[above] - sorted[below]);
            assert_true(quantile >= sorted[below] && quantile <= sorted[above]);
            assert_true(fabs(quantile - expected) <=
                        4e-16 * (fabs(sorted[below]) + fabs(sorted[above])));
            assert_true(quantile >= last);
            last = quantile;
        }
    }
}

/** numpy's _lerp(a, b, t): a + (b - a) t, and from one half on b - (b - a) (1 - t). */
static void quantiles_have_the_bits_of_numpys(void **state) {
    (void)state;
    uint64_t seed = 10;
    for (int i = 0; i < 2000; i++) {
        const double pair[2] = {draw_uniform(&seed), 1.0 + draw_uniform(&seed)};
        double t = draw_uniform(&seed);
        double step = pair[1] - pair[0];
        double expected = t < 0.5 ? pair[0] + step * t : pair[1] - step * (1.0 - t);
        assert_true(perebor_quantile(pair, 2, t) == expected);
    }
}

static void quantiles_are_numpys(void **state) {
    (void)state;
    // numpy.quantile([1, 2, 4, 8, 16], ...)
    static const double powers[] = {1, 2, 4, 8, 16};
    static const double shares[] = {0.1, 0.25, 0.3, 0.5, 0.9, 0.99};
    static const double expected[] = {1.4, 2.0, 2.4, 4.0, 12.8, 15.68};
    for (size_t i = 0; i < 6; i++) {
        assert_true(fabs(perebor_quantile(powers, 5, shares[i]) - expected[i]) < 1e-14);
    }
}

static void the_median_deviation_is_that_of_sorted_distances(void **state) {
    (void)state;
    uint64_t seed = 7;
    for (int i = 0; i < 600; i++) {
        size_t n = draw_values(&seed);
        double median = perebor_quantile(sorted, n, 0.5);
        for (size_t k = 0; k < n; k++) {
            distances[k] = fabs(sorted[k] - median);
        }
        qsort(distances, n, sizeof *distances, compare);
        double expected =
            n % 2 == 1 ? distances[n / 2]
                       : distances[n / 2 - 1] + (distances[n / 2] - distances[n / 2 - 1]) * 0.5;
        assert_true(perebor_median_deviation(sorted, n) == expected);
    }
}

static void distinct_values_are_counted(void **state) {
    (void)state;
    static const double some[] = {-1, -0.0, 0.0, 2, 2, 2, 7};
    assert_int_equal(perebor_distinct_count(some, 7), 4);
    assert_int_equal(perebor_distinct_count(some, 1), 1);
    assert_int_equal(perebor_distinct_count(some, 0), 0);
}

static void moments_do_not_depend_on_where_values_lie(void **state) {
    (void)state;
    uint64_t seed = 9;
    for (int i = 0; i < 50; i++) {
        size_t n = 3 + draw_bits(&seed) % 200;
        perebor_moments plain;
        perebor_moments moved;
        perebor_moments mirrored;
        for (size_t k = 0; k < n; k++) {
            values[k] = (double)(draw_bits(&seed) % 4096) / 64.0;
            spare[k] = values[k] + 1048576.0; // exact
            distances[k] = -values[k];
        }
        perebor_moments_compute(&plain, values, n);
        perebor_moments_compute(&moved, spare, n);
        perebor_moments_compute(&mirrored, distances, n);
        assert_true(fabs(moved.mean - plain.mean - 1048576.0) < 1e-8);
        assert_true(fabs(moved.sd / plain.sd - 1.0) < 1e-9);
        assert_true(fabs(moved.skewness - plain.skewness) < 1e-7);
        assert_true(fabs(moved.excess_kurtosis - plain.excess_kurtosis) < 1e-7);
        assert_true(mirrored.skewness == -plain.skewness && mirrored.sd == plain.sd);
        assert_true(mirrored.minimum == -plain.maximum && mirrored.maximum == -plain.minimum);
        assert_true(plain.excess_kurtosis >= plain.skewness * plain.skewness - 2.0 - 1e-9);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_sorted_as_by_comparing_them),
        cmocka_unit_test(a_quantile_lies_between_its_neighbours_and_rises_with_its_share),
        cmocka_unit_test(quantiles_have_the_bits_of_numpys),
        cmocka_unit_test(quantiles_are_numpys),
        cmocka_unit_test(the_median_deviation_is_that_of_sorted_distances),
        cmocka_unit_test(distinct_values_are_counted),
        cmocka_unit_test(moments_do_not_depend_on_where_values_lie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
