// SPDX-License-Identifier: MIT
/**
 * @file ensemble_blocks.h
 * Trees in blocks of four levels, for machines that permute the ranks of a row in one instruction.
 *
 * The top of a tree is its upper six levels. All its nodes are compared with 32 rows at a time,
 * column by column, which takes less than sending each row down: ensemble_walk.c.
 *
 * Below that, a block is the upper four levels of a subtree: fifteen nodes, 1 at the top, 2p and
 * 2p + 1 below node p. All are compared with a row at once: its ranks, which one register holds,
 * are permuted into the order of the nodes' columns. The mask that comes of it says at which nodes
 * the row turns right, and so which of the sixteen ways out it takes. Where a branch ends within a
 * top or a block, the nodes below send every row to the left, and all their ways out are its leaf.
 */
#ifndef PEREBOR_MODEL_ENSEMBLE_ENSEMBLE_BLOCKS_H
#define PEREBOR_MODEL_ENSEMBLE_ENSEMBLE_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#include "model/ensemble/ensemble_bits.h"
#include "model/ensemble/ensemble_ranks.h"

enum {
    ENSEMBLE_BLOCK_COLUMNS = 64, /**< That a row of ranks may have: two registers of the widest. */
    ENSEMBLE_BLOCK_WAYS = 16,
    ENSEMBLE_TOP_LEVELS = 6,
    ENSEMBLE_TOP_WAYS = 1 << ENSEMBLE_TOP_LEVELS,
};

/** What the nodes of a block ask for; a line of a cache. Nodes 1 to 7 come first, then one that
 * sends every row to the left, then nodes 8 to 15. */
typedef struct ensemble_block {
    uint16_t columns[ENSEMBLE_BLOCK_WAYS];
    uint16_t ranks[ENSEMBLE_BLOCK_WAYS]; /**< UINT16_MAX: no rank is greater. */
} ensemble_block;

_Static_assert(sizeof(ensemble_block) == 64, "a block is a line of a cache");

/** The top of a tree: node p, from 1 on, sends those of a rank above its own to the right. */
typedef struct ensemble_top {
    uint32_t columns[ENSEMBLE_TOP_WAYS]; /**< Where the column begins in a tile, in bytes. */
    uint32_t ranks[ENSEMBLE_TOP_WAYS];   /**< In both halves, as 32 bits are spread quicker. */
    uint32_t next[ENSEMBLE_TOP_WAYS];
} ensemble_top;

/** Added to the number of a leaf where a way out leads to one; else it leads to a block. */
#define ENSEMBLE_LEAF 0x80000000U

/** A tree. */
typedef struct ensemble_block_tree {
    const ensemble_bits *bits; /**< If it has few leaves; else NULL, and it has the others. */
    const ensemble_top *top;
    const ensemble_block *blocks;
    const uint32_t *next; /**< [blocks][ENSEMBLE_BLOCK_WAYS] */
    const double *leaves; /**< Their values. */
} ensemble_block_tree;

/**
 * Lays all trees of a model out in blocks, or those of few leaves as bits.
 *
 * @param[in]  nodes      [n_nodes of the model] with their ranks.
 * @param[in]  n_columns  Ranks of a row.
 * @param[out] trees  [n_trees] NULL if a tree is too large, or too many
 *                    columns are asked for.
 */
PEREBOR_MUST_CHECK perebor_status ensemble_blocks_create(ensemble_block_tree **trees,
                                                         const perebor_model *model,
                                                         const ranked_node *nodes, size_t n_columns,
                                                         perebor_workspace *workspace,
                                                         perebor_error *error);

#endif
