// SPDX-License-Identifier: MIT
/**
 * @file shuffle.h
 * Random orders of rows that depend on what they are for, not on when they are drawn.
 */
#ifndef PEREBOR_EXPLAIN_SHUFFLE_H
#define PEREBOR_EXPLAIN_SHUFFLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/stream.h"

/**
 * Shuffles by Fisher and Yates: from the last place on, each value changes places with one at a
 * place drawn among those up to its own.
 *
 * @param[in,out] values  [n], n below 2^32.
 * @param[in]     trial   Of the stream; its draws 1 … n - 1 are used.
 */
void shuffle_values(uint32_t *values, size_t n, perebor_stream stream, uint64_t trial);

/**
 * The same, but values change places only with others of their stratum: among each stratum's own
 * places, as they stand.
 *
 * @param[in,out] values   [n]
 * @param[in]     strata   [n] of the places: a number below n_strata each.
 * @param         scratch  [2 n]
 */
void shuffle_within(uint32_t *values, const uint32_t *strata, size_t n, size_t n_strata,
                    perebor_stream stream, uint64_t trial, uint32_t *scratch);

#endif
