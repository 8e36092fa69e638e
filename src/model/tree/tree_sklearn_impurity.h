// SPDX-License-Identifier: MIT
/**
 * @file tree_sklearn_impurity.h
 * Gini's impurity and the entropy in bits, rounded as scikit-learn rounds them.
 */
#ifndef PEREBOR_MODEL_TREE_TREE_SKLEARN_IMPURITY_H
#define PEREBOR_MODEL_TREE_TREE_SKLEARN_IMPURITY_H

#include "model/tree/tree.h"

/** The impurity of a node or side with these sums of weights by class. */
double tree_sklearn_impurity(tree_criterion criterion, const double sums[2], double n);

#endif
