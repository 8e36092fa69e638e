// SPDX-License-Identifier: MIT
/**
 * @file ensemble_walk.h
 * Rows walking through trees in blocks.
 */
#ifndef PEREBOR_MODEL_ENSEMBLE_ENSEMBLE_WALK_H
#define PEREBOR_MODEL_ENSEMBLE_ENSEMBLE_WALK_H

#include "base/simd.h"
#include "model/ensemble/ensemble_blocks.h"

enum {
    ENSEMBLE_REGISTER_COLUMNS = 32, /**< Columns that a register holds the ranks of. */
    /** Rows that walk through one tree after the other: their ranks and a tree fit into the second
     * cache. */
    ENSEMBLE_WALK_ROWS = 2048,
    ENSEMBLE_BEHIND = 32, /**< There is room for so many more behind lists. */
};

/** Rows on their way through a tree. A place is eight times the number of a row: where its sum
 * begins, in bytes. */
typedef struct ensemble_walkers {
    const uint16_t *tiles; /**< [tiles][width][ENSEMBLE_TILE_ROWS] ranks; the last has all its rows,
                                be they any. */
    const uint16_t *rows;  /**< [n][width] the same ranks. */
    size_t n;              /**< From 1 to ENSEMBLE_WALK_ROWS. */
    size_t width;          /**< ENSEMBLE_REGISTER_COLUMNS, or half or twice that. */
    uint32_t *places, *at; /**< [n + ENSEMBLE_BEHIND] to compute in: those that walk, and their
                                blocks, */
    uint32_t *ended, *leaves; /**< [n + ENSEMBLE_BEHIND] and those that have come to leaves. */
} ensemble_walkers;

/** NULL where levels are walked one by one. */
typedef struct ensemble_walk_kernels {
    /** Ranks values of a column. @param[in] values  [n] @param[out] ranks  [n] */
    void (*rank)(const ranked_column *column, const double *values, size_t n, uint16_t *ranks);
    /** Adds the leaf that every row comes to. @param[in,out] sums  [n] */
    void (*walk)(const ensemble_block_tree *tree, const ensemble_walkers *walkers, double *sums);
} ensemble_walk_kernels;

PEREBOR_KERNEL_DECLARE(ensemble_walk_kernels, ensemble_walk_kernels);

#endif
