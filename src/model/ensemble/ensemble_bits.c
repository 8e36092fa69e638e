// SPDX-License-Identifier: MIT
#include "model/ensemble/ensemble_bits.h"

#include <assert.h>

/** Counts the leaves below each node. @param[out] counts  [n] */
static void count_leaves(const ranked_node *nodes, size_t n, uint32_t *counts) {
    for (size_t node = n; node-- > 0;) { // children come behind their parents
        const uint32_t left = nodes[node].left;
        counts[node] = left == node ? 1 : counts[left] + counts[left + 1];
    }
}

/** The leaves [first, first + n). @pre n < ENSEMBLE_BITS_LEAVES */
static uint64_t leaves_of(uint32_t first, uint32_t n) {
    return ((UINT64_C(1) << n) - 1) << (ENSEMBLE_BITS_LEAVES - n - first);
}

ensemble_bits *ensemble_bits_create(const ranked_node *nodes, const double *values, size_t n,
                                    perebor_workspace *workspace) {
    uint32_t counts[2 * ENSEMBLE_BITS_LEAVES];
    uint32_t first[2 * ENSEMBLE_BITS_LEAVES] = {0}; // the first leaf below each node
    ensemble_bits *bits = perebor_workspace_take(workspace, 1, sizeof *bits);
    ensemble_bits_node *kept = perebor_workspace_take(workspace, n, sizeof *kept);
    double *leaves = perebor_workspace_take_zeroed(workspace, ENSEMBLE_BITS_LEAVES, sizeof *leaves);
    if (bits == NULL || kept == NULL || leaves == NULL) {
        return NULL;
    }
    uint32_t n_kept = 0;
    assert(n > 0 && ensemble_bits_suit(n));
    count_leaves(nodes, n, counts);
    assert(2 * (size_t)counts[0] == n + 1); // a tree, all of it
    for (size_t node = 0; node < n; node++) {
        const uint32_t left = nodes[node].left;
        if (left == node) {
            leaves[first[node]] = values[node];
            continue;
        }
        first[left] = first[node];
        first[left + 1] = first[node] + counts[left];
        kept[n_kept++] = (ensemble_bits_node){.column = nodes[node].column *
                                                        (uint32_t)ENSEMBLE_TILE_COLUMN_BYTES,
                                              .rank = nodes[node].rank * 0x10001U,
                                              .others = ~leaves_of(first[left], counts[left])};
    }
    *bits =
        (ensemble_bits){.nodes = kept, .leaves = leaves, .n_nodes = n_kept, .n_leaves = counts[0]};
    return bits;
}
