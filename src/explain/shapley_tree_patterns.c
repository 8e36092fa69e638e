// SPDX-License-Identifier: MIT
// Trees, interventional. For a row x and a background row z a leaf of value v is a product game of
// indicators: a_j is whether x meets all conditions of player j on the way to the leaf, b_j whether
// z does. Where neither does the leaf is out of reach; otherwise, with u players that x meets and z
// does not, and w the other way round,
//
//     phi_i = +v int t^(u-1) (1-t)^w dt  where x meets i and z does not,
//     phi_i = -v int t^u (1-t)^(w-1) dt  where z does and x does not.
//
// A background row enters by its pattern alone, which of the path's players it misses. So those
// that miss a leaf alike are counted beforehand, and a row is held against the patterns.
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "explain/shapley_forms.h"
#include "explain/tree_reach.h"
#include "explain/tree_sets.h"

enum { word_bits = 64 };

/** Background rows that miss the same players of the path to a leaf. */
typedef struct leaf_pattern {
    double count;
    size_t words; /**< Where its words begin. */
} leaf_pattern;

/** A leaf and the players of its path, in the order in which the path first asks them. */
typedef struct pattern_leaf {
    double value;
    uint32_t n_players;
    size_t players;             /**< Where they begin. */
    size_t pattern, n_patterns; /**< Where they begin, how many. */
} pattern_leaf;

/** A node's conditions are counted among the players of the path to it. */
typedef struct pattern_node {
    uint32_t parent;    /**< Within the tree. */
    uint32_t place;     /**< Where the player that the parent asks is among those of the path. */
    uint32_t n_players; /**< How many the path down to here has. */
    bool goes_right;
} pattern_node;

typedef struct tree_patterns {
    size_t n_words; /**< Words of a pattern. */
    size_t most_players, most_nodes;
    const bool *reached;  /**< [n_nodes of all trees] */
    pattern_node *nodes;  /**< [n_nodes] of those that are reached. */
    size_t *leaf_of;      /**< [n_nodes] of leaves that are reached. */
    pattern_leaf *leaves; /**< [n_leaves] */
    uint32_t *players;
    leaf_pattern *patterns;
    uint64_t *words;     /**< What patterns are made of. */
    const double *gains; /**< [most_players + 1][most_players + 1] int t^(u-1) (1-t)^w dt */
} tree_patterns;

static bool is_leaf(const tree_patterns *patterns, const perebor_trees_form *trees, uint64_t node) {
    return trees->left[node] == 0 && patterns->reached[node];
}

/** Whether a row meets the condition at the upper end of a node's edge. */
static bool meets(const perebor_trees_form *trees, uint64_t upper, bool goes_right,
                  const perebor_matrix *rows, size_t row) {
    double x = perebor_matrix_column(rows, trees->columns[upper])[row];
    if (trees->single_precision) {
        x = (double)(float)x;
    }
    return (x <= trees->thresholds[upper]) != goes_right;
}

/**
 * Which players of each node's path a row misses, for a whole tree.
 *
 * @param[out] missed  [n_nodes][n_words] of nodes that are reached.
 */
static void find_missed(const tree_patterns *patterns, const perebor_trees_form *trees, size_t tree,
                        const perebor_matrix *rows, size_t row, uint64_t *missed) {
    uint64_t first = trees->first_node[tree], n = trees->first_node[tree + 1] - first;
    size_t n_words = patterns->n_words;
    memset(missed, 0, n_words * sizeof *missed);
    for (uint64_t node = 1; node < n; node++) { // parents come before their children
        const pattern_node *about = &patterns->nodes[first + node];
        uint64_t *own = missed + node * n_words;
        if (!patterns->reached[first + node]) {
            continue;
        }
        memcpy(own, missed + about->parent * n_words, n_words * sizeof *own);
        if (!meets(trees, first + about->parent, about->goes_right, rows, row)) {
            own[about->place / word_bits] |= UINT64_C(1) << (about->place % word_bits);
        }
    }
}

/** The place of a player on the path to a node, or how many the path has. */
static uint32_t place_of(const tree_patterns *patterns, const perebor_trees_form *trees,
                         const explain_players *players, uint64_t first, uint32_t node,
                         uint32_t player) {
    while (node != 0) {
        const pattern_node *about = &patterns->nodes[first + node];
        if (players->player_of[trees->columns[first + about->parent]] == player) {
            return about->place;
        }
        node = about->parent;
    }
    return UINT32_MAX;
}

/** Finds parents, and the places of players on paths, of one tree. */
static void lay_nodes(tree_patterns *patterns, const perebor_trees_form *trees,
                      const explain_players *players, size_t tree) {
    uint64_t first = trees->first_node[tree], n = trees->first_node[tree + 1] - first;
    patterns->nodes[first] = (pattern_node){0};
    for (uint32_t node = 0; node < n; node++) {
        uint32_t left = trees->left[first + node];
        if (left == 0 || !patterns->reached[first + node]) {
            continue;
        }
        uint32_t player = players->player_of[trees->columns[first + node]];
        uint32_t n_above = patterns->nodes[first + node].n_players;
        uint32_t place = place_of(patterns, trees, players, first, node, player);
        bool fresh = place == UINT32_MAX;
        for (uint32_t side = 0; side < 2; side++) {
            patterns->nodes[first + left + side] = (pattern_node){.parent = node,
                                                                  .place = fresh ? n_above : place,
                                                                  .n_players = n_above + fresh,
                                                                  .goes_right = side == 1};
        }
        size_t n_players = n_above + fresh;
        patterns->most_players =
            n_players > patterns->most_players ? n_players : patterns->most_players;
    }
    patterns->most_nodes = n > patterns->most_nodes ? (size_t)n : patterns->most_nodes;
}

/** Lists the players of the path to a leaf. */
static void list_players(const tree_patterns *patterns, const perebor_trees_form *trees,
                         const explain_players *players, uint64_t first, uint32_t node,
                         uint32_t *into) {
    while (node != 0) {
        const pattern_node *about = &patterns->nodes[first + node];
        into[about->place] = players->player_of[trees->columns[first + about->parent]];
        node = about->parent;
    }
}

static perebor_status list_leaves(tree_patterns *patterns, const perebor_trees_form *trees,
                                  const explain_players *players, perebor_workspace *workspace,
                                  perebor_error *error) {
    size_t n_leaves = 0, n_players = 0;
    for (uint64_t node = 0; node < trees->n_nodes; node++) {
        if (is_leaf(patterns, trees, node)) {
            patterns->leaf_of[node] = n_leaves++;
            n_players += patterns->nodes[node].n_players;
        }
    }
    patterns->leaves = perebor_workspace_take(workspace, n_leaves, sizeof *patterns->leaves);
    patterns->players = perebor_workspace_take(workspace, n_players, sizeof *patterns->players);
    if (patterns->leaves == NULL || patterns->players == NULL) {
        return perebor_no_memory(error, "for %zu leaves", n_leaves);
    }
    n_players = 0;
    for (size_t tree = 0; tree < trees->n_trees; tree++) {
        uint64_t first = trees->first_node[tree];
        for (uint64_t node = first; node < trees->first_node[tree + 1]; node++) {
            if (is_leaf(patterns, trees, node)) {
                uint32_t n = patterns->nodes[node].n_players;
                patterns->leaves[patterns->leaf_of[node]] = (pattern_leaf){
                    .value = trees->values[node], .n_players = n, .players = n_players};
                list_players(patterns, trees, players, first, (uint32_t)(node - first),
                             patterns->players + n_players);
                n_players += n;
            }
        }
    }
    return PEREBOR_OK;
}

/** Words of patterns and how often each was met: a list that grows. */
typedef struct pattern_list {
    leaf_pattern *patterns;
    uint64_t *words;
    size_t n, capacity, n_words;
} pattern_list;

static bool make_room(pattern_list *list) {
    if (list->n < list->capacity) {
        return true;
    }
    size_t capacity = 2 * list->capacity + 256;
    leaf_pattern *patterns = realloc(list->patterns, capacity * sizeof *patterns);
    list->patterns = patterns != NULL ? patterns : list->patterns;
    uint64_t *words = realloc(list->words, capacity * list->n_words * sizeof *words);
    list->words = words != NULL ? words : list->words;
    list->capacity = patterns != NULL && words != NULL ? capacity : list->capacity;
    return patterns != NULL && words != NULL;
}

/** Counts a pattern among those since @p begin. @return false: no memory. */
static bool count_pattern(pattern_list *list, size_t begin, const uint64_t *words) {
    size_t size = list->n_words * sizeof *words;
    for (size_t i = begin; i < list->n; i++) {
        if (memcmp(list->words + i * list->n_words, words, size) == 0) {
            list->patterns[i].count += 1.0;
            return true;
        }
    }
    if (!make_room(list)) {
        return false;
    }
    memcpy(list->words + list->n * list->n_words, words, size);
    list->patterns[list->n] = (leaf_pattern){.count = 1.0, .words = list->n * list->n_words};
    list->n++;
    return true;
}

/** The patterns of the background at the leaves of one tree. @param missed [rows][nodes][words] */
static bool count_tree(tree_patterns *patterns, const perebor_trees_form *trees, size_t tree,
                       size_t n_rows, const uint64_t *missed, pattern_list *list) {
    uint64_t first = trees->first_node[tree], n = trees->first_node[tree + 1] - first;
    for (uint64_t node = 0; node < n; node++) {
        if (!is_leaf(patterns, trees, first + node)) {
            continue;
        }
        pattern_leaf *leaf = &patterns->leaves[patterns->leaf_of[first + node]];
        leaf->pattern = list->n;
        for (size_t row = 0; row < n_rows; row++) {
            const uint64_t *words =
                missed + (row * patterns->most_nodes + node) * patterns->n_words;
            if (!count_pattern(list, leaf->pattern, words)) {
                return false;
            }
        }
        leaf->n_patterns = list->n - leaf->pattern;
    }
    return true;
}

/** @param[in] background  With the columns of the model's sets. */
static perebor_status count_all(tree_patterns *patterns, const perebor_trees_form *trees,
                                const perebor_matrix *background, pattern_list *list,
                                perebor_error *error) {
    size_t n = background->n_rows, size = patterns->most_nodes * patterns->n_words;
    uint64_t *missed = malloc((n * size + 1) * sizeof *missed);
    bool whole = missed != NULL;
    for (size_t tree = 0; whole && tree < trees->n_trees; tree++) {
        for (size_t row = 0; row < n; row++) {
            find_missed(patterns, trees, tree, background, row, missed + row * size);
        }
        whole = count_tree(patterns, trees, tree, n, missed, list);
    }
    free(missed);
    return whole ? PEREBOR_OK
                 : perebor_no_memory(error, "for the leaves of %zu trees", trees->n_trees);
}

/** Moves what was counted into the workspace. */
static perebor_status keep_patterns(tree_patterns *patterns, const pattern_list *list,
                                    perebor_workspace *workspace, perebor_error *error) {
    size_t n_words = list->n * list->n_words;
    patterns->patterns = perebor_workspace_take(workspace, list->n, sizeof *patterns->patterns);
    patterns->words = perebor_workspace_take(workspace, n_words, sizeof *patterns->words);
    if (patterns->patterns == NULL || patterns->words == NULL) {
        return perebor_no_memory(error, "for %zu patterns of leaves", list->n);
    }
    if (list->n > 0) {
        memcpy(patterns->patterns, list->patterns, list->n * sizeof *list->patterns);
        memcpy(patterns->words, list->words, n_words * sizeof *list->words);
    }
    return PEREBOR_OK;
}

/** int_0^1 t^(u-1) (1-t)^w dt for every u >= 1 and w of a path: u + w players at most. */
static perebor_status find_gains(tree_patterns *patterns, perebor_workspace *workspace,
                                 perebor_error *error) {
    perebor_status status;
    explain_quadrature quadrature;
    size_t n = patterns->most_players + 1;
    double *gains = perebor_workspace_take_zeroed(workspace, n * n, sizeof *gains);
    if (gains == NULL) {
        return perebor_no_memory(error, "for paths of %zu columns", n);
    }
    PEREBOR_TRY(done, explain_quadrature_make(&quadrature, n, workspace, error));
    for (size_t k = 0; k < quadrature.n_nodes; k++) {
        double t = quadrature.nodes[k], rest = quadrature.nodes[quadrature.n_nodes - 1 - k];
        double powers = quadrature.weights[k];
        for (size_t u = 1; u < n; u++) {
            double term = powers;
            for (size_t w = 0; u + w < n; w++) {
                gains[u * n + w] += term;
                term *= rest;
            }
            powers *= t;
        }
    }
    patterns->gains = gains;
done:
    return status;
}

static perebor_status prepare(explain_shapley *shapley, perebor_error *error) {
    perebor_status status;
    const perebor_trees_form *trees = &shapley->model.form->as.trees;
    perebor_workspace *workspace = &shapley->workspace;
    perebor_matrix background;
    pattern_list list = {0};
    tree_patterns *made = perebor_workspace_take_zeroed(workspace, 1, sizeof *made);
    if (made == NULL) {
        return perebor_no_memory(error, "for %zu trees", trees->n_trees);
    }
    made->reached = tree_reach_find(trees, workspace);
    made->nodes = perebor_workspace_take(workspace, trees->n_nodes, sizeof *made->nodes);
    made->leaf_of = perebor_workspace_take(workspace, trees->n_nodes, sizeof *made->leaf_of);
    if (made->reached == NULL || made->nodes == NULL || made->leaf_of == NULL) {
        return perebor_no_memory(error, "for %zu trees", trees->n_trees);
    }
    for (size_t tree = 0; tree < trees->n_trees; tree++) {
        lay_nodes(made, trees, shapley->players, tree);
    }
    made->n_words = list.n_words = (made->most_players + word_bits) / word_bits;
    PEREBOR_TRY(done, list_leaves(made, trees, shapley->players, workspace, error));
    PEREBOR_TRY(done,
                tree_sets_extend_rows(&background, &shapley->background, trees, workspace, error));
    PEREBOR_TRY(done, count_all(made, trees, &background, &list, error));
    PEREBOR_TRY(done, keep_patterns(made, &list, workspace, error));
    PEREBOR_TRY(done, find_gains(made, workspace, error));
    shapley->prepared = made;
done:
    free(list.patterns);
    free(list.words);
    return status;
}

static size_t count_bits(const uint64_t *words, size_t n_words) {
    size_t n = 0;
    for (size_t i = 0; i < n_words; i++) {
        n += (size_t)__builtin_popcountll(words[i]);
    }
    return n;
}

static bool meet(const uint64_t *one, const uint64_t *other, size_t n_words) {
    for (size_t i = 0; i < n_words; i++) {
        if ((one[i] & other[i]) != 0) {
            return true;
        }
    }
    return false;
}

/** Adds to the values of the players whose bits are set. */
static void add_to(const uint64_t *words, size_t n_words, const uint32_t *players, double gain,
                   double *values) {
    for (size_t i = 0; i < n_words; i++) {
        for (uint64_t bits = words[i]; bits != 0; bits &= bits - 1) {
            size_t place = i * word_bits + (size_t)__builtin_ctzll(bits);
            values[(size_t)players[place] * EXPLAIN_BLOCK] += gain;
        }
    }
}

/** One row at one leaf, against every pattern of the background. */
static void explain_leaf(const tree_patterns *patterns, const pattern_leaf *leaf,
                         const uint64_t *missed, double scale, double *values) {
    size_t n_words = patterns->n_words, stride = patterns->most_players + 1;
    size_t w = count_bits(missed, n_words);
    const uint32_t *players = patterns->players + leaf->players;
    double value = leaf->value * scale, lost = 0.0;
    for (size_t i = 0; i < leaf->n_patterns; i++) {
        const leaf_pattern *pattern = &patterns->patterns[leaf->pattern + i];
        const uint64_t *other = patterns->words + pattern->words;
        if (meet(missed, other, n_words)) {
            continue;
        }
        size_t u = count_bits(other, n_words);
        if (u > 0) {
            add_to(other, n_words, players,
                   value * pattern->count * patterns->gains[u * stride + w], values);
        }
        if (w > 0) { // by symmetry int t^u (1-t)^(w-1) is that of w and u
            lost += pattern->count * patterns->gains[w * stride + u];
        }
    }
    add_to(missed, n_words, players, -value * lost, values);
}

static perebor_status explain(const explain_shapley *shapley, const perebor_matrix *rows,
                              perebor_workspace *workspace, double *values, perebor_error *error) {
    perebor_status status;
    perebor_matrix asked;
    const perebor_trees_form *trees = &shapley->model.form->as.trees;
    const tree_patterns *patterns = shapley->prepared;
    size_t n_words = patterns->n_words;
    double scale = 1.0 / ((double)shapley->background.n_rows * perebor_trees_form_divisor(trees));
    uint64_t *missed =
        perebor_workspace_take(workspace, patterns->most_nodes * n_words, sizeof *missed);
    if (missed == NULL) {
        return perebor_no_memory(error, "for a tree of %zu nodes", patterns->most_nodes);
    }
    PEREBOR_TRY(done, tree_sets_extend_rows(&asked, rows, trees, workspace, error));
    for (size_t tree = 0; tree < trees->n_trees; tree++) {
        uint64_t first = trees->first_node[tree], n = trees->first_node[tree + 1] - first;
        for (size_t row = 0; row < rows->n_rows; row++) {
            find_missed(patterns, trees, tree, &asked, row, missed);
            for (uint64_t node = 0; node < n; node++) {
                if (is_leaf(patterns, trees, first + node)) {
                    explain_leaf(patterns, &patterns->leaves[patterns->leaf_of[first + node]],
                                 missed + node * n_words, scale, values + row);
                }
            }
        }
    }
done:
    return status;
}

const shapley_way shapley_tree_patterns = {.prepare = prepare, .explain = explain};
