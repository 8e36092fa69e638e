// SPDX-License-Identifier: MIT
/**
 * @file tree_entry.h
 * A row in a sorted column: what growing reads once a level and column, and moves as often.
 *
 * Four bytes, since moving them is most of what dividing costs, and all columns of them most of the
 * memory. A label is one bit of them, so that the search for a classifier's split reads nothing
 * else, and where a value ends another, since a split lies there alone; values, weights and targets
 * are looked up by row (tree_sample.h).
 */
#ifndef PEREBOR_MODEL_TREE_TREE_ENTRY_H
#define PEREBOR_MODEL_TREE_TREE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/simd.h"

/** The row, its label, and whether its value is above that of the entry before. For the first of
 * a node, which has none before, that says nothing. */
typedef uint32_t tree_entry;

enum { TREE_ENTRY_STEP = 1, TREE_ENTRY_ROW_BITS = 30 };

/** @param[in] step  1 where the value is above that of the entry before, else 0. */
PEREBOR_INLINE tree_entry tree_entry_make(uint32_t step, uint32_t row, uint8_t label) {
    return row << 2 | (uint32_t)label << 1 | step;
}

PEREBOR_INLINE uint32_t tree_entry_step(tree_entry entry) {
    return entry & TREE_ENTRY_STEP;
}

PEREBOR_INLINE uint32_t tree_entry_row(tree_entry entry) {
    return entry >> 2;
}

PEREBOR_INLINE uint32_t tree_entry_label(tree_entry entry) {
    return entry >> 1 & 1;
}

/** How many different values n entries of a column have. @pre n > 0 */
PEREBOR_INLINE uint32_t tree_entries_count_values(const tree_entry *entries, size_t n) {
    uint32_t n_values = 1;
    for (size_t i = 1; i < n; i++) {
        n_values += tree_entry_step(entries[i]);
    }
    return n_values;
}

/** Whether n entries of a column have more than one value. */
PEREBOR_INLINE bool tree_entries_vary(const tree_entry *entries, size_t n) {
    enum { abreast = 8 };
    size_t i = 1;
    for (; i + abreast <= n; i += abreast) {
        tree_entry any = 0;
        for (size_t k = 0; k < abreast; k++) {
            any |= entries[i + k];
        }
        if (tree_entry_step(any) != 0) {
            return true;
        }
    }
    for (; i < n; i++) {
        if (tree_entry_step(entries[i]) != 0) {
            return true;
        }
    }
    return false;
}

#endif
