// SPDX-License-Identifier: MIT
/**
 * @file tree_nodes.h
 * A tree as its nodes: what growing makes, whoever grows it.
 */
#ifndef PEREBOR_MODEL_TREE_TREE_NODES_H
#define PEREBOR_MODEL_TREE_TREE_NODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/matrix.h"
#include "perebor/status.h"
#include "perebor/workspace.h"

/** One node. Children come in pairs, the right one after the left; 0 is the root, nobody's child.
 */
typedef struct tree_node {
    double threshold; /**< Rows whose value is at most this go left. */
    double value;     /**< The score of a leaf: the positive class's share of the weight, or the
                           target's mean, or a Newton step. */
    double impurity;
    double weight; /**< The weight of its training rows. */
    uint32_t column;
    uint32_t left; /**< 0 in a leaf. */
} tree_node;

/** A tree: a growing array of nodes. Starts with nothing but its workspace. */
typedef struct tree_nodes {
    perebor_workspace *workspace;
    tree_node *nodes; /**< [n] */
    size_t n, room;
    size_t n_columns; /**< Columns of the rows that it scores. */
    bool rounds;      /**< Values are rounded to single precision before they are compared. */
} tree_nodes;

/** Adds @p n nodes, zeroed. @param[out] first  Index of the first of them. */
PEREBOR_MUST_CHECK perebor_status tree_nodes_add(tree_nodes *tree, size_t n, uint32_t *first,
                                                 perebor_error *error);

/** Scores rows; breaks off at the deadline (base/deadline.h). @param[out] scores  [rows->n_rows] */
void tree_nodes_score(const tree_nodes *tree, const perebor_matrix *rows, double *scores);

/**
 * Prunes by minimal cost-complexity (Breiman, Friedman, Olshen and Stone, 1984, chapter 3): cuts
 * the weakest link while its effective alpha is at most @p ccp_alpha. Cut branches stay in the
 * array.
 */
PEREBOR_MUST_CHECK perebor_status tree_nodes_prune(tree_nodes *tree, double ccp_alpha,
                                                   perebor_error *error);

#endif
