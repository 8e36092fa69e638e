// SPDX-License-Identifier: MIT
/**
 * @file machine_pace_kernels.h
 * Bits of work like the learners', to be timed (machine_pace.h).
 */
#ifndef PEREBOR_TRIAL_MACHINE_PACE_KERNELS_H
#define PEREBOR_TRIAL_MACHINE_PACE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "base/simd.h"

/** What is counted fits in a second cache, as the codes of some columns of a fold do; so does what
 * is computed with. */
enum {
    PACE_ROWS = 1 << 14,
    PACE_CODES = 8,
    PACE_BINS = 256,
    PACE_COLUMNS = 64,
    PACE_VALUES = 1 << 10,
};

typedef struct pace_room {
    uint8_t codes[PACE_ROWS][PACE_CODES];
    uint64_t gradients[PACE_ROWS];
    uint32_t order[PACE_ROWS], other[PACE_ROWS]; /**< Permutations of rows. */
    uint64_t counts[PACE_CODES][PACE_BINS];
    double values[PACE_COLUMNS][PACE_VALUES];
    double sums[PACE_VALUES];
    size_t turn; /**< How often rows were divided. Last, for columns to begin lines of a cache. */
} pace_room;

typedef struct pace_kernels {
    /** Adds gradients up by code, looks for a split and divides the rows: as trees grow. Each
     * column has its turn, so that from the PACE_CODES-th on rows are looked up in the order that
     * the leaves of a tree have them in. */
    void (*count)(pace_room *room);
    /** Sums of products of columns, and columns added to one another: as linear models and
     * distances are computed. */
    void (*compute)(pace_room *room);
} pace_kernels;

PEREBOR_KERNEL_DECLARE(pace_kernels, pace_kernels);

#endif
