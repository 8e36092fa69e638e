// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/deadline.h"
#include "base/workspace_lengthen.h"
#include "model/tree/tree_nodes.h"

/** The nodes, where there is room for so many. */
static tree_node *make_room(const tree_nodes *tree, size_t room) {
    tree_node *nodes = tree->nodes;
    if (tree->room > 0 &&
        perebor_workspace_lengthen(tree->workspace, nodes, tree->room, room, sizeof *nodes)) {
        return nodes;
    }
    nodes = perebor_workspace_take(tree->workspace, room, sizeof *nodes);
    if (nodes != NULL && tree->n > 0) {
        memcpy(nodes, tree->nodes, tree->n * sizeof *nodes);
    }
    return nodes;
}

perebor_status tree_nodes_add(tree_nodes *tree, size_t n, uint32_t *first, perebor_error *error) {
    if (tree->n + n > tree->room) {
        size_t room = tree->room == 0 ? 64 : 2 * tree->room;
        room = room < tree->n + n ? tree->n + n : room;
        tree_node *nodes = room > UINT32_MAX ? NULL : make_room(tree, room);
        if (nodes == NULL) {
            return perebor_no_memory(error, "for a tree of %zu nodes", room);
        }
        tree->nodes = nodes;
        tree->room = room;
    }
    memset(tree->nodes + tree->n, 0, n * sizeof *tree->nodes);
    *first = (uint32_t)tree->n;
    tree->n += n;
    return PEREBOR_OK;
}

void tree_nodes_score(const tree_nodes *tree, const perebor_matrix *rows, double *scores) {
    const size_t likely_depth = 16;
    const size_t n_dense = perebor_matrix_n_dense(rows);
    size_t worked = 0;
    for (size_t row = 0; row < rows->n_rows; row++) {
        if (perebor_deadline_passed_after(&worked, likely_depth)) {
            return;
        }
        const tree_node *node = tree->nodes;
        while (node->left != 0) {
            double value = node->column < n_dense ? rows->values[node->column * rows->stride + row]
                                                  : perebor_matrix_value(rows, row, node->column);
            value = tree->rounds ? (double)(float)value : value;
            node = tree->nodes + node->left + (value <= node->threshold ? 0 : 1);
        }
        scores[row] = node->value;
    }
}
