// SPDX-License-Identifier: MIT
/**
 * @file histogram.h
 * Pictures of a distribution: counts in bins, and a smooth density.
 */
#ifndef PEREBOR_STATISTICS_HISTOGRAM_H
#define PEREBOR_STATISTICS_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/**
 * Counts in equal bins of [lower, upper], each with its lower edge, the last with both: numpy's.
 * Where both ends are one value, it is counted in the first bin.
 *
 * @param[out] counts  [n_bins]; values outside are not counted.
 * @param[in]  values  [n] no NaN.
 */
void perebor_histogram_count(uint64_t *counts, size_t n_bins, double lower, double upper,
                             const double *values, size_t n);

/**
 * Silverman's bandwidth, 0.9 min(sd, (q75 - q25) / 1.34) n^(-1/5); 0 for a constant column.
 *
 * @param[in] sorted  [n] ascending, n > 1.
 */
double perebor_density_bandwidth(const double *sorted, size_t n);

/**
 * A density smoothed by a Gaussian kernel, at n_points points from lower to upper, ends included.
 *
 * Values are first shared out among 512 points of a fine grid (Wand, "Fast computation of
 * multivariate kernel estimators", 1994), so that the cost does not grow with their number.
 *
 * @param[out] density    [n_points], n_points > 1.
 * @param[in]  bandwidth  Greater than 0.
 */
void perebor_density_estimate(double *density, size_t n_points, double lower, double upper,
                              double bandwidth, const double *values, size_t n);

#endif
