// SPDX-License-Identifier: MIT
#include "metric/weighted_mean.h"

/** The means of the rows of some registers. A number times a vector is that times each lane. */
PEREBOR_INLINE void mean_of(double *means, const double *sum, const metric_weighted *terms,
                            size_t n_terms, double divisor, size_t at, size_t n_registers) {
    vnd total[4];
    for (size_t i = 0; i < n_registers; i++) {
        total[i] = vnd_load(sum + at + i * PEREBOR_NATIVE_LANES);
    }
    for (size_t term = 0; term < n_terms; term++) {
        const double *scores = terms[term].scores + at;
        double weight = terms[term].weight;
        for (size_t i = 0; i < n_registers; i++) {
            total[i] += weight * vnd_load(scores + i * PEREBOR_NATIVE_LANES);
        }
    }
    for (size_t i = 0; i < n_registers; i++) {
        vnd_store(means + at + i * PEREBOR_NATIVE_LANES, total[i] / divisor);
    }
}

static void mean(double *means, const double *sum, const metric_weighted *terms, size_t n_terms,
                 double divisor, size_t n) {
    const size_t four = (size_t)4 * PEREBOR_NATIVE_LANES;
    size_t at = 0;
    for (; at + four <= n; at += four) {
        mean_of(means, sum, terms, n_terms, divisor, at, 4);
    }
    for (; at < n; at += PEREBOR_NATIVE_LANES) {
        mean_of(means, sum, terms, n_terms, divisor, at, 1);
    }
}

const metric_mean_kernels PEREBOR_KERNEL(metric_mean_kernels) = {.mean = mean};
