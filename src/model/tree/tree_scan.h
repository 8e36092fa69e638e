// SPDX-License-Identifier: MIT
/**
 * @file tree_scan.h
 * The search for the best split of a node: the kernel of growing trees.
 *
 * A node's split is judged by what it leaves: the impurity of the two sides by their weights. Lower
 * is better; on equal costs the lower column is, then the lower threshold. With weights u of class
 * 0 and v of class 1 and z zeros and o ones on a side, its weight is w = u z + v o, and
 *
 *     gini:     cost = z o / w        of the left + the same of the right, over one denominator;
 *     entropy:  cost = w log w - (u z) log(u z) - (v o) log(v o)    of the left + of the right.
 *
 * Weights are whole numbers (1 and 1, or, balanced, the other class's count), so that numerator and
 * denominator of the Gini cost are exact below 2^53 and equal costs compare equal. Both forms are
 * symmetric in the sides and in the classes, bit for bit.
 *
 * scikit-learn's own form, for rows of weight 1, is (n * impurity) of the left + the same of the
 * right.
 */
#ifndef PEREBOR_MODEL_TREE_TREE_SCAN_H
#define PEREBOR_MODEL_TREE_TREE_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/simd.h"
#include "model/tree/tree.h"

/** A row in a sorted column: its value's place among the column's values, row and label. */
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

/** A split of a node, or none if its cost is infinite. */
typedef struct tree_split {
    double cost;
    uint32_t column; /**< Of the matrix. */
    uint32_t slot;   /**< Where the column is kept: see tree_columns. */
    uint32_t n_left, ones_left;
} tree_split;

/** Whether @p a is to be preferred to @p b. */
PEREBOR_INLINE int tree_split_before(const tree_split *a, const tree_split *b) {
    if (a->cost != b->cost) {
        return a->cost < b->cost;
    }
    return a->column != b->column ? a->column < b->column : a->n_left < b->n_left;
}

/** The node to split and the scratch memory to do it in. */
typedef struct tree_scan {
    tree_criterion criterion;
    bool like_sklearn;              /**< Costs as scikit-learn computes them. */
    double weights[2];              /**< Of a row of each class; whole numbers. */
    const double *entropy_terms[3]; /**< x log x of the weight of k zeros, k ones, k rows; the last
                                         is NULL where the classes weigh differently. */
    uint32_t n_rows, n_ones;        /**< Of the node. */
    const uint32_t *min_leaves;     /**< [n_levels] ascending: the wanted fewest rows of a leaf. */
    uint32_t n_levels;
    tree_split *best; /**< [n_levels]: best split whose smaller side has at least min_leaves[level],
                           and fewer than min_leaves[level + 1] rows. */
    uint32_t *left, *ones; /**< [n + 8] candidates: rows on the left, and ones among them. */
    double *ones_so_far;   /**< [n + 8] ones among the first rows of a column. */
    double *costs;         /**< [n + 8] */
} tree_scan;

/** What is compiled for each instruction set. */
struct tree_kernels {
    /** Looks at every split of a sorted column. @param[in] entries  [scan->n_rows], 8 more readable
     */
    void (*sorted)(const tree_scan *scan, const tree_entry *entries, uint32_t column,
                   uint32_t slot);
    /** Computes costs[0, n) of the candidates left[] and ones[]. */
    void (*costs)(const tree_scan *scan, size_t n);
};

PEREBOR_KERNEL_DECLARE(struct tree_kernels, tree_kernels);

/** Takes a candidate into the best[] of its level. */
PEREBOR_INLINE void tree_scan_offer(const tree_scan *scan, const tree_split *candidate) {
    uint32_t n_right = scan->n_rows - candidate->n_left;
    uint32_t smaller = candidate->n_left < n_right ? candidate->n_left : n_right;
    uint32_t level = scan->n_levels;
    while (level > 0 && scan->min_leaves[level - 1] > smaller) {
        level--;
    }
    if (level > 0 && tree_split_before(candidate, &scan->best[level - 1])) {
        scan->best[level - 1] = *candidate;
    }
}

#endif
