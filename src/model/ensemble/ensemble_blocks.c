// SPDX-License-Identifier: MIT
#include "model/ensemble/ensemble_blocks.h"

#include <stdlib.h>
#include <string.h>

#include "base/deadline.h"
#include "base/try.h"

enum { units = sizeof(ensemble_block) / 8, block_levels = 3 };

/** What one tree after the other is laid out with. */
typedef struct layout {
    const ranked_node *nodes; /**< Of the tree. */
    const double *covers;     /**< Likewise. */
    const double *values;     /**< Likewise. */
    size_t n;                 /**< Nodes of the tree. */
    uint32_t *numbers;        /**< [n] of the leaves. */
    uint32_t *depths;         /**< [n] */
    uint32_t *waiting;        /**< [n + 1] top nodes of blocks, in their order. */
    size_t n_blocks;
    uint32_t n_sure;
    uint32_t n_early; /**< Leaves that are come to before the last sure block: the first. */
} layout;

static bool is_leaf(const layout *layout, uint32_t node) {
    return layout->nodes[node].left == node;
}

/** Children come behind their parents. */
static void measure_depths(const layout *layout) {
    layout->depths[0] = 0;
    for (uint32_t node = 0; node < layout->n; node++) {
        if (!is_leaf(layout, node)) {
            const uint32_t left = layout->nodes[node].left;
            layout->depths[left] = layout->depths[left + 1] = layout->depths[node] + 1;
        }
    }
}

/** Blocks that all rows go through without being looked at in between, be it in vain: as many as
 * at least half of the training rows need. */
static uint32_t count_sure(const layout *layout) {
    double ended[ENSEMBLE_MOST_SURE] = {0.0}; // within the first block, the first two, …
    double all = 0.0;
    for (uint32_t node = 0; node < layout->n; node++) {
        if (is_leaf(layout, node)) {
            all += layout->covers[node];
            for (uint32_t k = 0; k < ENSEMBLE_MOST_SURE; k++) {
                bool within = layout->depths[node] <= (k + 1) * block_levels;
                ended[k] += within ? layout->covers[node] : 0.0;
            }
        }
    }
    uint32_t n_sure = 1;
    while (n_sure < ENSEMBLE_MOST_SURE && ended[n_sure - 1] < 0.5 * all) {
        n_sure++;
    }
    return n_sure;
}

/** Numbers the leaves: first those that are come to before the last sure block. @return How many.
 */
static size_t number_leaves(layout *layout) {
    const uint32_t early = (layout->n_sure - 1) * block_levels;
    uint32_t n_leaves = 0;
    for (int late = 0; late < 2; late++) {
        for (uint32_t node = 0; node < layout->n; node++) {
            if (is_leaf(layout, node) && (layout->depths[node] > early) == (late == 1)) {
                layout->numbers[node] = n_leaves++;
            }
        }
        layout->n_early = late == 0 ? n_leaves : layout->n_early;
    }
    return n_leaves;
}

/** Where a way out leads: to a leaf, or to a block, which is then made. */
static uint32_t lead_to(layout *layout, uint32_t node) {
    if (is_leaf(layout, node)) {
        return ~layout->numbers[node];
    }
    layout->waiting[layout->n_blocks] = node;
    return (uint32_t)(units * layout->n_blocks++);
}

/** Makes a block. */
static void fill_block(layout *layout, uint32_t root, ensemble_block *block) {
    uint32_t top[2 * ENSEMBLE_BLOCK_WAYS]; // nodes by their place; below leaves these themselves
    top[1] = root;
    *block = (ensemble_block){.ranks = {[ENSEMBLE_BLOCK_NODES] = UINT16_MAX}};
    for (uint32_t p = 1; p <= ENSEMBLE_BLOCK_NODES; p++) {
        const ranked_node *node = &layout->nodes[top[p]];
        const bool leaf = is_leaf(layout, top[p]);
        block->columns[p - 1] = leaf ? 0 : node->column;
        block->ranks[p - 1] = leaf ? UINT16_MAX : node->rank;
        top[2 * p] = node->left;
        top[2 * p + 1] = leaf ? top[p] : node->left + 1;
    }
    for (uint32_t way = 0; way < ENSEMBLE_BLOCK_WAYS; way++) {
        const uint32_t node = top[ENSEMBLE_BLOCK_WAYS + way];
        const bool again = way > 0 && node == top[ENSEMBLE_BLOCK_WAYS + way - 1];
        block->next[way] = again ? block->next[way - 1] : lead_to(layout, node);
    }
}

/** Makes the block of a leaf, which leads to itself. @param[in] own  Its `next`. */
static void fill_leaf(uint32_t own, ensemble_block *block) {
    *block = (ensemble_block){.ranks = {[ENSEMBLE_BLOCK_NODES] = UINT16_MAX}};
    for (uint32_t way = 0; way < ENSEMBLE_BLOCK_WAYS; way++) {
        block->next[way] = own;
    }
}

/** Lays a tree out. @param[out] blocks  [n + 1] @return How many there are, with early leaves. */
static size_t lay_out(layout *layout, ensemble_block *blocks) {
    layout->n_blocks = 1;
    layout->waiting[0] = 0;
    for (size_t i = 0; i < layout->n_blocks; i++) {
        fill_block(layout, layout->waiting[i], &blocks[i]);
    }
    for (size_t i = 0; i < layout->n_blocks; i++) {
        for (uint32_t way = 0; way < ENSEMBLE_BLOCK_WAYS; way++) {
            const uint32_t leaf = ~blocks[i].next[way];
            if (leaf < layout->n_early) {
                blocks[i].next[way] = (uint32_t)(units * (layout->n_blocks + leaf));
            }
        }
    }
    const size_t n = layout->n_blocks + layout->n_early;
    for (size_t i = layout->n_blocks; i < n; i++) {
        fill_leaf((uint32_t)(units * i), &blocks[i]);
    }
    return n;
}

/** Copies a tree's blocks and leaves to where they stay. @return False if memory is short. */
static bool keep_tree(const layout *layout, const ensemble_block *blocks, size_t n_blocks,
                      size_t n_leaves, perebor_workspace *workspace, ensemble_block_tree *tree) {
    ensemble_block *kept = perebor_workspace_take(workspace, n_blocks, sizeof *kept);
    double *leaves = perebor_workspace_take(workspace, n_leaves, sizeof *leaves);
    if (kept == NULL || leaves == NULL) {
        return false;
    }
    memcpy(kept, blocks, n_blocks * sizeof *kept);
    for (uint32_t node = 0; node < layout->n; node++) {
        if (is_leaf(layout, node)) {
            leaves[layout->numbers[node]] = layout->values[node];
        }
    }
    *tree = (ensemble_block_tree){.blocks = kept,
                                  .leaves = leaves,
                                  .end = (uint32_t)(units * layout->n_blocks),
                                  .n_sure = layout->n_sure};
    return true;
}

/** Lays out all trees. @return False if memory is short. */
static bool lay_out_all(layout *layout, ensemble_block *blocks, const perebor_model *model,
                        const ranked_node *nodes, perebor_workspace *workspace,
                        ensemble_block_tree *trees) {
    for (size_t tree = 0; tree < model->n_trees; tree++) {
        const uint64_t first = model->first_node[tree];
        layout->nodes = nodes + first;
        layout->covers = model->covers + first;
        layout->values = model->values + first;
        layout->n = model->first_node[tree + 1] - first;
        measure_depths(layout);
        layout->n_sure = count_sure(layout);
        const size_t n_leaves = number_leaves(layout);
        const size_t n_blocks = lay_out(layout, blocks);
        if (!keep_tree(layout, blocks, n_blocks, n_leaves, workspace, &trees[tree])) {
            return false;
        }
    }
    return true;
}

perebor_status ensemble_blocks_create(ensemble_block_tree **trees, const perebor_model *model,
                                      const ranked_node *nodes, perebor_workspace *workspace,
                                      perebor_error *error) {
    // A node begins one block at most; a root that is a leaf begins two.
    const size_t most = ensemble_most_nodes(model);
    const size_t most_blocks = most + 1;
    *trees = NULL;
    if (most_blocks >= INT32_MAX / units) {
        return PEREBOR_OK;
    }
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    layout layout = {.numbers = malloc((most + 1) * sizeof *layout.numbers),
                     .depths = calloc(most + 1, sizeof *layout.depths),
                     .waiting = malloc(most_blocks * sizeof *layout.waiting)};
    ensemble_block *blocks = malloc(most_blocks * sizeof *blocks);
    ensemble_block_tree *made = perebor_workspace_take(workspace, model->n_trees, sizeof *made);
    bool whole = layout.numbers != NULL && layout.depths != NULL && layout.waiting != NULL &&
                 blocks != NULL && made != NULL;
    whole = whole && lay_out_all(&layout, blocks, model, nodes, workspace, made);
    free(layout.numbers);
    free(layout.depths);
    free(layout.waiting);
    free(blocks);
    if (!whole) {
        perebor_workspace_return(workspace, begin);
        return perebor_no_memory(error, "to score by trees of %zu nodes", model->n_nodes);
    }
    *trees = made;
    return perebor_deadline_check(error);
}
