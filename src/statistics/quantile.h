// SPDX-License-Identifier: MIT
/**
 * @file quantile.h
 * Order statistics of a column: sorted copies, quantiles, spread that outliers cannot move.
 */
#ifndef PEREBOR_STATISTICS_QUANTILE_H
#define PEREBOR_STATISTICS_QUANTILE_H

#include <stddef.h>

#include "perebor/status.h"

/**
 * Sorts in place, ascending.
 *
 * @param[in,out] values  [n] no NaN; n below 2^32.
 * @param[out]    spare   [n]
 */
void perebor_values_sort(double *values, double *spare, size_t n);

/**
 * The quantile at @p share in [0, 1] by linear interpolation at share * (n - 1), numpy's default.
 *
 * @param[in] sorted  [n] ascending, n > 0.
 */
double perebor_quantile(const double *sorted, size_t n, double share);

/** The median distance from the median. @param[in] sorted [n] ascending, n > 0. */
double perebor_median_deviation(const double *sorted, size_t n);

/** The number of distinct values. @param[in] sorted [n] ascending. */
size_t perebor_distinct_count(const double *sorted, size_t n);

#endif
