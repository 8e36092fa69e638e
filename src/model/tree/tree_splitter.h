// SPDX-License-Identifier: MIT
/**
 * @file tree_splitter.h
 * Finding the split of a node: which columns are looked at, and the best split among them.
 */
#ifndef PEREBOR_MODEL_TREE_TREE_SPLITTER_H
#define PEREBOR_MODEL_TREE_TREE_SPLITTER_H

#include "model/tree/tree_draw.h"
#include "model/tree/tree_scan.h"
#include "model/tree/tree_sklearn_draw.h"

/** The training rows of a node, in the order of each column. */
typedef struct tree_node_rows {
    const tree_entry *entries; /**< Slot s is entries[s * stride, s * stride + n_entries). */
    size_t stride;
    uint32_t n_entries;
    tree_sums sums;
    uint32_t *slots; /**< [n_slots] sorted columns that may not be constant here. */
    size_t n_slots;
    size_t n_constant; /**< Columns that scikit-learn's draw knows to be constant. */
    uint64_t path;     /**< Stands for the turns taken from the root. */
} tree_node_rows;

/** How splits are looked for, the same in every node. */
typedef struct tree_search_options {
    tree_criterion criterion;
    bool balanced; /**< Rows weigh so that the classes weigh the same. With labels alone. */
    size_t max_features;
    double l2;         /**< TREE_SQUARED: see tree_scan.h. */
    double min_gain;   /**< TREE_SQUARED: least difference in cost between a node and its split. */
    double min_weight; /**< Least weight (or hessian) of a side; not of labels that count once. */
    tree_sklearn_draw *sklearn_draw; /**< NULL, or: search as scikit-learn does. Labels that count
                                        once, not balanced. */
} tree_search_options;

/** Memory and settings of searching, for one node after the other. */
typedef struct tree_splitter {
    const tree_columns *columns;
    const tree_sample *sample;
    tree_search_options options;
    const tree_kernels *kernels;
    const tree_sum_kernels *sum_kernels;
    uint32_t *places; /**< [n_columns] slot of a column, as in tree_split. */
    tree_scan scan;
    uint32_t *min_leaves; /**< [scan.n_levels] ascending: set before each search. */
    tree_split *best;     /**< [scan.n_levels] best split for each min_leaves, once searched. */
    double *entropy_terms;
    uint32_t (*counts)[2]; /**< [n_binary or n_words * 8] with a column's higher value: entries,
                              and those of label 1, or rows. 0 between searches for coded ones. */
    double (*sums)[2];     /**< The same: what these rows add up to. */
    uint32_t *touched;     /**< [n_touched] coded columns that some row of the node has. */
    uint32_t n_touched;
    uint8_t *constant; /**< [n_columns] in the node at hand. */
    uint32_t *listed;  /**< [n_columns] columns of two values that are candidates. */
    tree_draw draw;
} tree_splitter;

/** @param[in] most_levels  Most values of min_leaf at once. Borrows columns and sample. */
PEREBOR_MUST_CHECK perebor_status
tree_splitter_create(tree_splitter *splitter, const tree_columns *columns,
                     const tree_sample *sample, const tree_search_options *options,
                     size_t most_levels, perebor_workspace *workspace, perebor_error *error);

/**
 * Searches a node for every one of search->min_leaves; best[] has infinite cost where there is no
 * split. Drops the constant slots from the node's list.
 */
void tree_splitter_find(tree_splitter *splitter, tree_node_rows *node_rows);

/** |R| and A(R) of every column of two values, R the rows of the node with the higher one: into
 * counts, sums and touched. */
void tree_splitter_count(tree_splitter *splitter, const tree_node_rows *node_rows);

/** Value, weight and impurity of a node: Gini's, the entropy in bits, or its cost by weight, which
 * differs from the variance by what no split changes. */
void tree_splitter_describe(const tree_splitter *splitter, const tree_sums *sums, tree_node *node);

#endif
