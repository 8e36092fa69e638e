// SPDX-License-Identifier: MIT
/**
 * @file pair_count.h
 * Counting ordered pairs by comparing every positive with every negative, eight at a time.
 */
#ifndef PEREBOR_METRIC_PAIR_COUNT_H
#define PEREBOR_METRIC_PAIR_COUNT_H

#include <stddef.h>
#include <stdint.h>

#include "base/simd.h"

/** What is compiled once per instruction set. */
typedef struct metric_pair_kernels {
    /**
     * The number of (few, many) pairs with few > many, plus those with few >= many.
     *
     * @param[in] few    [n_few] no NaN.
     * @param[in] many   [n_many rounded up to 8] no NaN but in the padding, which must be NaN.
     */
    uint64_t (*count)(const double *few, size_t n_few, const double *many, size_t n_many);
} metric_pair_kernels;

PEREBOR_KERNEL_DECLARE(metric_pair_kernels, metric_pair_kernels);

#endif
