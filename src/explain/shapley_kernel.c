// SPDX-License-Identifier: MIT
#include "explain/shapley_kernel.h"

#include "base/arithmetic.h"

/* Lanes are rows: their width bears on no bit. */

typedef struct walk_state {
    const shapley_walk *walk;
    const double *rows;
    size_t stride;
    double *products; /**< [n_levels][n_nodes][lanes] prod of c along the path */
    double *sums;     /**< [n_levels][n_nodes][lanes] of the leaves below that have been met */
    double *met;      /**< [n_levels][lanes] whether a row meets all of the player's conditions */
    double *values;   /**< [n_players][8] */
} walk_state;

PEREBOR_INLINE vni met_at(const walk_state *state, size_t level) {
    return (vni)vnd_load(state->met + level * PEREBOR_NATIVE_LANES);
}

/** Whether rows go along an edge, as far as its own question goes. */
PEREBOR_INLINE vni goes_along(const walk_state *state, const shapley_edge *edge) {
    vnd x = vnd_load(state->rows + edge->column * state->stride);
    if (state->walk->single_precision) {
        for (int lane = 0; lane < PEREBOR_NATIVE_LANES; lane++) {
            x[lane] = (double)(float)x[lane];
        }
    }
    vni left = x <= vnd_set(edge->threshold);
    return edge->goes_right ? ~left : left;
}

/** Goes down an edge: prod c, with this player's factor in place of its former one. */
PEREBOR_INLINE void descend(const walk_state *state, size_t at, size_t n_nodes) {
    const shapley_edge *edge = &state->walk->edges[at];
    const double *factors = state->walk->factors + at * 4 * n_nodes;
    size_t size = n_nodes * PEREBOR_NATIVE_LANES;
    const double *from = state->products + (edge->depth - 1) * size;
    double *to = state->products + edge->depth * size;
    double *sum = state->sums + edge->depth * size;
    vni along = goes_along(state, edge);
    vni before = edge->previous > 0 ? met_at(state, edge->previous) : ~(vni){0};
    vnd_store(state->met + edge->depth * PEREBOR_NATIVE_LANES, (vnd)(along & before));
    for (size_t k = 0; k < n_nodes; k++) {
        vnd factor = vnd_select(along, vnd_set(factors[k]), vnd_set(factors[2 * n_nodes + k]));
        if (edge->previous > 0) {
            factor = vnd_select(before, factor, vnd_set(edge->cold));
        }
        vnd product = vnd_load(from + k * PEREBOR_NATIVE_LANES) * factor;
        vnd_store(to + k * PEREBOR_NATIVE_LANES, product);
        // A leaf has w_k v prod c; at another node nothing has been met yet.
        vnd leaf = vnd_set(state->walk->weights[k] * edge->value) * product;
        vnd_store(sum + k * PEREBOR_NATIVE_LANES, edge->is_leaf ? leaf : (vnd){0});
    }
}

/** Goes back up an edge: phi += sum_k G_k [(a - b) / c - the same of the player's edge before]. */
PEREBOR_INLINE void ascend(const walk_state *state, size_t at, size_t n_nodes) {
    const shapley_edge *edge = &state->walk->edges[at];
    const double *factors = state->walk->factors + (at * 4 + 1) * n_nodes;
    size_t size = n_nodes * PEREBOR_NATIVE_LANES;
    const double *sum = state->sums + edge->depth * size;
    double *above = state->sums + (edge->depth - 1) * size;
    vni met = met_at(state, edge->depth);
    vnd gain = {0};
    for (size_t k = 0; k < n_nodes; k++) {
        vnd ratio = vnd_select(met, vnd_set(factors[k]), vnd_set(factors[2 * n_nodes + k]));
        vnd below = vnd_load(sum + k * PEREBOR_NATIVE_LANES);
        gain += below * ratio;
        vnd_store(above + k * PEREBOR_NATIVE_LANES,
                  vnd_load(above + k * PEREBOR_NATIVE_LANES) + below);
    }
    if (edge->previous > 0) { // missed before: nothing is missed anew
        gain = vnd_select(met_at(state, edge->previous), gain, (vnd){0});
    }
    double *value = state->values + (size_t)edge->player * PEREBOR_LANES;
    vnd_store(value, vnd_load(value) + gain);
}

/** @param path  [n_levels] the edge that leads to each level. */
PEREBOR_INLINE void walk_edges(const walk_state *state, size_t *path, size_t n_nodes) {
    for (size_t k = 0; k < n_nodes; k++) {
        vnd_store(state->products + k * PEREBOR_NATIVE_LANES, vnd_set(1.0));
        vnd_store(state->sums + k * PEREBOR_NATIVE_LANES, (vnd){0});
    }
    for (size_t at = 0; at < state->walk->n_edges; at++) {
        const shapley_edge *edge = &state->walk->edges[at];
        path[edge->depth] = at;
        descend(state, at, n_nodes);
        for (size_t level = edge->depth; edge->is_leaf && level + edge->n_closed > edge->depth;
             level--) {
            ascend(state, path[level], n_nodes);
        }
    }
}

/** A copy for each of the usual numbers of nodes, so that inner loops are unrolled. */
static void walk_with(const walk_state *state, size_t *path) {
    switch (state->walk->n_nodes) {
    case 1:
        walk_edges(state, path, 1);
        return;
    case 2:
        walk_edges(state, path, 2);
        return;
    case 3:
        walk_edges(state, path, 3);
        return;
    case 4:
        walk_edges(state, path, 4);
        return;
    default:
        walk_edges(state, path, state->walk->n_nodes);
        return;
    }
}

static void walk(const shapley_walk *walk, const double *rows, size_t stride, double *scratch,
                 size_t *path, double *values) {
    size_t size = walk->n_levels * walk->n_nodes * PEREBOR_NATIVE_LANES;
    for (size_t lane = 0; lane < PEREBOR_LANES; lane += PEREBOR_NATIVE_LANES) {
        double *room = scratch, *own = values + lane;
        const walk_state state = {.walk = walk,
                                  .rows = rows + lane,
                                  .stride = stride,
                                  .products = room,
                                  .sums = room + size,
                                  .met = room + 2 * size,
                                  .values = own};
        walk_with(&state, path);
    }
}

/** Where products are worked out; each array holds registers. */
typedef struct product_room {
    double *factors;   /**< [n_factors][group_nodes] b + t (a - b) */
    double *after;     /**< [n_factors][group_nodes] w times the factors of those after each */
    double *integrals; /**< [n_factors] */
} product_room;

/** Nodes that are worked on at once: a product is a chain, and several chains hide their latency.
 */
enum { group_nodes = SHAPLEY_GROUP };

/** Adds @p n_nodes nodes to the integrals of one background row, or begins with them. */
PEREBOR_INLINE void add_nodes(const double *a, const double *b, size_t n_factors,
                              const double *nodes, const double *weights, size_t n_nodes,
                              bool first, const product_room *room) {
    vnd products[group_nodes];
    for (size_t k = 0; k < n_nodes; k++) {
        products[k] = vnd_set(weights[k]);
    }
    // From the last on: factors, and the products of those after each.
    for (size_t j = n_factors; j-- > 0;) {
        vnd other = vnd_set(b[j]), difference = vnd_load(a + j * PEREBOR_LANES) - other;
        for (size_t k = 0; k < n_nodes; k++) {
            size_t at = (j * group_nodes + k) * PEREBOR_NATIVE_LANES;
            vnd factor = other + vnd_set(nodes[k]) * difference;
            vnd_store(room->factors + at, factor);
            vnd_store(room->after + at, products[k]);
            products[k] *= factor;
        }
    }
    for (size_t k = 0; k < n_nodes; k++) {
        products[k] = vnd_set(1.0);
    }
    // From the first on: times the products of those before.
    for (size_t j = 0; j < n_factors; j++) {
        double *into = room->integrals + j * PEREBOR_NATIVE_LANES;
        vnd integral = first ? (vnd){0} : vnd_load(into);
        for (size_t k = 0; k < n_nodes; k++) {
            size_t at = (j * group_nodes + k) * PEREBOR_NATIVE_LANES;
            integral += products[k] * vnd_load(room->after + at);
            products[k] *= vnd_load(room->factors + at);
        }
        vnd_store(into, integral);
    }
}

/** One background row: values += (a - b) int prod of the others. */
PEREBOR_INLINE void add_product(const double *a, const double *b, size_t n_factors,
                                const double *nodes, const double *weights, size_t n_nodes,
                                const product_room *room, double *values) {
    size_t k = 0;
    for (; k + group_nodes <= n_nodes; k += group_nodes) {
        add_nodes(a, b, n_factors, nodes + k, weights + k, group_nodes, k == 0, room);
    }
    if (k + 2 <= n_nodes) {
        add_nodes(a, b, n_factors, nodes + k, weights + k, 2, k == 0, room);
        k += 2;
    }
    if (k < n_nodes) {
        add_nodes(a, b, n_factors, nodes + k, weights + k, 1, k == 0, room);
    }
    for (size_t j = 0; j < n_factors; j++) {
        vnd gain = (vnd_load(a + j * PEREBOR_LANES) - vnd_set(b[j])) *
                   vnd_load(room->integrals + j * PEREBOR_NATIVE_LANES);
        vnd_store(values + j * PEREBOR_LANES, vnd_load(values + j * PEREBOR_LANES) + gain);
    }
}

static void products(const double *a, const double *b, size_t n, size_t n_factors,
                     const double *nodes, const double *weights, size_t n_nodes, double *scratch,
                     double *values) {
    size_t size = n_factors * group_nodes * PEREBOR_NATIVE_LANES;
    double *factors = scratch;
    const product_room room = {
        .factors = factors, .after = factors + size, .integrals = factors + 2 * size};
    memset(values, 0, n_factors * PEREBOR_LANES * sizeof *values);
    for (size_t lane = 0; lane < PEREBOR_LANES; lane += PEREBOR_NATIVE_LANES) {
        for (size_t z = 0; z < n; z++) {
            add_product(a + lane, b + z * n_factors, n_factors, nodes, weights, n_nodes, &room,
                        values + lane);
        }
    }
}

static void gaussians(double gamma, const double *squares, size_t n, double *into) {
    for (size_t i = 0; i < n; i += PEREBOR_LANES) {
        v8d_store(into + i, v8d_exp(v8d_set(-gamma) * v8d_load(squares + i)));
    }
}

const shapley_kernels PEREBOR_KERNEL(shapley_kernels) = {
    .walk = walk, .products = products, .gaussians = gaussians};
