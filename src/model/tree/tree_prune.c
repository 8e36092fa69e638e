// SPDX-License-Identifier: MIT
/*
 * Minimal cost-complexity pruning: of all prunings T of the tree, the smallest that minimises
 *
 *     R(T) + alpha |T|,    R(T) the sum of R(t) over its leaves t, |T| their number,
 *     R(t) = impurity(t) weight(t) / weight(root).
 *
 * Making a leaf of node t, with T_t the branch below it, pays from
 *
 *     alpha(t) = (R(t) - R(T_t)) / (|T_t| - 1)
 *
 * on, its strength. Cutting the weakest link first, and computing its ancestors' strengths anew,
 * passes through the best pruning of every alpha in turn (Breiman and others, chapter 3), up to the
 * one that is asked for.
 *
 * Nodes are numbered in preorder, the order in which sums are taken and ties are broken. The
 * weakest link is the winner of a knockout among all nodes, so that a cut costs its ancestors'
 * matches only.
 */
#include <math.h>

#include "base/deadline.h"
#include "model/tree/tree_nodes.h"

static const uint32_t none = UINT32_MAX;

typedef struct pruner {
    tree_node *nodes;
    size_t n;
    uint32_t *order;     /**< [n] node of the tree by preorder number. */
    uint32_t *parent;    /**< [n] */
    uint32_t *end;       /**< [n] number after the last descendant. */
    uint32_t *n_leaves;  /**< [n] |T_t|; 0 in a leaf. */
    double *risk;        /**< [n] R(t) */
    double *branch_risk; /**< [n] R(T_t) */
    double *strength;    /**< [n_places] alpha(t); infinite for leaves and what was cut. */
    uint32_t *winners;   /**< [2 n_places] */
    size_t n_places;     /**< A power of 2. */
} pruner;

/** Numbers the nodes: a node, then its left branch, then its right one. */
static void number_nodes(pruner *pruner, uint32_t *stack) {
    uint32_t number = 0;
    size_t top = 0;
    stack[top++] = 0;
    stack[top++] = none;
    while (top > 0) {
        // The stack holds nodes to number, each under its parent's number; the left child is on
        // top.
        uint32_t parent = stack[--top];
        uint32_t index = stack[--top];
        uint32_t left = pruner->nodes[index].left;
        pruner->order[number] = index;
        pruner->parent[number] = parent;
        if (left != 0) {
            stack[top++] = left + 1;
            stack[top++] = number;
            stack[top++] = left;
            stack[top++] = number;
        }
        number++;
    }
    pruner->n = number;
    for (uint32_t i = 0; i < number; i++) {
        pruner->end[i] = i + 1;
    }
    // The last descendant of a node is its own, or the last of its children's.
    for (uint32_t i = number; i-- > 1;) {
        if (pruner->end[pruner->parent[i]] < pruner->end[i]) {
            pruner->end[pruner->parent[i]] = pruner->end[i];
        }
    }
}

static void sum_risks(pruner *pruner) {
    for (uint32_t i = 0; i < pruner->n; i++) {
        const tree_node *node = &pruner->nodes[pruner->order[i]];
        // R(t) = impurity(t) weight(t) / weight(root)
        pruner->risk[i] = node->weight * node->impurity / pruner->nodes[0].weight;
        pruner->branch_risk[i] = 0.0;
        pruner->n_leaves[i] = 0;
    }
    size_t worked = 0;
    for (uint32_t i = 0; i < pruner->n; i++) {
        if (pruner->nodes[pruner->order[i]].left != 0) {
            continue;
        }
        // A leaf is part of the branch of each of its ancestors: R(T_t) += R(leaf), |T_t| += 1.
        pruner->branch_risk[i] = pruner->risk[i];
        for (uint32_t up = pruner->parent[i]; up != none; up = pruner->parent[up]) {
            if (perebor_deadline_passed_after(&worked, 1)) {
                return;
            }
            pruner->branch_risk[up] += pruner->risk[i];
            pruner->n_leaves[up]++;
        }
    }
}

/** alpha(t) = (R(t) - R(T_t)) / (|T_t| - 1) */
static double strength_of(const pruner *pruner, uint32_t i) {
    return (pruner->risk[i] - pruner->branch_risk[i]) / ((double)pruner->n_leaves[i] - 1.0);
}

/** Plays the match above a place. */
static void play(pruner *pruner, size_t place) {
    uint32_t a = pruner->winners[2 * place];
    uint32_t b = pruner->winners[2 * place + 1];
    pruner->winners[place] = pruner->strength[b] < pruner->strength[a] ? b : a;
}

static void set_strength(pruner *pruner, uint32_t i, double strength) {
    pruner->strength[i] = strength;
    for (size_t place = (pruner->n_places + i) / 2; place > 0; place /= 2) {
        play(pruner, place);
    }
}

static void start_knockout(pruner *pruner) {
    for (uint32_t i = 0; i < pruner->n_places; i++) {
        bool inner = i < pruner->n && pruner->nodes[pruner->order[i]].left != 0;
        pruner->strength[i] = inner ? strength_of(pruner, i) : INFINITY;
        pruner->winners[pruner->n_places + i] = i;
    }
    for (size_t place = pruner->n_places; place-- > 1;) {
        play(pruner, place);
    }
}

/**
 * Makes a leaf of node t: its descendants compete no more, and every branch T_u that it lies in
 * loses |T_t| - 1 leaves and gains R(t) - R(T_t).
 */
static void cut(pruner *pruner, uint32_t at) {
    uint32_t lost_leaves = pruner->n_leaves[at] - 1;
    double lost = pruner->risk[at] - pruner->branch_risk[at];
    for (uint32_t i = at; i < pruner->end[at]; i++) {
        if (pruner->strength[i] < INFINITY) {
            set_strength(pruner, i, INFINITY);
        }
    }
    pruner->nodes[pruner->order[at]].left = 0;
    pruner->n_leaves[at] = 0;
    pruner->branch_risk[at] = pruner->risk[at];
    for (uint32_t up = pruner->parent[at]; up != none; up = pruner->parent[up]) {
        pruner->n_leaves[up] -= lost_leaves;
        pruner->branch_risk[up] += lost;
        set_strength(pruner, up, strength_of(pruner, up));
    }
}

static bool pruner_create(pruner *pruner, size_t n, perebor_workspace *workspace) {
    pruner->n_places = 1;
    while (pruner->n_places < n) {
        pruner->n_places *= 2;
    }
    pruner->order = perebor_workspace_take(workspace, n, sizeof *pruner->order);
    pruner->parent = perebor_workspace_take(workspace, n, sizeof *pruner->parent);
    pruner->end = perebor_workspace_take(workspace, n, sizeof *pruner->end);
    pruner->n_leaves = perebor_workspace_take(workspace, n, sizeof *pruner->n_leaves);
    pruner->risk = perebor_workspace_take(workspace, n, sizeof *pruner->risk);
    pruner->branch_risk = perebor_workspace_take(workspace, n, sizeof *pruner->branch_risk);
    pruner->strength =
        perebor_workspace_take(workspace, pruner->n_places, sizeof *pruner->strength);
    pruner->winners =
        perebor_workspace_take(workspace, 2 * pruner->n_places, sizeof *pruner->winners);
    return pruner->order && pruner->parent && pruner->end && pruner->n_leaves && pruner->risk &&
           pruner->branch_risk && pruner->strength && pruner->winners;
}

perebor_status tree_nodes_prune(tree_nodes *tree, double ccp_alpha, perebor_error *error) {
    if (ccp_alpha == 0.0 || tree->nodes[0].left == 0) {
        return PEREBOR_OK;
    }
    pruner pruner = {.nodes = tree->nodes};
    perebor_workspace_mark begin = perebor_workspace_here(tree->workspace);
    uint32_t *stack = perebor_workspace_take(tree->workspace, 2 * tree->n + 2, sizeof *stack);
    if (stack == NULL || !pruner_create(&pruner, tree->n, tree->workspace)) {
        return perebor_no_memory(error, "to prune a tree of %zu nodes", tree->n);
    }
    number_nodes(&pruner, stack);
    sum_risks(&pruner);
    start_knockout(&pruner);
    while (pruner.strength[pruner.winners[1]] <= ccp_alpha && !perebor_deadline_passed()) {
        cut(&pruner, pruner.winners[1]);
    }
    perebor_workspace_return(tree->workspace, begin);
    return perebor_deadline_check(error);
}
