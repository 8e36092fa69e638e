// SPDX-License-Identifier: MIT
/**
 * @file selection_rows.h
 * Which rows a resample of a selection leaves out.
 *
 * A row's weight says by its class whether it counts: 0, or 1 in the lower half of the bits if it
 * is negative and in the upper half if it is positive. So a sum of weights counts both classes.
 */
#ifndef PEREBOR_METRIC_SELECTION_ROWS_H
#define PEREBOR_METRIC_SELECTION_ROWS_H

#include "metric/selection_order.h"

enum { selection_positive_shift = 32 };

/**
 * Every row once but for a third of each stratum, drawn without replacement.
 *
 * @param[in]  number   Of the resample: of one seed, each is another.
 * @param[out] strata   [n_rows] to draw in.
 * @param[out] weights  [n_rows]
 */
void selection_draw_rows(const perebor_selection *selection, uint64_t seed, uint64_t number,
                         uint32_t *strata, uint64_t *weights);

/** The rows that were left out, and only they. */
void selection_turn_over(const perebor_selection *selection, uint64_t *weights);

#endif
