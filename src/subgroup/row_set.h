// SPDX-License-Identifier: MIT
/**
 * @file row_set.h
 * Sets of rows, a bit each.
 */
#ifndef PEREBOR_SUBGROUP_ROW_SET_H
#define PEREBOR_SUBGROUP_ROW_SET_H

#include <stddef.h>
#include <stdint.h>

static inline size_t row_set_words(size_t n_rows) {
    return (n_rows + 63) / 64;
}

static inline void row_set_add(uint64_t *set, size_t row) {
    set[row / 64] |= UINT64_C(1) << row % 64;
}

/** Rows that are in both sets, and how many. @param[out] both  [n_words] may be either; NULL: they
 * are only counted. */
size_t row_set_meet(uint64_t *both, const uint64_t *one, const uint64_t *other, size_t n_words);

#endif
