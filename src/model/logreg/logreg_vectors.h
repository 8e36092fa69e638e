// SPDX-License-Identifier: MIT
/**
 * @file logreg_vectors.h
 * Sums and products of vectors of weights or rows, whose length is a multiple of PEREBOR_LANES.
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_VECTORS_H
#define PEREBOR_MODEL_LOGREG_LOGREG_VECTORS_H

#include <stddef.h>

#include "base/simd.h"

/** The sum of a * b * c over whole vectors. */
PEREBOR_INLINE double logreg_sum_of_products(const double *a, const double *b, const double *c,
                                             size_t n) {
    v8d sum = v8d_set(0.0);
    for (size_t k = 0; k < n; k += PEREBOR_LANES) {
        sum += v8d_load(a + k) * v8d_load(b + k) * v8d_load(c + k);
    }
    return v8d_sum(sum);
}

/** target += factor * source, over whole vectors. */
PEREBOR_INLINE void logreg_add_scaled(double *target, double factor, const double *source,
                                      size_t n) {
    for (size_t k = 0; k < n; k += PEREBOR_LANES) {
        v8d_store(target + k, v8d_load(target + k) + v8d_set(factor) * v8d_load(source + k));
    }
}

/** product = a * b, over whole vectors. */
PEREBOR_INLINE void logreg_multiply(double *product, const double *a, const double *b, size_t n) {
    for (size_t k = 0; k < n; k += PEREBOR_LANES) {
        v8d_store(product + k, v8d_load(a + k) * v8d_load(b + k));
    }
}

#endif
