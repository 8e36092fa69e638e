// SPDX-License-Identifier: MIT
/** Reliability, the Brier score's parts and Spiegelhalter's z, against definitions and
 * scikit-learn. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "golden_measures.h"
#include "metric/calibration_measures.h"

static void assert_near(double value, double wanted, double tolerance) {
    if (!(fabs(value - wanted) <= tolerance)) {
        fail_msg("%.17g, should be %.17g", value, wanted);
    }
}

enum { n_rows = 300, max_bins = 20 };

static uint8_t labels[n_rows];
static double probabilities[n_rows];

/** With few steps, probabilities tie. */
static void draw_rows(size_t n_steps, uint64_t *random) {
    for (size_t row = 0; row < n_rows; row++) {
        double p = draw_uniform(random);
        probabilities[row] = floor(p * (double)(n_steps + 1)) / (double)n_steps;
        labels[row] = draw_uniform(random) < 0.2 + 0.5 * p * p;
    }
}

/** Which bin a row is in, by its edges. */
static size_t bin_of(const perebor_reliability_bin *bins, size_t n_bins, double p) {
    for (size_t k = 0; k < n_bins; k++) {
        if (p <= bins[k].high) {
            return k;
        }
    }
    return n_bins - 1;
}

/** The mean over rows of (p - p_k)^2 - 2 (p - p_k)(y - o_k), of |p_k - o_k| and of (o_k - o)^2. */
static void check_measures(const perebor_reliability_bin *bins, size_t n_bins) {
    perebor_calibration_measures m =
        perebor_measure_calibration(bins, n_bins, labels, probabilities, n_rows);
    double within = 0.0, error = 0.0, resolution = 0.0, reliability = 0.0, overall = 0.0;
    double brier = 0.0, moved = 0.0, variance = 0.0, largest = 0.0;
    for (size_t row = 0; row < n_rows; row++) {
        overall += labels[row] / (double)n_rows;
    }
    for (size_t row = 0; row < n_rows; row++) {
        double p = probabilities[row], y = labels[row];
        const perebor_reliability_bin *bin = &bins[bin_of(bins, n_bins, p)];
        double mean = bin->mean_probability, share = bin->positive_share;
        within += (p - mean) * (p - mean) - 2.0 * (p - mean) * (y - share);
        error += fabs(mean - share);
        reliability += (mean - share) * (mean - share);
        resolution += (share - overall) * (share - overall);
        largest = fmax(largest, fabs(mean - share));
        brier += (y - p) * (y - p);
        moved += (y - p) * (1.0 - 2.0 * p);
        variance += (1.0 - 2.0 * p) * (1.0 - 2.0 * p) * p * (1.0 - p);
    }
    assert_near(m.within, within / n_rows, 1e-14);
    assert_near(m.expected_error, error / n_rows, 1e-14);
    assert_near(m.largest_error, largest, 1e-15);
    assert_near(m.reliability, reliability / n_rows, 1e-14);
    assert_near(m.resolution, resolution / n_rows, 1e-14);
    assert_near(m.uncertainty, overall * (1.0 - overall), 1e-14);
    assert_near(m.brier, brier / n_rows, 1e-14);
    assert_near(m.z, moved / sqrt(variance), 1e-12);
    assert_near(m.p, erfc(fabs(m.z) / sqrt(2.0)), 1e-14);
}

static void measures_are_what_their_definitions_say(void **state) {
    (void)state;
    uint64_t random = 31;
    static const size_t steps[] = {3, 10, 1000003};
    for (size_t i = 0; i < 3; i++) {
        draw_rows(steps[i], &random);
        for (size_t n_bins = 1; n_bins <= max_bins; n_bins++) {
            for (int binning = PEREBOR_BINS_EQUAL_WIDTH; binning <= PEREBOR_BINS_EQUAL_COUNT;
                 binning++) {
                perebor_reliability_bin bins[max_bins];
                size_t n = 0;
                assert_int_equal(perebor_reliability_bins(bins, n_bins, (perebor_binning)binning,
                                                          labels, probabilities, n_rows, NULL),
                                 PEREBOR_OK);
                for (size_t k = 0; k < n_bins; k++) {
                    n += bins[k].n;
                    assert_true(bins[k].low <= bins[k].high);
                    assert_true(bins[k].n > 0 || isnan(bins[k].mean_probability));
                }
                assert_int_equal(n, n_rows);
                check_measures(bins, n_bins);
            }
        }
    }
}

static void bins_of_equal_count_are_equal_without_ties(void **state) {
    (void)state;
    perebor_reliability_bin bins[10];
    for (size_t row = 0; row < n_rows; row++) {
        labels[row] = row % 3 == 0;
        probabilities[row] = pow((double)((row * 7919) % n_rows) / n_rows, 3.0);
    }
    assert_int_equal(perebor_reliability_bins(bins, 10, PEREBOR_BINS_EQUAL_COUNT, labels,
                                              probabilities, n_rows, NULL),
                     PEREBOR_OK);
    for (size_t k = 0; k < 10; k++) {
        assert_int_equal(bins[k].n, n_rows / 10);
    }
}

static void curves_are_scikit_learns(void **state) {
    (void)state;
    static golden_table table;
    static const char *const keys[] = {"uniform", "quantile"};
    assert_true(golden_read(&table));
    for (int binning = 0; binning < 2; binning++) {
        perebor_reliability_bin bins[7];
        double wanted[golden_values];
        size_t next = 0;
        assert_int_equal(perebor_reliability_bins(bins, 7, (perebor_binning)binning, table.labels,
                                                  table.probabilities, golden_rows, NULL),
                         PEREBOR_OK);
        for (size_t k = 0; k < 7; k++) {
            if (bins[k].n > 0) {
                assert_int_equal(golden_line(keys[binning], next++, wanted), 2);
                assert_near(bins[k].mean_probability, wanted[0], 1e-14);
                assert_near(bins[k].positive_share, wanted[1], 1e-15);
            }
        }
        assert_int_equal(golden_line(keys[binning], next, wanted), 0);
        perebor_calibration_measures m =
            perebor_measure_calibration(bins, 7, table.labels, table.probabilities, golden_rows);
        assert_int_equal(golden_line("brier", 0, wanted), 1);
        assert_near(m.brier, wanted[0], 1e-14);
        assert_int_equal(golden_line("log_loss", 0, wanted), 1);
        assert_near(m.log_loss, wanted[0], 1e-13);
        assert_int_equal(golden_line("spiegelhalter", 0, wanted), 2);
        assert_near(m.z, wanted[0], 1e-12);
        assert_near(m.p, wanted[1], 1e-15);
    }
}

static void what_is_no_probability_is_refused(void **state) {
    (void)state;
    static const uint8_t one[] = {1, 0};
    static const double wrong[] = {0.5, 1.5}, certain[] = {1.0, 0.0};
    perebor_reliability_bin bins[2];
    perebor_error error = {0};
    assert_int_equal(
        perebor_reliability_bins(bins, 2, PEREBOR_BINS_EQUAL_WIDTH, one, wrong, 2, &error),
        PEREBOR_ERR_ARGUMENT);
    assert_non_null(strstr(error.message, "row 1 has 1.5"));
    assert_int_equal(
        perebor_reliability_bins(bins, 0, PEREBOR_BINS_EQUAL_WIDTH, one, wrong, 2, &error),
        PEREBOR_ERR_ARGUMENT);
    assert_int_equal(
        perebor_reliability_bins(bins, 2, PEREBOR_BINS_EQUAL_WIDTH, one, certain, 2, NULL),
        PEREBOR_OK);
    perebor_calibration_measures m = perebor_measure_calibration(bins, 2, one, certain, 2);
    assert_true(isnan(m.z) && isnan(m.p) && m.brier == 0.0 && m.expected_error == 0.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_are_what_their_definitions_say),
        cmocka_unit_test(bins_of_equal_count_are_equal_without_ties),
        cmocka_unit_test(curves_are_scikit_learns),
        cmocka_unit_test(what_is_no_probability_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
