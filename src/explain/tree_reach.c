// SPDX-License-Identifier: MIT
#include "explain/tree_reach.h"

bool *tree_reach_find(const perebor_trees_form *trees, perebor_workspace *workspace) {
    bool *reached = perebor_workspace_take_zeroed(workspace, trees->n_nodes, sizeof *reached);
    for (size_t tree = 0; reached != NULL && tree < trees->n_trees; tree++) {
        const uint64_t first = trees->first_node[tree];
        reached[first] = true;
        for (uint64_t node = first; node < trees->first_node[tree + 1]; node++) {
            const uint32_t left = trees->left[node];
            if (reached[node] && left != 0) { // parents come before their children
                reached[first + left] = true;
                reached[first + left + 1] = true;
            }
        }
    }
    return reached;
}
