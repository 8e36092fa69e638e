// SPDX-License-Identifier: MIT
#include "metric/calibration_measures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/try.h"
#include "metric/scorers.h"
#include "statistics/quantile.h"

static perebor_status check_rows(size_t n_bins, const double *probabilities, size_t n_rows,
                                 perebor_error *error) {
    if (n_rows == 0 || n_bins == 0) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "%zu rows cannot be counted by %zu bins: there must be some of both",
                            n_rows, n_bins);
    }
    for (size_t row = 0; row < n_rows; row++) {
        if (!(probabilities[row] >= 0.0 && probabilities[row] <= 1.0)) {
            return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                                "row %zu has %g where a probability from 0 to 1 is needed: "
                                "calibrate the scores first",
                                row, probabilities[row]);
        }
    }
    return PEREBOR_OK;
}

static perebor_status cut_by_count(perebor_reliability_bin *bins, size_t n_bins,
                                   const double *probabilities, size_t n_rows,
                                   perebor_error *error) {
    double *sorted = malloc(2 * n_rows * sizeof *sorted);
    if (sorted == NULL) {
        return perebor_no_memory(error, "to sort %zu probabilities", n_rows);
    }
    memcpy(sorted, probabilities, n_rows * sizeof *sorted);
    perebor_values_sort(sorted, sorted + n_rows, n_rows);
    for (size_t k = 0; k < n_bins; k++) {
        bins[k].low = perebor_quantile(sorted, n_rows, (double)k / (double)n_bins);
        bins[k].high = perebor_quantile(sorted, n_rows, (double)(k + 1) / (double)n_bins);
    }
    free(sorted);
    return PEREBOR_OK;
}

/** The first bin whose upper edge is not below, by halves; the last has all that is left. */
static size_t bin_of(const perebor_reliability_bin *bins, size_t n_bins, double p) {
    size_t first = 0;
    size_t last = n_bins - 1;
    while (first < last) {
        size_t middle = first + (last - first) / 2;
        if (bins[middle].high < p) {
            first = middle + 1;
        } else {
            last = middle;
        }
    }
    return first;
}

perebor_status perebor_reliability_bins(perebor_reliability_bin *bins, size_t n_bins,
                                        perebor_binning binning, const uint8_t *labels,
                                        const double *probabilities, size_t n_rows,
                                        perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, check_rows(n_bins, probabilities, n_rows, error));
    if (binning == PEREBOR_BINS_EQUAL_COUNT) {
        PEREBOR_TRY(done, cut_by_count(bins, n_bins, probabilities, n_rows, error));
    }
    for (size_t k = 0; k < n_bins; k++) {
        if (binning == PEREBOR_BINS_EQUAL_WIDTH) {
            bins[k].low = (double)k / (double)n_bins;
            bins[k].high = (double)(k + 1) / (double)n_bins;
        }
        bins[k].n = bins[k].n_positive = 0;
        bins[k].mean_probability = 0.0;
    }
    for (size_t row = 0; row < n_rows; row++) {
        perebor_reliability_bin *bin = &bins[bin_of(bins, n_bins, probabilities[row])];
        bin->n++;
        bin->n_positive += labels[row] != 0;
        bin->mean_probability += probabilities[row];
    }
    for (size_t k = 0; k < n_bins; k++) { // 0 / 0 is NaN
        bins[k].mean_probability /= (double)bins[k].n;
        bins[k].positive_share = (double)bins[k].n_positive / (double)bins[k].n;
    }
done:
    return status;
}

/** What bins say, each as sums over them in their order. */
static void measure_bins(perebor_calibration_measures *m, const perebor_reliability_bin *bins,
                         size_t n_bins) {
    double n = 0.0;
    double n_positive = 0.0;
    for (size_t k = 0; k < n_bins; k++) {
        n += (double)bins[k].n;
        n_positive += (double)bins[k].n_positive;
    }
    double overall = n_positive / n;
    for (size_t k = 0; k < n_bins; k++) {
        if (bins[k].n > 0) {
            double share = (double)bins[k].n / n;
            double gap = bins[k].mean_probability - bins[k].positive_share;
            double lead = bins[k].positive_share - overall;
            m->expected_error += share * fabs(gap);
            m->largest_error = fabs(gap) > m->largest_error ? fabs(gap) : m->largest_error;
            m->reliability += share * gap * gap;
            m->resolution += share * lead * lead;
        }
    }
    m->uncertainty = overall * (1.0 - overall);
}

/**
 * Under perfect calibration sum (y - p)(1 - 2p), the part of the Brier score that labels move, has
 * expectation 0 and variance sum (1 - 2p)^2 p (1 - p): z is the one over the root of the other.
 */
static void test_calibration(perebor_calibration_measures *m, const uint8_t *labels,
                             const double *probabilities, size_t n_rows) {
    double sum = 0.0;
    double variance = 0.0;
    for (size_t row = 0; row < n_rows; row++) {
        double p = probabilities[row];
        double factor = 1.0 - 2.0 * p;
        sum += ((labels[row] ? 1.0 : 0.0) - p) * factor;
        variance += factor * factor * p * (1.0 - p);
    }
    m->z = variance > 0.0 ? sum / sqrt(variance) : (double)NAN;
    m->p = 2.0 * perebor_normal_cdf(-fabs(m->z));
}

perebor_calibration_measures perebor_measure_calibration(const perebor_reliability_bin *bins,
                                                         size_t n_bins, const uint8_t *labels,
                                                         const double *probabilities,
                                                         size_t n_rows) {
    const perebor_predictions predictions = {
        .labels = labels, .n_rows = n_rows, .probabilities = probabilities};
    perebor_calibration_measures m = {
        .log_loss = metric_log_loss(&predictions, NULL),
        .brier = metric_brier_score(&predictions, NULL),
    };
    measure_bins(&m, bins, n_bins);
    m.within = m.brier - (m.reliability - m.resolution + m.uncertainty);
    test_calibration(&m, labels, probabilities, n_rows);
    return m;
}
