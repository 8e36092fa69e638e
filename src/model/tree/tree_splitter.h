// SPDX-License-Identifier: MIT
/**
 * @file tree_splitter.h
 * Finding the split of a node: which columns are looked at, and the best split among them.
 */
#ifndef PEREBOR_MODEL_TREE_TREE_SPLITTER_H
#define PEREBOR_MODEL_TREE_TREE_SPLITTER_H

#include "model/tree/tree_columns.h"
#include "model/tree/tree_sklearn_draw.h"

/** The training rows of a node, in the order of each column. */
typedef struct tree_node_rows {
    const tree_entry *entries; /**< Slot s is entries[s * stride, s * stride + n_rows). */
    size_t stride;
    uint32_t n_rows, n_ones;
    uint32_t *slots; /**< [n_slots] sorted columns that may not be constant here. */
    size_t n_slots;
    size_t n_constant; /**< Columns that scikit-learn's draw knows to be constant. */
    uint64_t path;     /**< Stands for the turns taken from the root. */
} tree_node_rows;

/** Memory and settings of searching, for one node after the other. */
typedef struct tree_splitter {
    const tree_columns *columns;
    size_t max_features;
    const struct tree_kernels *kernels;
    tree_sklearn_draw *sklearn_draw; /**< NULL, or: search as scikit-learn does. */
    uint32_t *places;                /**< [n_columns] slot of a column, as in tree_split. */
    tree_scan scan;
    uint32_t *min_leaves; /**< [scan.n_levels] ascending: set before each search. */
    tree_split *best;     /**< [scan.n_levels] best split for each min_leaves, once searched. */
    double *entropy_terms;
    uint32_t (*counts)[2]; /**< [n_words * 8] rows with a column's higher value: all, ones. */
    uint8_t *visited;      /**< [n_columns] whether the draw took the column. */
    uint8_t *constant;     /**< [n_columns] in the node at hand. */
    uint64_t *draw;        /**< [n_columns] a heap of hashes. */
    uint32_t *drawn;       /**< [n_columns] their columns. */
} tree_splitter;

/** @param[in] most_levels  Most values of min_leaf at once. Borrows @p columns. */
PEREBOR_MUST_CHECK perebor_status
tree_splitter_create(tree_splitter *splitter, const tree_columns *columns, tree_criterion criterion,
                     bool balanced, size_t max_features, tree_sklearn_draw *sklearn_draw,
                     size_t most_levels, perebor_workspace *workspace, perebor_error *error);

/**
 * Searches a node for every one of search->min_leaves; best[] has infinite cost where there is no
 * split. Drops the constant slots from the node's list.
 */
void tree_splitter_find(tree_splitter *splitter, tree_node_rows *node_rows);

/** Weights of a row of each class: 1 and 1, or the other class's count. */
void tree_weights(double weights[2], uint32_t n_rows, uint32_t n_ones, bool balanced);

/** Share of the positive class, weight and impurity (Gini's, or the entropy in bits) of a node. */
void tree_splitter_describe(const tree_splitter *splitter, uint32_t n_rows, uint32_t n_ones,
                            tree_node *node);

/** The path of a child: @p side is 0 on the left, 1 on the right. */
uint64_t tree_path_turn(uint64_t path, uint32_t side);

#endif
