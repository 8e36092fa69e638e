// SPDX-License-Identifier: MIT
/** Moments, quantiles, histograms and densities against numpy. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "golden_statistics.h"
#include "statistics/histogram.h"
#include "statistics/moments.h"
#include "statistics/quantile.h"

static perebor_moments moments_of(const golden *golden) {
    perebor_moments moments;
    perebor_moments_compute(&moments, columns[golden->one], row_count);
    return moments;
}

static double mean(const golden *golden) {
    return moments_of(golden).mean;
}

static double sd(const golden *golden) {
    return moments_of(golden).sd;
}

static double skewness(const golden *golden) {
    return moments_of(golden).skewness;
}

static double excess_kurtosis(const golden *golden) {
    return moments_of(golden).excess_kurtosis;
}

static double quantile(const golden *golden) {
    return perebor_quantile(sorted[golden->one], row_count, golden->numbers[0]);
}

static double mad(const golden *golden) {
    return perebor_median_deviation(sorted[golden->one], row_count);
}

static double distinct(const golden *golden) {
    return (double)perebor_distinct_count(sorted[golden->one], row_count);
}

/** How many values Tukey's rule would call outliers. */
static double iqr_outliers(const golden *golden) {
    double low = perebor_quantile(sorted[golden->one], row_count, 0.25);
    double high = perebor_quantile(sorted[golden->one], row_count, 0.75);
    double reach = 1.5 * (high - low);
    size_t n_outside = 0;
    for (size_t row = 0; row < row_count; row++) {
        double value = columns[golden->one][row];
        n_outside += value < low - reach || value > high + reach;
    }
    return (double)n_outside;
}

static double histogram(const golden *golden) {
    uint64_t counts[12];
    perebor_moments moments = moments_of(golden);
    perebor_histogram_count(counts, 12, moments.minimum, moments.maximum, columns[golden->one],
                            row_count);
    return (double)counts[(size_t)golden->numbers[0]];
}

static void distributions_are_described_as_numpy_does(void **state) {
    (void)state;
    check("mean", mean, 1e-14, 0);
    check("sd", sd, 1e-13, 0);
    check("skewness", skewness, 1e-10, 1e-12);
    check("excess_kurtosis", excess_kurtosis, 1e-10, 1e-12);
    check("quantile", quantile, 0, 0);
    check("mad", mad, 1e-13, 0);
    check("distinct", distinct, 0, 0);
    check("iqr_outliers", iqr_outliers, 0, 0);
    check("histogram", histogram, 0, 0);
}

static void a_density_is_the_sum_of_its_kernels(void **state) {
    (void)state;
    enum { POINTS = 41 };
    size_t pages = column_of("pages", 5);
    double density[POINTS];
    double h = perebor_density_bandwidth(sorted[pages], row_count);
    perebor_density_estimate(density, POINTS, -10, 30, h, columns[pages], row_count);
    double mass = 0.0;
    for (size_t i = 0; i < POINTS; i++) {
        double exact = 0.0;
        for (size_t row = 0; row < row_count; row++) {
            double z = (-10.0 + (double)i - columns[pages][row]) / h;
            exact += exp(-0.5 * z * z) / (h * sqrt(2 * 3.14159265358979323846) * row_count);
        }
        assert_true(fabs(density[i] - exact) < 2e-4);
        mass += density[i];
    }
    assert_true(fabs(mass - 1.0) < 1e-3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distributions_are_described_as_numpy_does),
        cmocka_unit_test(a_density_is_the_sum_of_its_kernels),
    };
    return cmocka_run_group_tests(tests, read_customers, NULL);
}
