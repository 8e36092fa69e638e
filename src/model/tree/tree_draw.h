// SPDX-License-Identifier: MIT
/**
 * @file tree_draw.h
 * The project's own draw: which columns a node looks at.
 *
 * Columns are visited in the order of a hash of (path from the root, column) until max_features
 * have been, and on until one of them is not constant in the node. The path is the turns taken, so
 * that a node's draw depends neither on other nodes nor on when it is grown.
 */
#ifndef PEREBOR_MODEL_TREE_TREE_DRAW_H
#define PEREBOR_MODEL_TREE_TREE_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/workspace.h"

/** The draw of one node after the other. */
typedef struct tree_draw {
    size_t n_columns, max_features;
    uint8_t *visited;  /**< [n_columns] whether the node at hand looks at the column. */
    uint64_t *hashes;  /**< [n_columns] a heap. */
    uint32_t *columns; /**< [n_columns] theirs. */
} tree_draw;

/** @return False if memory is short. */
bool tree_draw_create(tree_draw *draw, size_t n_columns, size_t max_features,
                      perebor_workspace *workspace);

/** Marks the columns to look at. @param[in] constant  [n_columns] in the node. */
void tree_draw_columns(tree_draw *draw, uint64_t path, const uint8_t *constant);

/** The path of a child: @p side is 0 on the left, 1 on the right. */
uint64_t tree_draw_turn(uint64_t path, uint32_t side);

#endif
