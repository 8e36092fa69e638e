// SPDX-License-Identifier: MIT
#include "model/ensemble/ensemble_blocks.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/deadline.h"
#include "base/try.h"

/** What one tree after the other is laid out with. */
typedef struct layout {
    const ranked_node *nodes; /**< The tree's. */
    const double *values;     /**< Likewise. */
    double *leaves;         /**< [nodes of a tree] values of leaves in the order of their numbers */
    uint32_t *waiting;      /**< [nodes of a tree] top nodes of blocks, in their order. */
    ensemble_block *blocks; /**< [nodes of a tree] */
    uint32_t *next;         /**< [nodes of a tree][ENSEMBLE_BLOCK_WAYS] */
    size_t n_nodes;         /**< Nodes of the tree. */
    uint32_t n_blocks, n_leaves;
} layout;

static bool is_leaf(const layout *layout, uint32_t node) {
    return layout->nodes[node].left == node;
}

/** Where a way out leads: to a leaf, which gets a number, or to a block, which is then made. */
static uint32_t lead_to(layout *layout, uint32_t node) {
    assert(layout->n_blocks + layout->n_leaves < layout->n_nodes); // one way leads to a node
    if (is_leaf(layout, node)) {
        layout->leaves[layout->n_leaves] = layout->values[node];
        return ENSEMBLE_LEAF + layout->n_leaves++;
    }
    layout->waiting[layout->n_blocks] = node;
    return layout->n_blocks++;
}

/**
 * Finds the nodes of some levels, and where the ways out lead.
 *
 * @param[in]  n_ways  Two to the power of the levels.
 * @param[out] places  [2 n_ways] nodes by their place, from 1 on; below a leaf is the leaf itself.
 * @param[out] next    [n_ways]
 */
static void find_nodes(layout *layout, uint32_t root, uint32_t n_ways, uint32_t *places,
                       uint32_t *next) {
    places[1] = root;
    for (uint32_t p = 1; p < n_ways; p++) {
        const bool leaf = is_leaf(layout, places[p]);
        places[2 * p] = layout->nodes[places[p]].left;
        places[2 * p + 1] = leaf ? places[p] : places[2 * p] + 1;
    }
    for (uint32_t way = 0; way < n_ways; way++) {
        const uint32_t node = places[n_ways + way];
        const bool again = way > 0 && node == places[n_ways + way - 1];
        next[way] = again ? next[way - 1] : lead_to(layout, node);
    }
}

/** Where a row goes left whatever it has there. */
static const ranked_node nowhere = {.rank = UINT16_MAX};

static void fill_top(layout *layout, ensemble_top *top) {
    uint32_t places[2 * ENSEMBLE_TOP_WAYS];
    find_nodes(layout, 0, ENSEMBLE_TOP_WAYS, places, top->next);
    for (uint32_t p = 1; p < ENSEMBLE_TOP_WAYS; p++) {
        const ranked_node *node = is_leaf(layout, places[p]) ? &nowhere : &layout->nodes[places[p]];
        top->columns[p] = node->column * (uint32_t)ENSEMBLE_TILE_COLUMN_BYTES;
        top->ranks[p] = node->rank * 0x10001U;
    }
}

static void fill_block(layout *layout, uint32_t number) {
    uint32_t places[2 * ENSEMBLE_BLOCK_WAYS];
    ensemble_block *block = &layout->blocks[number];
    find_nodes(layout, layout->waiting[number], ENSEMBLE_BLOCK_WAYS, places,
               layout->next + (size_t)number * ENSEMBLE_BLOCK_WAYS);
    *block = (ensemble_block){.ranks = {[ENSEMBLE_BLOCK_WAYS / 2 - 1] = UINT16_MAX}};
    for (uint32_t p = 1; p < ENSEMBLE_BLOCK_WAYS; p++) {
        const ranked_node *node = is_leaf(layout, places[p]) ? &nowhere : &layout->nodes[places[p]];
        const uint32_t bit = p < ENSEMBLE_BLOCK_WAYS / 2 ? p - 1 : p;
        block->columns[bit] = node->column;
        block->ranks[bit] = node->rank;
    }
}

/** A copy that begins at a line of a cache; NULL if memory is short. */
static void *keep(const void *from, size_t n, size_t size, perebor_workspace *workspace) {
    void *kept = perebor_workspace_take(workspace, n > 0 ? n : 1, size);
    if (kept != NULL && n > 0) {
        memcpy(kept, from, n * size);
    }
    return kept;
}

/** Lays a tree out. @return False if memory is short. */
static bool lay_out(layout *layout, perebor_workspace *workspace, ensemble_block_tree *tree) {
    ensemble_top top = {0};
    layout->n_blocks = layout->n_leaves = 0;
    fill_top(layout, &top);
    for (uint32_t i = 0; i < layout->n_blocks; i++) {
        fill_block(layout, i);
    }
    tree->top = keep(&top, 1, sizeof top, workspace);
    tree->blocks = keep(layout->blocks, layout->n_blocks, sizeof *layout->blocks, workspace);
    tree->next = keep(layout->next, (size_t)layout->n_blocks * ENSEMBLE_BLOCK_WAYS,
                      sizeof *layout->next, workspace);
    tree->leaves = keep(layout->leaves, layout->n_leaves, sizeof *layout->leaves, workspace);
    return tree->top != NULL && tree->blocks != NULL && tree->next != NULL && tree->leaves != NULL;
}

/** Lays out all trees. @return False if memory is short. */
static bool lay_out_all(layout *layout, const perebor_model *model, const ranked_node *nodes,
                        perebor_workspace *workspace, ensemble_block_tree *trees) {
    bool whole = true;
    for (size_t tree = 0; whole && tree < model->n_trees; tree++) {
        const uint64_t first = model->first_node[tree];
        const size_t n = model->first_node[tree + 1] - first;
        if (ensemble_bits_suit(n)) {
            trees[tree].bits =
                ensemble_bits_create(nodes + first, model->values + first, n, workspace);
            whole = trees[tree].bits != NULL;
        } else {
            layout->nodes = nodes + first;
            layout->n_nodes = n;
            layout->values = model->values + first;
            whole = lay_out(layout, workspace, &trees[tree]);
        }
    }
    return whole;
}

perebor_status ensemble_blocks_create(ensemble_block_tree **trees, const perebor_model *model,
                                      const ranked_node *nodes, size_t n_columns,
                                      perebor_workspace *workspace, perebor_error *error) {
    // A node begins one block at most, and is one leaf.
    const size_t most = ensemble_most_nodes(model);
    *trees = NULL;
    if (most >= INT32_MAX / ENSEMBLE_BLOCK_WAYS ||
        (!ensemble_bits_suit(most) && n_columns > ENSEMBLE_BLOCK_COLUMNS)) {
        return PEREBOR_OK;
    }
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    layout layout = {.leaves = malloc((most + 1) * sizeof *layout.leaves),
                     .waiting = malloc((most + 1) * sizeof *layout.waiting),
                     .blocks = malloc((most + 1) * sizeof *layout.blocks),
                     .next = malloc((most + 1) * ENSEMBLE_BLOCK_WAYS * sizeof *layout.next)};
    ensemble_block_tree *made =
        perebor_workspace_take_zeroed(workspace, model->n_trees, sizeof *made);
    const bool whole = layout.leaves != NULL && layout.waiting != NULL && layout.blocks != NULL &&
                       layout.next != NULL && made != NULL &&
                       lay_out_all(&layout, model, nodes, workspace, made);
    free(layout.leaves);
    free(layout.waiting);
    free(layout.blocks);
    free(layout.next);
    if (!whole) {
        perebor_workspace_return(workspace, begin);
        return perebor_no_memory(error, "to score by trees of %zu nodes", model->n_nodes);
    }
    *trees = made;
    return perebor_deadline_check(error);
}
