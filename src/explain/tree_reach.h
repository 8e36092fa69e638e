// SPDX-License-Identifier: MIT
/**
 * @file tree_reach.h
 * The nodes of trees that a way leads to. What was pruned is in the arrays, too, below nodes that
 * are leaves now.
 */
#ifndef PEREBOR_EXPLAIN_TREE_REACH_H
#define PEREBOR_EXPLAIN_TREE_REACH_H

#include "perebor/model_form.h"
#include "perebor/workspace.h"

/** [n_nodes] in the workspace, whether a way leads from the root of its tree to a node; NULL: there
 * is no memory. */
bool *tree_reach_find(const perebor_trees_form *trees, perebor_workspace *workspace);

#endif
