// SPDX-License-Identifier: MIT
/**
 * @file sort_values.h
 * Puts doubles in order, each with a number that goes along: a radix sort of their bits.
 */
#ifndef PEREBOR_BASE_SORT_VALUES_H
#define PEREBOR_BASE_SORT_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arithmetic.h"
#include "perebor/workspace.h"

/** A value as a whole number of the same order, and what goes along with it. */
typedef struct sorted_value {
    uint64_t key;
    uint32_t row;
} sorted_value;

/** What sorting needs. */
typedef struct value_sorter {
    sorted_value *from; /**< [most] to be filled; in order once they are sorted. */
    sorted_value *to;   /**< [most] to compute in. */
    uint32_t *counts;   /**< The same. */
} value_sorter;

/** The key of a value that is a number; -0 has that of 0. Doubles without a sign ascend as their
 * bits do, the others descend. */
PEREBOR_INLINE uint64_t sorted_value_key(double value) {
    uint64_t bits = arithmetic_to_bits(value + 0.0);
    return (bits >> 63) != 0 ? ~bits : bits | UINT64_C(1) << 63;
}

/** The value of a key. */
PEREBOR_INLINE double sorted_value_of(uint64_t key) {
    return arithmetic_from_bits((key >> 63) != 0 ? key & ~(UINT64_C(1) << 63) : ~key);
}

/** @param[in] most  Values at once. @return False if memory is short. */
bool value_sorter_create(value_sorter *sorter, size_t most, perebor_workspace *workspace);

/** Sorts the first n of sorter->from, ascending; equal ones keep their order. */
void value_sorter_sort(value_sorter *sorter, size_t n);

#endif
