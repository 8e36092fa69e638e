// SPDX-License-Identifier: MIT
/**
 * @file neighbor_kernel.h
 * The inner loops over the points that may be among the nearest. Arrays are padded to whole vectors
 * of eight; sums of distances with infinity.
 */
#ifndef PEREBOR_EXPLAIN_NEIGHBOR_KERNEL_H
#define PEREBOR_EXPLAIN_NEIGHBOR_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/simd.h"

typedef struct neighbor_kernels {
    /** into = sums + parts, of [n]. */
    void (*add)(const double *sums, const double *parts, size_t n, double *into);
    /** low += min(own, other), high += max(own, other), of [n]. */
    void (*bound)(const double *own, const double *other, size_t n, double *low, double *high);
    /** How many of [n] values are below a limit. */
    size_t (*count_below)(const double *values, size_t n, double limit);
    /** The places of those below it. @return How many. */
    size_t (*find_below)(const double *values, size_t n, double limit, uint32_t *places);
} neighbor_kernels;

PEREBOR_KERNEL_DECLARE(neighbor_kernels, neighbor_kernels);

#endif
