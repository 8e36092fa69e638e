// SPDX-License-Identifier: MIT
/**
 * @file calibration_measures.h
 * Whether probabilities mean what they say: of the rows with probability p, is a share p positive?
 */
#ifndef PEREBOR_METRIC_CALIBRATION_MEASURES_H
#define PEREBOR_METRIC_CALIBRATION_MEASURES_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/** How the edges of bins are chosen. */
typedef enum perebor_binning {
    PEREBOR_BINS_EQUAL_WIDTH, /**< k / n_bins */
    PEREBOR_BINS_EQUAL_COUNT, /**< The quantiles at k / n_bins, by linear interpolation. */
} perebor_binning;

/** The rows with low < p <= high; those of the first bin have low <= p. */
typedef struct perebor_reliability_bin {
    double low, high;
    size_t n, n_positive;
    double mean_probability, positive_share; /**< NaN of an empty bin. */
} perebor_reliability_bin;

/** All of them but the log loss and z are 0 at best. */
typedef struct perebor_calibration_measures {
    double log_loss; /**< As the metric neg_log_loss has it, p clipped at the eps of a double. */
    double brier;    /**< mean (y - p)^2 = reliability - resolution + uncertainty + within */
    double expected_error; /**< ECE: mean over rows of |p_k - o_k| of their bin. */
    double largest_error;  /**< MCE: the largest of these. */
    double reliability;    /**< sum n_k / n (p_k - o_k)^2, */
    double resolution;     /**< sum n_k / n (o_k - o)^2, */
    double uncertainty;    /**< o (1 - o), */
    double within;         /**< and what bins hide: mean ((p - p_k)^2 - 2 (p - p_k) (y - o_k)) */
    double z, p; /**< Spiegelhalter's, of perfect calibration, both sides; NaN if every p is 0, 1/2
                    or 1. */
} perebor_calibration_measures;

/**
 * Counts rows by bins, as scikit-learn's calibration_curve does, which drops the empty ones.
 *
 * @param[in]  labels         [n_rows] 0 or 1.
 * @param[in]  probabilities  [n_rows] in [0, 1]; n_rows from 1 to 2^32 - 1.
 * @param[out] bins           [n_bins] ascending; of equal counts, some are empty if many rows tie.
 * @retval PEREBOR_ERR_ARGUMENT  No rows, no bins, or a probability outside [0, 1].
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status perebor_reliability_bins(perebor_reliability_bin *bins,
                                                           size_t n_bins, perebor_binning binning,
                                                           const uint8_t *labels,
                                                           const double *probabilities,
                                                           size_t n_rows, perebor_error *error);

/**
 * Measures: the decomposition of the Brier score by Murphy, "A new vector partition of the
 * probability score", Journal of Applied Meteorology 12 (1973), with the terms within bins of
 * Stephenson, Coelho and Jolliffe, Weather and Forecasting 23 (2008), joined in one; z by
 * Spiegelhalter, "Probabilistic prediction in patient management and clinical trials", Statistics
 * in Medicine 5 (1986).
 *
 * @param[in] bins  [n_bins] of the same rows.
 */
perebor_calibration_measures perebor_measure_calibration(const perebor_reliability_bin *bins,
                                                         size_t n_bins, const uint8_t *labels,
                                                         const double *probabilities,
                                                         size_t n_rows);

#endif
