// SPDX-License-Identifier: MIT
/**
 * @file left_out_rows.h
 * The rows that a resample of a selection leaves out, drawn in the plainest way.
 */
#ifndef TESTS_SUPPORT_LEFT_OUT_ROWS_H
#define TESTS_SUPPORT_LEFT_OUT_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/stream.h"

/**
 * Leaves out a third of each class of each fold of the first repeat, rows in ascending order.
 *
 * @param[in]  fold_of  [n_rows] of the first repeat.
 * @param[out] counts   [n_rows] 0 for a row that is left out, 1 for every other.
 */
static inline void left_out_rows_draw(uint64_t seed, uint64_t number, const uint8_t *labels,
                                      const uint32_t *fold_of, size_t n_rows, size_t n_folds,
                                      size_t *counts) {
    perebor_stream stream = perebor_stream_make(seed, "corrected selection");
    uint64_t draw = 0;
    for (size_t row = 0; row < n_rows; row++) {
        counts[row] = 1;
    }
    for (size_t stratum = 0; stratum < 2 * n_folds; stratum++) {
        size_t members[1024], n = 0;
        for (size_t row = 0; row < n_rows; row++) {
            if (2 * (size_t)fold_of[row] + labels[row] == stratum) {
                members[n++] = row;
            }
        }
        size_t n_out = n == 2 ? 1 : (2 * n + 3) / 6; // n / 3, rounded
        for (size_t i = 0; i < n_out; i++) {
            uint64_t bits = perebor_stream_bits(stream, number, draw + i) >> 32;
            size_t other = i + (size_t)(bits * (n - i) >> 32);
            size_t row = members[other];
            members[other] = members[i];
            counts[row] = 0;
        }
        draw += n;
    }
}

#endif
