// SPDX-License-Identifier: MIT
// Trees, path-dependent. At a node that asks an absent player both ways are gone, in the shares of
// the training rows. So the leaf l of value v is worth, with one factor a player of its path,
//
//     v prod_j (a_j if j is present, else b_j),  a_j: whether the row meets all conditions of j,
//                                                b_j: the product of the shares of j's edges.
//
// Quadrature sums over leaves what all leaves below an edge have in common once, as the walk comes
// back up that edge. A player that is asked twice on a path takes its factor's place the second
// time; what it gains there is told from what it had gained before.
#include <stdlib.h>

#include "base/try.h"
#include "explain/shapley_forms.h"
#include "explain/shapley_kernel.h"
#include "explain/tree_reach.h"
#include "explain/tree_sets.h"

/** All trees. */
typedef struct tree_walks {
    shapley_walk *walks; /**< [n_trees] */
    size_t n_scratch, n_levels;
} tree_walks;

/** One tree on its way to become a walk. */
typedef struct walk_maker {
    const perebor_trees_form *trees;
    const explain_players *players;
    uint64_t first, n_nodes; /**< The tree's. */
    shapley_edge *edges;
    uint32_t *node_of; /**< [n_edges] the node at the edge's lower end */
    uint32_t *path;    /**< [n_nodes] edges of the path, by depth */
    double *shares;    /**< [n_edges] b */
    double *former;    /**< [n_edges] b of the player's edge before, 1 if there is none */
    size_t n_edges, n_levels, most_players;
} walk_maker;

static double share_of(double part, double whole) {
    return whole > 0.0 ? part / whole : 0.0;
}

/** Finds the player's edge before on the path, and how many players the path has. */
static void place_edge(walk_maker *maker, uint32_t at, double share) {
    shapley_edge *edge = &maker->edges[at];
    size_t n_distinct = 1;
    for (uint32_t depth = 1; depth < edge->depth; depth++) {
        const shapley_edge *above = &maker->edges[maker->path[depth]];
        if (above->player == edge->player) {
            edge->previous = depth;
        }
        n_distinct += above->previous == 0;
    }
    n_distinct -= edge->previous > 0;
    maker->most_players = n_distinct > maker->most_players ? n_distinct : maker->most_players;
    maker->former[at] = edge->previous > 0 ? maker->shares[maker->path[edge->previous]] : 1.0;
    maker->shares[at] = share * maker->former[at];
    edge->cold = share_of(maker->shares[at], maker->former[at]);
    maker->path[edge->depth] = at;
}

static void add_edge(walk_maker *maker, uint32_t parent, uint32_t depth, bool goes_right) {
    const perebor_trees_form *trees = maker->trees;
    uint64_t upper = maker->first + parent;
    uint32_t child = trees->left[upper] + goes_right;
    uint64_t lower = maker->first + child;
    uint32_t at = (uint32_t)maker->n_edges++;
    maker->node_of[at] = child;
    maker->edges[at] = (shapley_edge){.threshold = trees->thresholds[upper],
                                      .value = trees->values[lower],
                                      .column = trees->columns[upper],
                                      .player = maker->players->player_of[trees->columns[upper]],
                                      .depth = depth,
                                      .goes_right = goes_right,
                                      .is_leaf = trees->left[lower] == 0};
    place_edge(maker, at, share_of(trees->covers[lower], trees->covers[upper]));
    maker->n_levels = depth + 1 > maker->n_levels ? depth + 1 : maker->n_levels;
}

/** Walks down left edges to a leaf, and on from the deepest right edge that has not been walked. */
static void lay_edges(walk_maker *maker) {
    uint32_t node = 0, depth = 0;
    if (maker->trees->left[maker->first] == 0) {
        return;
    }
    for (;;) {
        while (maker->trees->left[maker->first + node] != 0) {
            add_edge(maker, node, ++depth, false);
            node = maker->node_of[maker->path[depth]];
        }
        shapley_edge *leaf = &maker->edges[maker->n_edges - 1];
        leaf->n_closed = 1;
        while (depth > 0 && maker->edges[maker->path[depth]].goes_right) {
            leaf->n_closed += depth > 1;
            depth--;
        }
        if (depth == 0) {
            return;
        }
        uint32_t parent = depth > 1 ? maker->node_of[maker->path[depth - 1]] : 0;
        add_edge(maker, parent, depth, true);
        node = maker->node_of[maker->path[depth]];
    }
}

/** The factors of one edge at every node of quadrature; see shapley_walk. */
static void find_factors(const walk_maker *maker, size_t at, const explain_quadrature *quadrature,
                         double *factors) {
    size_t n = quadrature->n_nodes;
    double b = maker->shares[at], former = maker->former[at];
    bool again = maker->edges[at].previous > 0;
    for (size_t k = 0; k < n; k++) {
        // Along: c = b + t (1 - b), (a - b) / c = (1 - b) / c. The other way: c = b (1 - t),
        // (a - b) / c = -1 / (1 - t).
        double t = quadrature->nodes[k], rest = quadrature->nodes[n - 1 - k];
        double along = b + t * (1.0 - b);
        double had = again ? former + t * (1.0 - former) : 1.0;
        double gained = again ? (1.0 - former) / had : 0.0;
        factors[k] = along / had;
        factors[n + k] = (1.0 - b) / along - gained;
        factors[2 * n + k] = b * rest / had;
        factors[3 * n + k] = -1.0 / rest - gained;
    }
}

static perebor_status allocate(walk_maker *maker, perebor_workspace *workspace,
                               perebor_error *error) {
    size_t n = (size_t)maker->n_nodes;
    maker->edges = perebor_workspace_take(workspace, n, sizeof *maker->edges);
    maker->node_of = perebor_workspace_take(workspace, n, sizeof *maker->node_of);
    maker->path = perebor_workspace_take(workspace, n + 1, sizeof *maker->path);
    maker->shares = perebor_workspace_take(workspace, n, sizeof *maker->shares);
    maker->former = perebor_workspace_take(workspace, n, sizeof *maker->former);
    return maker->edges != NULL && maker->node_of != NULL && maker->path != NULL &&
                   maker->shares != NULL && maker->former != NULL
               ? PEREBOR_OK
               : perebor_no_memory(error, "for a tree of %zu nodes", n);
}

static perebor_status make_walk(walk_maker *maker, shapley_walk *walk, perebor_workspace *workspace,
                                perebor_error *error) {
    perebor_status status;
    explain_quadrature quadrature;
    PEREBOR_TRY(done, allocate(maker, workspace, error));
    lay_edges(maker);
    size_t degree = maker->most_players > 0 ? maker->most_players - 1 : 0;
    PEREBOR_TRY(done, explain_quadrature_make(&quadrature, degree, workspace, error));
    size_t n_nodes = quadrature.n_nodes;
    double *factors =
        perebor_workspace_take(workspace, maker->n_edges * 4 * n_nodes, sizeof *factors);
    if (factors == NULL) {
        return perebor_no_memory(error, "for a tree of %zu edges", maker->n_edges);
    }
    for (size_t at = 0; at < maker->n_edges; at++) {
        find_factors(maker, at, &quadrature, factors + at * 4 * n_nodes);
    }
    *walk = (shapley_walk){.n_edges = maker->n_edges,
                           .n_nodes = n_nodes,
                           .n_levels = maker->n_levels,
                           .single_precision = maker->trees->single_precision,
                           .edges = maker->edges,
                           .factors = factors,
                           .weights = quadrature.weights};
done:
    return status;
}

static perebor_status prepare(explain_shapley *shapley, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_trees_form *trees = &shapley->model.form->as.trees;
    perebor_workspace *workspace = &shapley->workspace;
    tree_walks *made = perebor_workspace_take_zeroed(workspace, 1, sizeof *made);
    if (made != NULL) {
        made->walks = perebor_workspace_take(workspace, trees->n_trees, sizeof *made->walks);
    }
    if (made == NULL || made->walks == NULL) {
        return perebor_no_memory(error, "for %zu trees", trees->n_trees);
    }
    for (size_t tree = 0; tree < trees->n_trees; tree++) {
        uint64_t first = trees->first_node[tree];
        walk_maker maker = {.trees = trees,
                            .players = shapley->players,
                            .first = first,
                            .n_nodes = trees->first_node[tree + 1] - first,
                            .n_levels = 1};
        PEREBOR_TRY(done, make_walk(&maker, &made->walks[tree], workspace, error));
        size_t n_scratch = shapley_walk_scratch(&made->walks[tree]);
        made->n_scratch = n_scratch > made->n_scratch ? n_scratch : made->n_scratch;
        made->n_levels = maker.n_levels > made->n_levels ? maker.n_levels : made->n_levels;
    }
    shapley->prepared = made;
done:
    return status;
}

static perebor_status explain(const explain_shapley *shapley, const perebor_matrix *rows,
                              perebor_workspace *workspace, double *values, perebor_error *error) {
    perebor_status status;
    perebor_matrix asked;
    const shapley_kernels *kernels = PEREBOR_KERNEL_PICK(shapley_kernels);
    const tree_walks *walks = shapley->prepared;
    const size_t n_trees = shapley->model.form->as.trees.n_trees;
    const double divisor = perebor_trees_form_divisor(&shapley->model.form->as.trees);
    double *scratch = perebor_workspace_take(workspace, walks->n_scratch, sizeof *scratch);
    size_t *path = perebor_workspace_take(workspace, walks->n_levels, sizeof *path);
    if (scratch == NULL || path == NULL) {
        return perebor_no_memory(error, "to walk along %zu trees", n_trees);
    }
    PEREBOR_TRY(done, tree_sets_extend_rows(&asked, rows, &shapley->model.form->as.trees, workspace,
                                            error));
    for (size_t tree = 0; tree < n_trees; tree++) {
        kernels->walk(&walks->walks[tree], asked.values, asked.stride, scratch, path, values);
    }
    for (size_t i = 0; i < shapley->players->n_players * EXPLAIN_BLOCK; i++) {
        values[i] /= divisor;
    }
done:
    return status;
}

const shapley_way shapley_tree_paths = {.prepare = prepare, .explain = explain};

/** The mean of a tree: its leaves by the shares that lead to them. */
static double mean_of_tree(const perebor_trees_form *trees, const bool *reached, size_t tree) {
    uint64_t first = trees->first_node[tree], end = trees->first_node[tree + 1];
    double whole = trees->covers[first], sum = 0.0;
    for (uint64_t node = first; node < end; node++) {
        sum += reached[node] && trees->left[node] == 0
                   ? trees->values[node] * share_of(trees->covers[node], whole)
                   : 0.0;
    }
    return sum;
}

perebor_status shapley_tree_mean(const perebor_trees_form *trees, perebor_workspace *workspace,
                                 double *mean, perebor_error *error) {
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    const bool *reached = tree_reach_find(trees, workspace);
    double sum = 0.0;
    if (reached == NULL) {
        return perebor_no_memory(error, "for the nodes of %zu trees", trees->n_trees);
    }
    for (size_t tree = 0; tree < trees->n_trees; tree++) {
        sum += mean_of_tree(trees, reached, tree);
    }
    perebor_workspace_return(workspace, begin);
    *mean = sum / perebor_trees_form_divisor(trees);
    return PEREBOR_OK;
}
