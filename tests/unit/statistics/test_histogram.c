// SPDX-License-Identifier: MIT
/**
 * Counts in bins by their edges, and densities that have one unit of area.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "draw.h"
#include "statistics/histogram.h"
#include "statistics/quantile.h"

enum { n_values = 500, most_bins = 40, n_points = 401 };

static double values[n_values], spare[n_values], density[n_points];

/** The bin whose edges a value lies between. */
static size_t find_bin(double value, size_t n_bins, double lower, double upper) {
    double width = (upper - lower) / (double)n_bins;
    size_t bin = 0;
    while (bin + 1 < n_bins && value >= lower + (double)(bin + 1) * width) {
        bin++;
    }
    return bin;
}

static void a_value_is_counted_between_its_edges(void **state) {
    (void)state;
    uint64_t seed = 14;
    for (int i = 0; i < 200; i++) {
        size_t n_bins = 1 + draw_bits(&seed) % most_bins;
        double lower = draw_uniform(&seed) - 0.7;
        double upper = lower + 3.0 * draw_uniform(&seed);
        double width = (upper - lower) / (double)n_bins;
        uint64_t counts[most_bins];
        uint64_t expected[most_bins] = {0};
        for (size_t k = 0; k < n_values; k++) { // on the edges, and anywhere
            values[k] = k % 2 == 0 ? lower + (double)(draw_bits(&seed) % (n_bins + 1)) * width
                                   : lower + (upper - lower) * (1.4 * draw_uniform(&seed) - 0.2);
            if (values[k] >= lower && values[k] <= upper) {
                expected[find_bin(values[k], n_bins, lower, upper)]++;
            }
        }
        perebor_histogram_count(counts, n_bins, lower, upper, values, n_values);
        assert_memory_equal(counts, expected, n_bins * sizeof *counts);
    }
}

static void a_constant_column_is_in_the_first_bin(void **state) {
    (void)state;
    static const double same[] = {2.5, 2.5, 2.5};
    uint64_t counts[4];
    perebor_histogram_count(counts, 4, 2.5, 2.5, same, 3);
    assert_int_equal(counts[0], 3);
    assert_int_equal(counts[1] + counts[2] + counts[3], 0);
    perebor_histogram_count(counts, 4, 0.0, 1.0, NULL, 0);
    assert_int_equal(counts[0], 0);
}

static void the_bandwidth_is_silvermans(void **state) {
    (void)state;
    // n = 5: sd of 1, 2, 3, 4, 5 is sqrt(2.5), (q75 - q25) / 1.34 is 2 / 1.34, which is less.
    static const double even[] = {1, 2, 3, 4, 5};
    assert_true(fabs(perebor_density_bandwidth(even, 5) - 0.9 * 2.0 / 1.34 * pow(5.0, -0.2)) <
                1e-12);
    // Where the quartiles are equal the deviation counts: sqrt(80 / 4) for 0, 0, 0, 0, 10.
    static const double spike[] = {0, 0, 0, 0, 10};
    assert_true(fabs(perebor_density_bandwidth(spike, 5) - 0.9 * sqrt(20.0) * pow(5.0, -0.2)) <
                1e-12);
    static const double same[] = {3, 3, 3};
    assert_true(perebor_density_bandwidth(same, 3) == 0.0);
}

/** The density by its definition, a kernel a value. */
static double smooth(double x, double bandwidth, size_t n) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        double z = (x - values[i]) / bandwidth;
        sum += exp(-0.5 * z * z);
    }
    return sum / ((double)n * bandwidth * sqrt(2.0 * acos(-1.0)));
}

static void a_density_is_near_its_definition_and_has_one_unit_of_area(void **state) {
    (void)state;
    uint64_t seed = 15;
    for (int i = 0; i < 5; i++) {
        for (size_t k = 0; k < n_values; k++) {
            values[k] = draw_normal(&seed) * (k % 3 == 0 ? 3.0 : 1.0) + 50.0;
        }
        perebor_values_sort(values, spare, n_values);
        double bandwidth = perebor_density_bandwidth(values, n_values);
        double lower = values[0] - 4.0 * bandwidth;
        double upper = values[n_values - 1] + 4.0 * bandwidth;
        perebor_density_estimate(density, n_points, lower, upper, bandwidth, values, n_values);
        double area = 0.0;
        double step = (upper - lower) / (n_points - 1);
        for (size_t point = 0; point < n_points; point++) {
            double exact = smooth(lower + step * (double)point, bandwidth, n_values);
            assert_true(fabs(density[point] - exact) < 2e-3);
            area += density[point] * step;
        }
        assert_true(fabs(area - 1.0) < 1e-3);
        // Values beyond the ends count as far as their kernels reach.
        lower = values[n_values / 3];
        upper = values[n_values / 2];
        perebor_density_estimate(density, n_points, lower, upper, bandwidth, values, n_values);
        assert_true(fabs(density[0] - smooth(lower, bandwidth, n_values)) < 2e-3);
        assert_true(fabs(density[n_points - 1] - smooth(upper, bandwidth, n_values)) < 2e-3);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_counted_between_its_edges),
        cmocka_unit_test(a_constant_column_is_in_the_first_bin),
        cmocka_unit_test(the_bandwidth_is_silvermans),
        cmocka_unit_test(a_density_is_near_its_definition_and_has_one_unit_of_area),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
