// SPDX-License-Identifier: MIT
#include "explain/tree_interaction.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/try.h"
#include "explain/quadrature.h"
#include "explain/tree_reach.h"
#include "explain/tree_sets.h"

/** A player of a path: whether the row meets all its conditions, and the product of its shares. */
typedef struct path_player {
    uint32_t player;
    double a, b;
} path_player;

typedef struct interaction_work {
    const perebor_trees_form *trees;
    const explain_players *players;
    const perebor_matrix *rows;
    size_t one, other;
    uint32_t *parents; /**< [n_nodes] within their trees; a root's is itself. */
    bool *asks;        /**< [n_nodes] of leaves: whether the path asks both. */
    path_player *path; /**< [most_nodes] */
    explain_quadrature quadrature;
} interaction_work;

/** The player that the node above asks. */
static uint32_t player_above(const interaction_work *work, uint64_t first, uint64_t node) {
    uint64_t parent = first + work->parents[first + node];
    return work->players->player_of[work->trees->columns[parent]];
}

/** Finds parents, and which leaves are below nodes that ask both. @return The longest path. */
static size_t lay_paths(const interaction_work *work, const bool *reached, size_t tree) {
    const perebor_trees_form *trees = work->trees;
    uint64_t first = trees->first_node[tree], n = trees->first_node[tree + 1] - first;
    size_t longest = 0;
    work->parents[first] = 0;
    for (uint64_t node = 0; node < n; node++) { // parents come before their children
        uint32_t left = trees->left[first + node];
        if (!reached[first + node]) {
            continue;
        }
        if (left != 0) {
            work->parents[first + left] = work->parents[first + left + 1] = (uint32_t)node;
            continue;
        }
        bool has_one = false, has_other = false;
        size_t length = 0;
        for (uint64_t at = node; at != 0; at = work->parents[first + at], length++) {
            uint32_t player = player_above(work, first, at);
            has_one = has_one || player == work->one;
            has_other = has_other || player == work->other;
        }
        work->asks[first + node] = has_one && has_other;
        longest = length > longest ? length : longest;
    }
    return longest;
}

/** Whether a row meets the condition of the edge above a node. */
static bool meets(const interaction_work *work, uint64_t first, uint64_t node, size_t row) {
    const perebor_trees_form *trees = work->trees;
    uint64_t parent = first + work->parents[first + node];
    double x = perebor_matrix_column(work->rows, trees->columns[parent])[row];
    if (trees->single_precision) {
        x = (double)(float)x;
    }
    bool goes_left = x <= trees->thresholds[parent];
    return goes_left == (node == trees->left[parent]);
}

/** The factors of a path, the two players first. @return How many. */
static size_t find_path(const interaction_work *work, uint64_t first, uint64_t leaf, size_t row) {
    const perebor_trees_form *trees = work->trees;
    path_player *path = work->path;
    size_t n = 2;
    assert(path != NULL);
    path[0] = (path_player){.player = (uint32_t)work->one, .a = 1.0, .b = 1.0};
    path[1] = (path_player){.player = (uint32_t)work->other, .a = 1.0, .b = 1.0};
    for (uint64_t node = leaf; node != 0; node = work->parents[first + node]) {
        uint32_t player = player_above(work, first, node);
        double whole = trees->covers[first + work->parents[first + node]];
        size_t place = 0;
        while (place < n && path[place].player != player) {
            place++;
        }
        if (place == n) {
            path[n++] = (path_player){.player = player, .a = 1.0, .b = 1.0};
        }
        path[place].a = meets(work, first, node, row) ? path[place].a : 0.0;
        path[place].b *= whole > 0.0 ? trees->covers[first + node] / whole : 0.0;
    }
    return n;
}

/** (a_i - b_i) (a_j - b_j) int prod (b_k + t (a_k - b_k)) dt */
static double integrate(const interaction_work *work, size_t n) {
    const path_player *path = work->path;
    double sum = 0.0;
    for (size_t node = 0; node < work->quadrature.n_nodes; node++) {
        double t = work->quadrature.nodes[node], product = work->quadrature.weights[node];
        for (size_t k = 2; k < n; k++) {
            product *= path[k].b + t * (path[k].a - path[k].b);
        }
        sum += product;
    }
    return (path[0].a - path[0].b) * (path[1].a - path[1].b) * sum;
}

static perebor_status make_ready(interaction_work *work, perebor_workspace *workspace,
                                 perebor_error *error) {
    const perebor_trees_form *trees = work->trees;
    size_t longest = 2;
    const bool *reached = tree_reach_find(trees, workspace);
    work->parents = perebor_workspace_take(workspace, trees->n_nodes, sizeof *work->parents);
    work->asks = perebor_workspace_take_zeroed(workspace, trees->n_nodes, sizeof *work->asks);
    if (reached == NULL || work->parents == NULL || work->asks == NULL) {
        return perebor_no_memory(error, "for the pairs of %zu nodes", trees->n_nodes);
    }
    for (size_t tree = 0; tree < trees->n_trees; tree++) {
        size_t own = lay_paths(work, reached, tree);
        longest = own > longest ? own : longest;
    }
    work->path = perebor_workspace_take(workspace, longest + 2, sizeof *work->path);
    return work->path != NULL
               ? explain_quadrature_make(&work->quadrature, longest - 2, workspace, error)
               : perebor_no_memory(error, "for a path of %zu nodes", longest);
}

perebor_status tree_interaction_find(const perebor_trees_form *trees,
                                     const explain_players *players, size_t one, size_t other,
                                     const perebor_matrix *rows, perebor_workspace *workspace,
                                     double *values, perebor_error *error) {
    perebor_status status;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    explain_players asked;
    perebor_matrix extended;
    PEREBOR_TRY(done, tree_sets_extend_players(&asked, players, trees, workspace, error));
    PEREBOR_TRY(done, tree_sets_extend_rows(&extended, rows, trees, workspace, error));
    interaction_work work = {
        .trees = trees, .players = &asked, .rows = &extended, .one = one, .other = other};
    PEREBOR_TRY(done, make_ready(&work, workspace, error));
    memset(values, 0, rows->n_rows * sizeof *values);
    for (size_t tree = 0; tree < trees->n_trees; tree++) {
        uint64_t first = trees->first_node[tree];
        for (uint64_t node = first; node < trees->first_node[tree + 1]; node++) {
            for (size_t row = 0; work.asks[node] && row < rows->n_rows; row++) {
                size_t n = find_path(&work, first, node - first, row);
                values[row] += trees->values[node] * integrate(&work, n);
            }
        }
    }
    for (size_t row = 0; row < rows->n_rows; row++) {
        values[row] /= perebor_trees_form_divisor(trees);
    }
done:
    perebor_workspace_return(workspace, begin);
    return status;
}
