// SPDX-License-Identifier: MIT
/**
 * @file ensemble_bits.h
 * Trees of few leaves as sets of leaves, a bit each (Lucchese and others, QuickScorer, 2015).
 *
 * Leaves are numbered from left to right, the first being the highest bit. A row that turns right
 * at a node comes to none of the leaves on its left. So all nodes are asked, in any order, whether
 * a row is on its way there or not, and where it turns right the leaves on the left are struck out:
 * of those that are left at the end the first is the row's. Indeed all leaves before it are struck
 * out, each by the node at which its way and the row's part; and it is not struck out itself, as on
 * the row's way no node does that.
 */
#ifndef PEREBOR_MODEL_ENSEMBLE_ENSEMBLE_BITS_H
#define PEREBOR_MODEL_ENSEMBLE_ENSEMBLE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/simd.h"
#include "model/ensemble/ensemble_ranks.h"

enum {
    ENSEMBLE_BITS_LEAVES = 64,      /**< That a tree may have; */
    ENSEMBLE_BITS_HALF = 32,        /**< up to so many take less. */
    ENSEMBLE_BITS_ROWS = 256,       /**< So many rows are near enough to ask some trees. */
    ENSEMBLE_TILE_ROWS = 32,        /**< Rows of a tile have their ranks column by column. */
    ENSEMBLE_TILE_COLUMN_BYTES = 64 /**< And so long is a column of it. */
};

/** A node that is not a leaf. */
typedef struct ensemble_bits_node {
    uint32_t column; /**< Where it begins in a tile, in bytes. */
    uint32_t rank; /**< In both halves, as 32 bits are spread quicker; rows above it turn right. */
    uint64_t others; /**< The leaves that are not on its left. */
} ensemble_bits_node;

/** A tree. */
typedef struct ensemble_bits {
    const ensemble_bits_node *nodes;
    const double *leaves; /**< [ENSEMBLE_BITS_LEAVES] their values, from left to right; then 0. */
    uint32_t n_nodes, n_leaves;
} ensemble_bits;

/** Whether a tree of so many nodes, leaves among them, has few enough leaves. */
static inline bool ensemble_bits_suit(size_t n_nodes) {
    return n_nodes < 2 * (size_t)ENSEMBLE_BITS_LEAVES;
}

/**
 * Makes the sets of a tree.
 *
 * @param[in] nodes, values  [n] ranked nodes of the tree, and their values.
 * @pre ensemble_bits_suit(n); all nodes are the root's, each by one way.
 * @return NULL if memory is short.
 */
ensemble_bits *ensemble_bits_create(const ranked_node *nodes, const double *values, size_t n,
                                    perebor_workspace *workspace);

/** NULL where levels are walked one by one. */
typedef struct ensemble_bits_kernels {
    /**
     * Adds the leaf that every row comes to.
     *
     * @param[in]     tiles  [tiles][width][ENSEMBLE_TILE_ROWS] ranks; the last tile has all its
     *                       rows, be they any.
     * @param[in]     n      Rows.
     * @param[in,out] sums   [n]
     */
    void (*add)(const ensemble_bits *tree, const uint16_t *tiles, size_t width, size_t n,
                double *sums);
} ensemble_bits_kernels;

PEREBOR_KERNEL_DECLARE(ensemble_bits_kernels, ensemble_bits_kernels);

#endif
