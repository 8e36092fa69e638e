// SPDX-License-Identifier: MIT
#include "explain/shuffle.h"

/** A number from 0 to @p last: the upper half of 32 random bits times last + 1. */
static size_t draw(perebor_stream stream, uint64_t trial, uint64_t at, size_t last) {
    uint64_t bits = perebor_stream_bits(stream, trial, at) >> 32;
    return (size_t)(bits * ((uint64_t)last + 1) >> 32);
}

/** Shuffles with the draws from @p first on. */
static void shuffle_from(uint32_t *values, size_t n, perebor_stream stream, uint64_t trial,
                         uint64_t first) {
    for (size_t i = n; i-- > 1;) {
        size_t j = draw(stream, trial, first + i, i);
        uint32_t value = values[i];
        values[i] = values[j];
        values[j] = value;
    }
}

void shuffle_values(uint32_t *values, size_t n, perebor_stream stream, uint64_t trial) {
    shuffle_from(values, n, stream, trial, 0);
}

void shuffle_within(uint32_t *values, const uint32_t *strata, size_t n, size_t n_strata,
                    perebor_stream stream, uint64_t trial, uint32_t *scratch) {
    uint32_t *places = scratch, *inside = scratch + n;
    size_t begin = 0;
    for (size_t stratum = 0; stratum < n_strata; stratum++) {
        size_t n_inside = 0;
        for (size_t i = 0; i < n; i++) {
            if (strata[i] == stratum) {
                places[n_inside] = (uint32_t)i;
                inside[n_inside++] = values[i];
            }
        }
        shuffle_from(inside, n_inside, stream, trial, begin);
        for (size_t i = 0; i < n_inside; i++) {
            values[places[i]] = inside[i];
        }
        begin += n_inside;
    }
}
