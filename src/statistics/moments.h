// SPDX-License-Identifier: MIT
/**
 * @file moments.h
 * Where a column's values lie and how they scatter.
 */
#ifndef PEREBOR_STATISTICS_MOMENTS_H
#define PEREBOR_STATISTICS_MOMENTS_H

#include <stddef.h>

#include "perebor/status.h"

/** Figures of n values; NaN where they do not determine a figure. */
typedef struct perebor_moments {
    size_t n;
    double mean;
    double sd; /**< ddof 1, as pandas has it */
    double minimum, maximum;
    double skewness;        /**< m3 / m2^1.5, as scipy.stats.skew */
    double excess_kurtosis; /**< m4 / m2^2 - 3, as scipy.stats.kurtosis */
} perebor_moments;

/** Two passes: the mean, then powers of the distances from it. @param[in] values [n] no NaN. */
void perebor_moments_compute(perebor_moments *moments, const double *values, size_t n);

#endif
