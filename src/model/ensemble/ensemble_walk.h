// SPDX-License-Identifier: MIT
/**
 * @file ensemble_walk.h
 * Rows walking through trees in blocks.
 */
#ifndef PEREBOR_MODEL_ENSEMBLE_ENSEMBLE_WALK_H
#define PEREBOR_MODEL_ENSEMBLE_ENSEMBLE_WALK_H

#include "base/simd.h"
#include "model/ensemble/ensemble_blocks.h"

/** Columns that a register holds the ranks of; rows that are taken at a time, so many that the
 * blocks of a tree, which lie far away, are fetched for many; and how many of them walk abreast. */
enum { ENSEMBLE_REGISTER_COLUMNS = 32, ENSEMBLE_ROWS_AT_A_TIME = 16384, ENSEMBLE_ABREAST = 8 };

/** Rows on their way through a tree. */
typedef struct ensemble_walkers {
    const uint16_t *rows; /**< [n and ENSEMBLE_ABREAST - 1 more][width] ranks. */
    size_t n;             /**< At most ENSEMBLE_ROWS_AT_A_TIME. */
    size_t width;         /**< ENSEMBLE_REGISTER_COLUMNS, or twice that. */
    uint32_t *at;      /**< [n] to compute in: where each row is, as ensemble_block.next has it, */
    uint16_t *walking; /**< [n] and which rows have not come to a leaf. */
} ensemble_walkers;

typedef struct ensemble_walk_kernels {
    /** Adds the leaf that every row comes to. @param[in,out] sums  [n] NULL: no such function. */
    void (*walk)(const ensemble_block_tree *tree, const ensemble_walkers *walkers, double *sums);
} ensemble_walk_kernels;

PEREBOR_KERNEL_DECLARE(ensemble_walk_kernels, ensemble_walk_kernels);

#endif
