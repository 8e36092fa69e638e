// SPDX-License-Identifier: MIT
/**
 * @file draw.h
 * Numbers for tests: the same on every machine, one stream for each start of the state.
 */
#ifndef TESTS_SUPPORT_DRAW_H
#define TESTS_SUPPORT_DRAW_H

#include <stdint.h>

#include "base/mix.h"

/** The next 64 bits: splitmix64. */
static inline uint64_t draw_bits(uint64_t *state) {
    *state += PEREBOR_MIX_STEP;
    return perebor_mix(*state);
}

/** Uniform in [0, 1). */
static inline double draw_uniform(uint64_t *state) {
    return (double)(draw_bits(state) >> 11) * 0x1p-53;
}

/** Nearly normal, exact everywhere: twelve uniform numbers, less six. */
static inline double draw_normal(uint64_t *state) {
    double sum = -6.0;
    for (int i = 0; i < 12; i++) {
        sum += draw_uniform(state);
    }
    return sum;
}

#endif
