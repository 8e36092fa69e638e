// SPDX-License-Identifier: MIT
#include "metric/pair_count.h"

/** Minus the lanes' numbers of scores below, plus those not above. */
PEREBOR_INLINE v8i compare(v8d score, v8d others) {
    return (others < score) + (others <= score);
}

PEREBOR_INLINE uint64_t sum_negated(v8i lanes) {
    int64_t sum = 0;
    for (int lane = 0; lane < PEREBOR_LANES; lane++) {
        sum -= lanes[lane];
    }
    return (uint64_t)sum;
}

/** Four scores at a time, so that a load serves eight comparisons. Padding compares false. */
static uint64_t count(const double *few, size_t n_few, const double *many, size_t n_many) {
    v8i below[4] = {{0}, {0}, {0}, {0}};
    size_t score = 0;
    for (; score + 4 <= n_few; score += 4) {
        v8d s0 = v8d_set(few[score]);
        v8d s1 = v8d_set(few[score + 1]);
        v8d s2 = v8d_set(few[score + 2]);
        v8d s3 = v8d_set(few[score + 3]);
        for (size_t other = 0; other < n_many; other += PEREBOR_LANES) {
            v8d others = v8d_load(many + other);
            below[0] += compare(s0, others);
            below[1] += compare(s1, others);
            below[2] += compare(s2, others);
            below[3] += compare(s3, others);
        }
    }
    for (; score < n_few; score++) {
        v8d s0 = v8d_set(few[score]);
        for (size_t other = 0; other < n_many; other += PEREBOR_LANES) {
            below[0] += compare(s0, v8d_load(many + other));
        }
    }
    return sum_negated((below[0] + below[1]) + (below[2] + below[3]));
}

const struct metric_pair_kernels PEREBOR_KERNEL(metric_pair_kernels) = {.count = count};
