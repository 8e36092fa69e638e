// SPDX-License-Identifier: MIT
#include "metric/selection_rows.h"

#include <string.h>

#include "base/stream.h"

/** One row in so many is left out of a selection, to measure what was selected. */
enum { left_out_part = 3 };

static uint64_t unit_of(const perebor_selection *s, size_t row) {
    return s->labels[row] ? UINT64_C(1) << selection_positive_shift : 1;
}

/** How many rows of a stratum are left out: a third, but one at least, and not the only one. */
static size_t n_left_out(size_t n) {
    size_t share = (n + left_out_part / 2) / left_out_part;
    return share > 0 ? share : n > 1;
}

/* Those left out are moved to the front of their stratum by exchanges. */
void selection_draw_rows(const perebor_selection *selection, uint64_t seed, uint64_t number,
                         uint32_t *strata, uint64_t *weights) {
    perebor_stream stream = perebor_stream_make(seed, "corrected selection");
    memcpy(strata, selection->strata, selection->n_rows * sizeof *strata);
    for (size_t row = 0; row < selection->n_rows; row++) {
        weights[row] = unit_of(selection, row);
    }
    for (size_t begin = 0, end; begin < selection->n_rows; begin = end) {
        end = selection->stratum_end[begin];
        size_t stop = begin + n_left_out(end - begin);
        for (size_t at = begin; at < stop; at++) {
            // The upper half of the bits, times how many are left, over 2^32.
            uint64_t bits = perebor_stream_bits(stream, number, at) >> 32;
            size_t other = at + (size_t)((bits * (end - at)) >> 32);
            uint32_t row = strata[other];
            strata[other] = strata[at];
            strata[at] = row;
            weights[row] = 0;
        }
    }
}

void selection_turn_over(const perebor_selection *selection, uint64_t *weights) {
    for (size_t row = 0; row < selection->n_rows; row++) {
        weights[row] = weights[row] == 0 ? unit_of(selection, row) : 0;
    }
}
