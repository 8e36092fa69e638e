// SPDX-License-Identifier: MIT
/**
 * @file ensemble_blocks.h
 * Trees in blocks of three levels, for machines that permute the ranks of a row in one instruction.
 *
 * A block is the upper three levels of a subtree: seven nodes, 1 at the top, 2p and 2p + 1 below
 * node p. All seven are compared at once: the row's ranks, which one register holds, are permuted
 * into the order of the nodes' columns. Bit p - 1 of the mask that comes of it says that the row
 * turns right at node p; a table has for each mask which of the eight ways out it is. So three
 * levels take about as many instructions as one, and one line of a cache. Where a branch ends
 * within a block, the nodes below send every row to the left, and all their ways out are its leaf.
 */
#ifndef PEREBOR_MODEL_ENSEMBLE_ENSEMBLE_BLOCKS_H
#define PEREBOR_MODEL_ENSEMBLE_ENSEMBLE_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/ensemble/ensemble_ranks.h"

/** Columns that a row of ranks may have: two registers of the widest. */
enum {
    ENSEMBLE_BLOCK_COLUMNS = 64,
    ENSEMBLE_BLOCK_NODES = 7,
    ENSEMBLE_BLOCK_WAYS = 8,
    ENSEMBLE_MOST_SURE = 3,
};

/** A block; a line of a cache. */
typedef struct ensemble_block {
    uint16_t columns[8]; /**< Of the nodes in their order; the last is not looked at, */
    uint16_t ranks[8];   /**< nor is this: UINT16_MAX, than which no rank is greater. */
    uint32_t next[ENSEMBLE_BLOCK_WAYS]; /**< Where a block begins, in units of eight bytes from the
                                             first of the tree; or ~k for leaf k, unless that has
                                             a block, too, which leads to itself. */
} ensemble_block;

_Static_assert(sizeof(ensemble_block) == 64, "a block is a line of a cache");

/** A tree. */
typedef struct ensemble_block_tree {
    const ensemble_block *blocks; /**< The first is the root's. */
    const double *leaves;         /**< Their values. */
    uint32_t end;                 /**< Where the blocks of the first leaves begin. */
    uint32_t n_sure;              /**< Blocks that every row is sent through, even if it comes to a
                                       leaf on the way: from 1 to ENSEMBLE_MOST_SURE. */
} ensemble_block_tree;

/** Which leaf it is where rows go on. @pre next >= tree->end */
static inline uint32_t ensemble_block_leaf(const ensemble_block_tree *tree, uint32_t next) {
    const uint32_t late = 0 - (next >> 31); // all ones or none: a branch would go either way
    const uint32_t early = (next - tree->end) / (sizeof(ensemble_block) / 8);
    return (~next & late) | (early & ~late);
}

/**
 * Lays all trees of a model out in blocks.
 *
 * @param[in]  nodes  [n_nodes of the model] with their ranks.
 * @param[out] trees  [n_trees] NULL if a tree is too large.
 */
PEREBOR_MUST_CHECK perebor_status ensemble_blocks_create(ensemble_block_tree **trees,
                                                         const perebor_model *model,
                                                         const ranked_node *nodes,
                                                         perebor_workspace *workspace,
                                                         perebor_error *error);

#endif
