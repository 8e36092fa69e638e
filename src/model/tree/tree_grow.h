// SPDX-License-Identifier: MIT
/**
 * @file tree_grow.h
 * Growing trees by the project's own definition, one or many at once: classifiers, regression
 * trees, and trees on gradients, of rows that count once, several times, or by weight.
 *
 * Definition. Columns are compared as doubles, unscaled. A node is split unless it is pure, too
 * deep or too small, by the split of lowest cost (tree_scan.h) that leaves enough rows on both
 * sides; of labels even if it lowers no impurity, of targets and gradients if it gains enough. On
 * equal costs the lower column, then the lower threshold. Absent rows (tree_sample.h) are not seen.
 * The threshold is midway between neighbouring values of the node. Where fewer than all columns are
 * looked at, the node's path draws them (tree_draw.h).
 *
 * Trees that differ in max_depth, min_samples_split and min_samples_leaf are grown together: while
 * two of them split alike they are one tree, whose nodes are searched once for all
 * min_samples_leaf.
 */
#ifndef PEREBOR_MODEL_TREE_TREE_GROW_H
#define PEREBOR_MODEL_TREE_TREE_GROW_H

#include "model/tree/tree_divide.h"
#include "model/tree/tree_splitter.h"

/** One of the trees grown together. */
typedef struct tree_member {
    size_t max_depth, min_split, min_leaf;
    tree_nodes *nodes;              /**< Where to keep the tree, or NULL. */
    double *scores[TREE_MAX_PARTS]; /**< [parts[i]->n_rows] where to score, or NULL. */
} tree_member;

/** What trees grown together have in common. */
typedef struct tree_growth_job {
    const tree_columns *columns;
    bool last; /**< The columns' entries are of no use later: rows are divided there. */
    const tree_sample *sample;
    tree_search_options search;
    const perebor_matrix *parts[TREE_MAX_PARTS]; /**< Rows to score; NULL: none. */
} tree_growth_job;

/**
 * Grows. What growing needed stays in the workspace, beside the trees that are kept.
 *
 * @param[in] members  [n_members] ascending by min_leaf; one, if the search is scikit-learn's.
 */
PEREBOR_MUST_CHECK perebor_status tree_grow(const tree_growth_job *job, const tree_member *members,
                                            size_t n_members, perebor_workspace *workspace,
                                            perebor_error *error);

#endif
