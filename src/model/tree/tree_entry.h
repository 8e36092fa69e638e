// SPDX-License-Identifier: MIT
/**
 * @file tree_entry.h
 * A row in a sorted column: what growing reads once a level and column, and moves as often.
 *
 * Eight bytes, since moving them is most of what dividing costs. A label is one bit of them, so
 * that the search for a classifier's split reads nothing else; weights and targets are looked up by
 * row (tree_sample.h).
 */
#ifndef PEREBOR_MODEL_TREE_TREE_ENTRY_H
#define PEREBOR_MODEL_TREE_TREE_ENTRY_H

#include <stdint.h>

#include "base/simd.h"

/** Its value's place among the column's values, the row and its label. */
typedef uint64_t tree_entry;

PEREBOR_INLINE tree_entry tree_entry_make(uint32_t code, uint32_t row, uint8_t label) {
    return (uint64_t)code << 32 | (uint64_t)row << 1 | label;
}

PEREBOR_INLINE uint32_t tree_entry_code(tree_entry entry) {
    return (uint32_t)(entry >> 32);
}

PEREBOR_INLINE uint32_t tree_entry_row(tree_entry entry) {
    return (uint32_t)entry >> 1;
}

PEREBOR_INLINE uint32_t tree_entry_label(tree_entry entry) {
    return (uint32_t)entry & 1;
}

#endif
