// SPDX-License-Identifier: MIT
/**
 * @file weighted_mean.h
 * The mean of some scores of every row, one lane a row.
 */
#ifndef PEREBOR_METRIC_WEIGHTED_MEAN_H
#define PEREBOR_METRIC_WEIGHTED_MEAN_H

#include <stddef.h>

#include "base/simd.h"

/** Scores, and how often they count. */
typedef struct metric_weighted {
    const double *scores;
    double weight;
} metric_weighted;

/** What is compiled once per instruction set. */
typedef struct metric_mean_kernels {
    /**
     * mean[i] = (sum[i] + w_0 p_0[i] + w_1 p_1[i] + ...) / divisor, added up in this order.
     *
     * @param[in] sum    [n] n a multiple of PEREBOR_LANES.
     * @param[in] terms  [n_terms] of [n] scores.
     */
    void (*mean)(double *mean, const double *sum, const metric_weighted *terms, size_t n_terms,
                 double divisor, size_t n);
} metric_mean_kernels;

PEREBOR_KERNEL_DECLARE(metric_mean_kernels, metric_mean_kernels);

#endif
