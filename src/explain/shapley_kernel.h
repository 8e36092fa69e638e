// SPDX-License-Identifier: MIT
/**
 * @file shapley_kernel.h
 * The inner loops of Shapley values, for blocks of EXPLAIN_BLOCK rows, a lane each.
 */
#ifndef PEREBOR_EXPLAIN_SHAPLEY_KERNEL_H
#define PEREBOR_EXPLAIN_SHAPLEY_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/simd.h"

/**
 * One edge of a tree, from a node down to a child, in the order of a walk that goes left first.
 * What a player's condition on this path has come to is its product of cover shares b and whether
 * the row has met all of it, a: c(t) = b + t (a - b).
 */
typedef struct shapley_edge {
    double threshold;
    double value;      /**< The value of the leaf that it leads to. */
    double cold;       /**< b / b of the player's edge before: where that was missed already. */
    uint32_t column;   /**< Asked at its upper end. */
    uint32_t player;   /**< The player whose column that is. */
    uint32_t depth;    /**< How deep its lower end is; the root is at 0. */
    uint32_t previous; /**< The depth of this player's edge before on the path; 0: none. */
    uint32_t n_closed; /**< At a leaf: edges of the path that have been walked through with it. */
    bool goes_right, is_leaf;
} shapley_edge;

/** A tree as a walk along its edges. */
typedef struct shapley_walk {
    size_t n_edges, n_nodes; /**< Nodes are those of quadrature. */
    size_t n_levels;         /**< 1 + depth. */
    bool single_precision;
    const shapley_edge *edges; /**< [n_edges] */
    /** [n_edges][4][n_nodes]: c over that of the player's edge before, and what (a - b) / c gains
     * over it, where the row goes along; then the same where it goes the other way. */
    const double *factors;
    const double *weights; /**< [n_nodes] */
} shapley_walk;

/** Doubles that a walk works in. */
static inline size_t shapley_walk_scratch(const shapley_walk *walk) {
    return walk->n_levels * (2 * walk->n_nodes + 1) * PEREBOR_LANES;
}

/** Nodes that products are worked out for at once, and doubles a factor that they are in. */
enum { SHAPLEY_GROUP = 4, SHAPLEY_PRODUCT_SCRATCH = (2 * SHAPLEY_GROUP + 1) * PEREBOR_LANES };

typedef struct shapley_kernels {
    /**
     * Adds the Shapley values of one tree.
     *
     * @param[in]     rows    [n_columns][stride] eight rows.
     * @param         scratch [shapley_walk_scratch()]
     * @param         path    [n_levels]
     * @param[in,out] values  [n_players][8]
     */
    void (*walk)(const shapley_walk *walk, const double *rows, size_t stride, double *scratch,
                 size_t *path, double *values);
    /**
     * Shapley values of products, added up over a background:
     * sum over z of (a_i - b_i) int prod_{j != i} (b_j + t (a_j - b_j)) dt.
     *
     * @param[in]     a        [n_factors][8] of eight rows.
     * @param[in]     b        [n][n_factors] of the background.
     * @param[in]     nodes, weights  [n_nodes]
     * @param         scratch  [SHAPLEY_PRODUCT_SCRATCH][n_factors]
     * @param[out]    values   [n_factors][8]
     */
    void (*products)(const double *a, const double *b, size_t n, size_t n_factors,
                     const double *nodes, const double *weights, size_t n_nodes, double *scratch,
                     double *values);
    /** exp(-gamma square) of [n] numbers, a multiple of eight. */
    void (*gaussians)(double gamma, const double *squares, size_t n, double *into);
} shapley_kernels;

PEREBOR_KERNEL_DECLARE(shapley_kernels, shapley_kernels);

#endif
