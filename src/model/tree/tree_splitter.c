// SPDX-License-Identifier: MIT
/*
 * The split of a node S by column j at threshold t: L = { i in S : x_ij <= t } and R = S \ L. With
 * A(.) the sums of tree_sample.h over rows, (A_0, A_1), the best split is
 *
 *     argmin over j, t   cost(A(L)) + cost(A(R)),   A(R) = A(S) - A(L),
 *     subject to         rows of L and of R >= min_leaf,   weight of L and of R >= min_weight,
 *
 * the cost one of tree_scan.h's. With I the impurity and w the weight of a set, a split lowers the
 * impurity by w(S) I(S) - w(L) I(L) - w(R) I(R), whose first term is the node's own: the least cost
 * is the greatest decrease (Breiman, Friedman, Olshen and Stone, 1984, chapter 4), as for Gini's
 * index w I = 2 u v (z o / w), for the entropy w I = w log w - u z log(u z) - v o log(v o).
 *
 * Values of a column fall into runs of equals; only the ends of runs are candidates. A column
 * sorted once has them from running sums, A(L) of k rows = A(L) of k - 1 + A(row k); a column of
 * two values has one, from the sums over the rows with the higher value.
 */
#include "model/tree/tree_splitter.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/deadline.h"
#include "model/tree/tree_sklearn_impurity.h"

static const tree_entry *slot_entries(const tree_node_rows *node_rows, uint32_t slot) {
    return node_rows->entries + slot * node_rows->stride;
}

/* The columns of two values. */

static bool is_constant(const tree_splitter *splitter, const tree_node_rows *node_rows,
                        uint32_t binary) {
    return splitter->counts[binary][0] == 0 || splitter->counts[binary][0] == node_rows->n_entries;
}

/** Candidate @p k is the split by a column of two values, A(L) = A(S) - A(R): left is the lower. */
static void set_candidate(tree_splitter *splitter, const tree_node_rows *node_rows, uint32_t binary,
                          uint32_t k) {
    tree_scan *scan = &splitter->scan;
    const uint32_t *higher = splitter->counts[binary];
    scan->left[k] = node_rows->n_entries - higher[0];
    if (splitter->sample->terms == NULL) {
        scan->ones[k] = scan->n_ones - higher[1];
    } else {
        scan->rows[k] = node_rows->sums.n_rows - higher[1];
        scan->sums[0][k] = node_rows->sums.of[0] - splitter->sums[binary][0];
        scan->sums[1][k] = node_rows->sums.of[1] - splitter->sums[binary][1];
    }
}

static void compute_costs(const tree_splitter *splitter, size_t n) {
    if (splitter->sample->terms == NULL) {
        splitter->kernels->costs(&splitter->scan, n);
    } else {
        splitter->sum_kernels->costs(&splitter->scan, n);
    }
}

static void search_binary(tree_splitter *splitter, const tree_node_rows *node_rows, bool draw) {
    const tree_columns *columns = splitter->columns;
    uint32_t n = 0;
    // A coded column that no row of the node has is constant there.
    for (uint32_t k = 0; k < columns->n_packed + splitter->n_touched; k++) {
        uint32_t b = k < columns->n_packed ? k : splitter->touched[k - columns->n_packed];
        if (!is_constant(splitter, node_rows, b) &&
            (!draw || splitter->draw.visited[columns->binary[b]])) {
            set_candidate(splitter, node_rows, b, n);
            splitter->listed[n++] = b;
        }
    }
    compute_costs(splitter, n);
    for (uint32_t k = 0; k < n; k++) {
        uint32_t b = splitter->listed[k];
        tree_split candidate =
            tree_scan_candidate(&splitter->scan, k, columns->binary[b], columns->n_sorted + 1 + b);
        tree_scan_offer(&splitter->scan, &candidate);
    }
}

static void drop_constant_slots(tree_node_rows *node_rows) {
    size_t kept = 0;
    for (size_t k = 0; k < node_rows->n_slots; k++) {
        const tree_entry *entries = slot_entries(node_rows, node_rows->slots[k]);
        if (tree_entries_vary(entries, node_rows->n_entries)) {
            node_rows->slots[kept++] = node_rows->slots[k];
        }
    }
    node_rows->n_slots = kept;
}

static void mark_constant(const tree_splitter *splitter, const tree_node_rows *node_rows) {
    const tree_columns *columns = splitter->columns;
    memset(splitter->constant, 1, columns->matrix.n_columns);
    for (size_t k = 0; k < node_rows->n_slots; k++) {
        splitter->constant[columns->sorted[node_rows->slots[k]]] = 0;
    }
    for (uint32_t b = 0; b < columns->n_binary; b++) {
        splitter->constant[columns->binary[b]] = is_constant(splitter, node_rows, b);
    }
}

/** Searches the columns that the project's own draw marked, or all. */
static void search_columns(tree_splitter *splitter, const tree_node_rows *node_rows, bool draw) {
    const tree_columns *columns = splitter->columns;
    size_t worked = 0;
    void (*search_sorted)(const tree_scan *, const tree_entry *, uint32_t, uint32_t) =
        splitter->sample->terms == NULL ? splitter->kernels->sorted : splitter->sum_kernels->sorted;
    for (size_t k = 0; k < node_rows->n_slots; k++) {
        if (perebor_deadline_passed_after(&worked, node_rows->n_entries)) {
            return;
        }
        uint32_t slot = node_rows->slots[k];
        if (!draw || splitter->draw.visited[columns->sorted[slot]]) {
            search_sorted(&splitter->scan, slot_entries(node_rows, slot), columns->sorted[slot],
                          slot);
        }
    }
    if (columns->n_binary > 0) {
        search_binary(splitter, node_rows, draw);
    }
    // A split that leaves enough rows for a level does for the levels below it:
    // best(min_leaf) = min { best of the bin at min_leaf, best(next greater min_leaf) }.
    for (uint32_t level = splitter->scan.n_levels; level-- > 1;) {
        if (tree_split_before(&splitter->best[level], &splitter->best[level - 1])) {
            splitter->best[level - 1] = splitter->best[level];
        }
    }
}

/* scikit-learn's search. */

/** Searches one column; its rank among the visited ones stands for it, so that the first one wins.
 */
static void search_visited(tree_splitter *splitter, const tree_node_rows *node_rows,
                           uint32_t column, uint32_t rank) {
    uint32_t slot = splitter->places[column];
    if (slot < splitter->columns->n_sorted) {
        splitter->kernels->sorted(&splitter->scan, slot_entries(node_rows, slot), rank, slot);
        return;
    }
    uint32_t b = slot - splitter->columns->n_sorted - 1;
    set_candidate(splitter, node_rows, b, 0);
    compute_costs(splitter, 1);
    tree_split candidate = tree_scan_candidate(&splitter->scan, 0, rank, slot);
    tree_scan_offer(&splitter->scan, &candidate);
}

static double sklearn_impurity_of(const tree_splitter *splitter, const double sums[2]) {
    return tree_sklearn_impurity(splitter->options.criterion, sums, sums[0] + sums[1]);
}

/**
 * Whether the split makes things worse by more than rounding explains: scikit-learn's
 *
 *     improvement = n / N (i - n_right / n i_right - n_left / n i_left)
 *
 * of the node's n of all N rows, with i the impurity, falls below minus one epsilon.
 */
static bool is_harmful(const tree_splitter *splitter, const tree_node_rows *node_rows,
                       const tree_split *split) {
    const double *all = node_rows->sums.of;
    const double rest[2] = {all[0] - split->left[0], all[1] - split->left[1]};
    double n = (double)node_rows->n_entries;
    double left = (double)split->n_left;
    double right = n - left;
    double improvement =
        n / (double)splitter->columns->n_rows *
        (sklearn_impurity_of(splitter, all) - right / n * sklearn_impurity_of(splitter, rest) -
         left / n * sklearn_impurity_of(splitter, split->left));
    return improvement + DBL_EPSILON < 0.0;
}

static void search_like_sklearn(tree_splitter *splitter, tree_node_rows *node_rows) {
    const tree_columns *columns = splitter->columns;
    uint32_t n_visited = 0;
    uint32_t column;
    size_t worked = 0;
    tree_sklearn_draw_start(splitter->options.sklearn_draw, node_rows->n_constant);
    while (!perebor_deadline_passed_after(&worked, node_rows->n_entries) &&
           tree_sklearn_draw_next(splitter->options.sklearn_draw, &column)) {
        tree_sklearn_draw_put(splitter->options.sklearn_draw, splitter->constant[column]);
        if (!splitter->constant[column]) {
            search_visited(splitter, node_rows, column, n_visited++);
        }
    }
    node_rows->n_constant = tree_sklearn_draw_finish(splitter->options.sklearn_draw);
    tree_split *best = &splitter->best[0];
    if (best->cost < INFINITY) {
        best->column = tree_columns_is_binary(columns, best->slot)
                           ? columns->binary[best->slot - columns->n_sorted - 1]
                           : columns->sorted[best->slot];
        if (is_harmful(splitter, node_rows, best)) {
            best->cost = INFINITY;
        }
    }
}

/* The node. */

/**
 * Drops splits that gain less than min_gain, with the node's own cost what it is in one leaf:
 *
 *     gain = -G^2 / (H + l2) - (cost(L) + cost(R)),
 *
 * twice what Chen and Guestrin hold against their gamma ("XGBoost", KDD 2016, (7)): min_gain is
 * 2 gamma.
 */
static void drop_poor_splits(tree_splitter *splitter, const tree_sums *sums) {
    double weight = sums->of[0] + splitter->options.l2;
    double own = weight > 0.0 ? -(sums->of[1] * sums->of[1] / weight) : 0.0;
    for (uint32_t level = 0; level < splitter->scan.n_levels; level++) {
        tree_split *best = &splitter->best[level];
        if (!(own - best->cost >= splitter->options.min_gain)) {
            best->cost = INFINITY;
        }
    }
}

static void start_scan(tree_splitter *splitter, const tree_node_rows *node_rows) {
    splitter->scan.n_entries = node_rows->n_entries;
    splitter->scan.total = node_rows->sums;
    if (splitter->sample->terms == NULL) {
        splitter->scan.n_ones = (uint32_t)node_rows->sums.of[1];
    }
    for (uint32_t level = 0; level < splitter->scan.n_levels; level++) {
        splitter->best[level] = (tree_split){.cost = INFINITY, .column = UINT32_MAX};
    }
}

void tree_splitter_find(tree_splitter *splitter, tree_node_rows *node_rows) {
    bool draw = splitter->options.max_features < splitter->columns->matrix.n_columns;
    start_scan(splitter, node_rows);
    drop_constant_slots(node_rows);
    if (splitter->columns->n_binary > 0) {
        tree_splitter_count(splitter, node_rows);
    }
    if (draw || splitter->options.sklearn_draw != NULL) {
        mark_constant(splitter, node_rows);
    }
    if (splitter->options.sklearn_draw != NULL) {
        search_like_sklearn(splitter, node_rows);
        return;
    }
    if (draw) {
        tree_draw_columns(&splitter->draw, node_rows->path, splitter->constant);
    }
    search_columns(splitter, node_rows, draw);
    if (splitter->options.criterion == TREE_SQUARED) {
        drop_poor_splits(splitter, &node_rows->sums);
    }
}

/**
 * The impurity of labels, with p the share of class 1 by weight: Gini's 2 p (1 - p), or
 * -p log2 p - (1 - p) log2(1 - p).
 */
static void describe_labels(const tree_splitter *splitter, const tree_sums *sums, tree_node *node) {
    double zeros = splitter->scan.weights[0] * sums->of[0];
    double ones = splitter->scan.weights[1] * sums->of[1];
    node->weight = zeros + ones;
    node->value = ones / node->weight;
    double other = zeros / node->weight;
    if (splitter->scan.like_sklearn) {
        node->impurity = sklearn_impurity_of(splitter, sums->of);
    } else if (sums->pure) {
        node->impurity = 0.0;
    } else if (splitter->options.criterion == TREE_GINI) {
        node->impurity = 2.0 * (node->value * other);
    } else {
        node->impurity = -(node->value * perebor_log2(node->value) + other * perebor_log2(other));
    }
}

/** The value t = G / (H + l2), and -G^2 / (H + l2) / H: see tree_scan.h. */
static void describe_targets(const tree_splitter *splitter, const tree_sums *sums,
                             tree_node *node) {
    double weight = sums->of[0] + splitter->options.l2;
    node->weight = sums->of[0];
    node->value = weight > 0.0 ? sums->of[1] / weight : 0.0;
    node->impurity = sums->of[0] > 0.0 ? -(node->value * sums->of[1]) / sums->of[0] : 0.0;
}

void tree_splitter_describe(const tree_splitter *splitter, const tree_sums *sums, tree_node *node) {
    if (splitter->options.criterion == TREE_SQUARED) {
        describe_targets(splitter, sums, node);
    } else {
        describe_labels(splitter, sums, node);
    }
}

/* The memory. */

/**
 * Weights of a row of each class: 1 and 1, or, where both are there, the other one's count. These
 * are scikit-learn's balanced n / (2 n_class) times 2 n_0 n_1 / n, and whole numbers.
 */
static void weigh_classes(double weights[2], const tree_sample *sample, bool balanced) {
    const uint32_t *n_of = sample->n_of_class;
    bool both = n_of[0] > 0 && n_of[1] > 0;
    weights[0] = balanced && both ? (double)n_of[1] : 1.0;
    weights[1] = balanced && both ? (double)n_of[0] : 1.0;
}

static void list_places(const tree_columns *columns, uint32_t *places) {
    for (uint32_t slot = 0; slot < columns->n_sorted; slot++) {
        places[columns->sorted[slot]] = slot;
    }
    for (uint32_t b = 0; b < columns->n_binary; b++) {
        places[columns->binary[b]] = columns->n_sorted + 1 + b;
    }
}

/** Tables of x log x, 0 at 0, with x = u k, the weight of k rows of a class, or of k rows. */
static void fill_entropy_terms(tree_splitter *splitter, bool balanced) {
    size_t n = splitter->columns->n_rows + (size_t)1;
    double *terms = splitter->entropy_terms;
    for (size_t which = 0; which < (balanced ? 2 : 1); which++) {
        terms[which * n] = 0.0;
        for (size_t k = 1; k < n; k++) {
            double weight = splitter->scan.weights[which] * (double)k;
            terms[which * n + k] = weight * perebor_log(weight);
        }
    }
    splitter->scan.entropy_terms[0] = terms;
    splitter->scan.entropy_terms[1] = balanced ? terms + n : terms;
    splitter->scan.entropy_terms[2] = balanced ? NULL : terms;
}

/** What only samples of sums need. */
static bool allocate_sums(tree_splitter *splitter, size_t n_scan, perebor_workspace *workspace) {
    tree_scan *scan = &splitter->scan;
    size_t d = splitter->columns->matrix.n_columns;
    scan->rows = perebor_workspace_take_zeroed(workspace, n_scan, sizeof *scan->rows);
    scan->sums[0] = perebor_workspace_take_zeroed(workspace, n_scan, sizeof *scan->sums[0]);
    scan->sums[1] = perebor_workspace_take_zeroed(workspace, n_scan, sizeof *scan->sums[1]);
    splitter->sums =
        perebor_workspace_take_zeroed(workspace, d + TREE_COLUMNS_PER_WORD, sizeof *splitter->sums);
    return scan->rows != NULL && scan->sums[0] != NULL && scan->sums[1] != NULL &&
           splitter->sums != NULL;
}

static bool allocate_scan(tree_splitter *splitter, size_t n_scan, perebor_workspace *workspace) {
    tree_scan *scan = &splitter->scan;
    scan->left = perebor_workspace_take(workspace, n_scan, sizeof *scan->left);
    scan->ones = perebor_workspace_take(workspace, n_scan, sizeof *scan->ones);
    scan->costs = perebor_workspace_take(workspace, n_scan, sizeof *scan->costs);
    return scan->left != NULL && scan->ones != NULL && scan->costs != NULL;
}

perebor_status tree_splitter_create(tree_splitter *splitter, const tree_columns *columns,
                                    const tree_sample *sample, const tree_search_options *options,
                                    size_t most_levels, perebor_workspace *workspace,
                                    perebor_error *error) {
    size_t n = columns->n_rows;
    size_t d = columns->matrix.n_columns;
    size_t n_scan = (n > d ? n : d) + PEREBOR_LANES;
    bool plain = sample->terms == NULL;
    assert(!plain || (options->criterion != TREE_SQUARED && options->min_weight <= 0.0));
    assert(plain || options->sklearn_draw == NULL);
    bool uses_terms = options->criterion == TREE_ENTROPY && options->sklearn_draw == NULL && plain;
    size_t n_terms = uses_terms ? 2 * (n + 1) : 1;
    tree_splitter result = {
        .columns = columns,
        .sample = sample,
        .options = *options,
        .places = perebor_workspace_take(workspace, d + 1, sizeof *result.places),
        .kernels = PEREBOR_KERNEL_PICK(tree_kernels),
        .sum_kernels = PEREBOR_KERNEL_PICK(tree_sum_kernels),
        .min_leaves = perebor_workspace_take(workspace, most_levels, sizeof *result.min_leaves),
        .best = perebor_workspace_take(workspace, most_levels, sizeof *result.best),
        .entropy_terms = perebor_workspace_take(workspace, n_terms, sizeof *result.entropy_terms),
        .counts = perebor_workspace_take_zeroed(workspace, d + TREE_COLUMNS_PER_WORD,
                                                sizeof *result.counts),
        .touched = perebor_workspace_take(workspace, d + 1, sizeof *result.touched),
        .constant = perebor_workspace_take(workspace, d + 1, 1),
        .listed = perebor_workspace_take(workspace, d + 1, sizeof *result.listed)};
    result.scan = (tree_scan){.criterion = options->criterion,
                              .like_sklearn = options->sklearn_draw != NULL,
                              .l2 = options->l2,
                              .min_weight = options->min_weight,
                              .sample = sample,
                              .distinct = columns->distinct,
                              .min_leaves = result.min_leaves,
                              .best = result.best};
    if (result.places == NULL || result.min_leaves == NULL || result.best == NULL ||
        result.entropy_terms == NULL || result.counts == NULL || result.touched == NULL ||
        result.constant == NULL || result.listed == NULL ||
        !tree_draw_create(&result.draw, d, options->max_features, workspace) ||
        !allocate_scan(&result, n_scan, workspace) ||
        (!plain && !allocate_sums(&result, n_scan, workspace))) {
        return perebor_no_memory(error, "to grow a tree on %zu rows", n);
    }
    weigh_classes(result.scan.weights, sample, options->balanced);
    list_places(columns, result.places);
    if (uses_terms) {
        fill_entropy_terms(&result, options->balanced);
    }
    *splitter = result;
    return PEREBOR_OK;
}
