// SPDX-License-Identifier: MIT
/**
 * @file tree_sklearn.h
 * scikit-learn's DecisionTreeClassifier (release 1.2.1, splitter="best"), node for node.
 *
 * It ends up with one of many trees of equal merit, decided by the order in which columns are
 * visited and by the rounding of its sums, so everything it rounds is computed in its order.
 * Rounding of sums cannot be seen where rows weigh 1; such trees are grown like the project's own,
 * on sorted columns, with scikit-learn's formulas and order of visits.
 */
#ifndef PEREBOR_MODEL_TREE_TREE_SKLEARN_H
#define PEREBOR_MODEL_TREE_TREE_SKLEARN_H

#include "model/tree/tree.h"
#include "model/tree/tree_columns.h"

/** Training rows as scikit-learn's trees see them. */
typedef struct tree_sklearn_rows {
    const perebor_training *training; /**< Borrowed. */
    perebor_matrix rounded;           /**< To single precision; the levels are those of training. */
    tree_columns columns;             /**< Made of rounded; borrows it. */
    bool crowded; /**< Some column has different values that count as equal, being closer than 1e-7:
                       whether they are parted depends on what lies between them in a node. */
} tree_sklearn_rows;

/** @retval PEREBOR_ERR_NUMERIC  A value beyond single precision. */
PEREBOR_MUST_CHECK perebor_status tree_sklearn_rows_create(tree_sklearn_rows *rows,
                                                           const perebor_training *training,
                                                           perebor_workspace *workspace,
                                                           perebor_error *error);

/** Takes what was made of the same rows, which are elsewhere now: as tree_columns_borrow(). */
PEREBOR_MUST_CHECK perebor_status tree_sklearn_rows_borrow(tree_sklearn_rows *rows,
                                                           const tree_sklearn_rows *made,
                                                           const perebor_training *training,
                                                           perebor_workspace *workspace,
                                                           perebor_error *error);

/** Grows a tree, in its workspace. @param[in,out] tree  Empty before. */
PEREBOR_MUST_CHECK perebor_status tree_sklearn_grow(tree_nodes *tree, const tree_sklearn_rows *rows,
                                                    const tree_options *options,
                                                    perebor_error *error);

/** Neighbouring values closer than this are no place for a split. */
static const float tree_sklearn_closest = 1e-7F;

#endif
