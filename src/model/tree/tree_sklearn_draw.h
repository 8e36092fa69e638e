// SPDX-License-Identifier: MIT
/**
 * @file tree_sklearn_draw.h
 * The order in which scikit-learn's tree visits columns: a shuffle (Fisher and Yates) whose random
 * numbers run on from node to node, and which knows the columns that are constant from here down.
 *
 * A node visits columns so:
 *
 *     tree_sklearn_draw_start(draw, n_constant);
 *     while (tree_sklearn_draw_next(draw, &column)) {
 *         tree_sklearn_draw_put(draw, is_constant_here(column));
 *     }
 *     n_constant = tree_sklearn_draw_finish(draw); // what its children start from
 *
 * and nodes come depth first, the left child before the right one.
 */
#ifndef PEREBOR_MODEL_TREE_TREE_SKLEARN_DRAW_H
#define PEREBOR_MODEL_TREE_TREE_SKLEARN_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"
#include "perebor/workspace.h"

typedef struct tree_sklearn_draw {
    uint32_t random;
    size_t n_columns, max_features;
    uint32_t *columns;  /**< [n_columns]: constant ones drawn; known constant ones; ones found
                           constant  in this node; not drawn; drawn. */
    uint32_t *constant; /**< [n_columns] those found constant on the way to the node. */
    size_t n_known, n_drawn, n_found, n_visited, end, at;
} tree_sklearn_draw;

PEREBOR_MUST_CHECK perebor_status tree_sklearn_draw_create(tree_sklearn_draw *draw,
                                                           uint32_t random_state, size_t n_columns,
                                                           size_t max_features,
                                                           perebor_workspace *workspace,
                                                           perebor_error *error);

void tree_sklearn_draw_start(tree_sklearn_draw *draw, size_t n_constant);

/** The next column to look at, if there is one. */
bool tree_sklearn_draw_next(tree_sklearn_draw *draw, uint32_t *column);

/** Says what the column turned out to be. */
void tree_sklearn_draw_put(tree_sklearn_draw *draw, bool constant);

/** How many columns the node's children know to be constant. */
size_t tree_sklearn_draw_finish(tree_sklearn_draw *draw);

#endif
