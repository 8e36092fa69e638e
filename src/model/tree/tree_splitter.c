// SPDX-License-Identifier: MIT
#include "model/tree/tree_splitter.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/deadline.h"
#include "base/mix.h"
#include "model/tree/tree_sklearn_impurity.h"

static const tree_entry *slot_entries(const tree_node_rows *node_rows, uint32_t slot) {
    return node_rows->entries + slot * node_rows->stride;
}

/* The draw. */

/** A hash of two numbers. */
static uint64_t hash(uint64_t a, uint64_t b) {
    return perebor_mix((a ^ (b * 0xd6e8feb86659fd93u)) + PEREBOR_MIX_STEP);
}

/** Moves the head of a heap of @p n down to its place; the lowest (hash, column) is on top. */
static void sift_down(tree_splitter *splitter, size_t head, size_t n) {
    for (;;) {
        size_t lowest = head;
        for (size_t child = 2 * head + 1; child < n && child <= 2 * head + 2; child++) {
            if (splitter->draw[child] < splitter->draw[lowest] ||
                (splitter->draw[child] == splitter->draw[lowest] &&
                 splitter->drawn[child] < splitter->drawn[lowest])) {
                lowest = child;
            }
        }
        if (lowest == head) {
            return;
        }
        uint64_t key = splitter->draw[head];
        uint32_t column = splitter->drawn[head];
        splitter->draw[head] = splitter->draw[lowest];
        splitter->drawn[head] = splitter->drawn[lowest];
        splitter->draw[lowest] = key;
        splitter->drawn[lowest] = column;
        head = lowest;
    }
}

uint64_t tree_path_turn(uint64_t path, uint32_t side) {
    return hash(path, side + 1);
}

/** Marks the columns that the node at @p path looks at. */
static void draw_columns(tree_splitter *splitter, uint64_t path) {
    size_t n = splitter->columns->matrix.n_columns;
    memset(splitter->visited, 0, n);
    for (uint32_t column = 0; column < n; column++) {
        splitter->draw[column] = hash(path, column);
        splitter->drawn[column] = column;
    }
    for (size_t head = n / 2; head-- > 0;) {
        sift_down(splitter, head, n);
    }
    bool useful = false;
    for (size_t taken = 0; n > 0 && (taken < splitter->max_features || !useful); taken++) {
        uint32_t column = splitter->drawn[0];
        splitter->visited[column] = 1;
        useful = useful || !splitter->constant[column];
        n--;
        splitter->draw[0] = splitter->draw[n];
        splitter->drawn[0] = splitter->drawn[n];
        sift_down(splitter, 0, n);
    }
}

/* The columns of two values. */

/** Adds the bytes of a word to eight counts. */
static void add_bytes(uint32_t (*counts)[2], size_t which, uint64_t bytes) {
    for (size_t byte = 0; byte < TREE_COLUMNS_PER_WORD; byte++) {
        counts[byte][which] += (uint32_t)(bytes >> 8 * byte) & 0xff;
    }
}

/** Counts the rows of the node that have the higher value of each column of two values. */
static void count_binary(const tree_splitter *splitter, const tree_node_rows *node_rows) {
    const tree_columns *columns = splitter->columns;
    const tree_entry *rows = slot_entries(node_rows, columns->n_sorted);
    memset(splitter->counts, 0,
           columns->n_words * TREE_COLUMNS_PER_WORD * sizeof *splitter->counts);
    size_t worked = 0;
    for (uint32_t word = 0; word < columns->n_words; word++) {
        if (perebor_deadline_passed_after(&worked, node_rows->n_rows)) {
            return;
        }
        const uint64_t *words = columns->words + (size_t)word * columns->n_rows;
        uint32_t(*counts)[2] = splitter->counts + (size_t)word * TREE_COLUMNS_PER_WORD;
        for (size_t start = 0; start < node_rows->n_rows; start += 255) { // what a byte can count
            size_t end = start + 255 < node_rows->n_rows ? start + 255 : node_rows->n_rows;
            uint64_t all = 0;
            uint64_t ones = 0;
            for (size_t i = start; i < end; i++) {
                uint64_t bytes = words[tree_entry_row(rows[i])];
                all += bytes;
                ones += bytes & (0 - (uint64_t)tree_entry_label(rows[i]));
            }
            add_bytes(counts, 0, all);
            add_bytes(counts, 1, ones);
        }
    }
}

static bool is_constant(const tree_splitter *splitter, const tree_node_rows *node_rows,
                        uint32_t binary) {
    return splitter->counts[binary][0] == 0 || splitter->counts[binary][0] == node_rows->n_rows;
}

static void search_binary(tree_splitter *splitter, const tree_node_rows *node_rows, bool draw) {
    const tree_columns *columns = splitter->columns;
    uint32_t n = 0;
    for (uint32_t b = 0; b < columns->n_binary; b++) {
        if (!is_constant(splitter, node_rows, b) &&
            (!draw || splitter->visited[columns->binary[b]])) {
            splitter->scan.left[n] = node_rows->n_rows - splitter->counts[b][0];
            splitter->scan.ones[n] = node_rows->n_ones - splitter->counts[b][1];
            splitter->drawn[n++] = b;
        }
    }
    splitter->kernels->costs(&splitter->scan, n);
    for (uint32_t k = 0; k < n; k++) {
        uint32_t b = splitter->drawn[k];
        tree_split candidate = {.cost = splitter->scan.costs[k],
                                .column = columns->binary[b],
                                .slot = columns->n_sorted + 1 + b,
                                .n_left = splitter->scan.left[k],
                                .ones_left = splitter->scan.ones[k]};
        tree_scan_offer(&splitter->scan, &candidate);
    }
}

/* The node. */

static void drop_constant_slots(tree_node_rows *node_rows) {
    size_t kept = 0;
    for (size_t k = 0; k < node_rows->n_slots; k++) {
        const tree_entry *entries = slot_entries(node_rows, node_rows->slots[k]);
        if (tree_entry_code(entries[0]) != tree_entry_code(entries[node_rows->n_rows - 1])) {
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
    for (size_t k = 0; k < node_rows->n_slots; k++) {
        if (perebor_deadline_passed_after(&worked, node_rows->n_rows)) {
            return;
        }
        uint32_t slot = node_rows->slots[k];
        if (!draw || splitter->visited[columns->sorted[slot]]) {
            splitter->kernels->sorted(&splitter->scan, slot_entries(node_rows, slot),
                                      columns->sorted[slot], slot);
        }
    }
    if (columns->n_binary > 0) {
        search_binary(splitter, node_rows, draw);
    }
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
    splitter->scan.left[0] = node_rows->n_rows - splitter->counts[b][0];
    splitter->scan.ones[0] = node_rows->n_ones - splitter->counts[b][1];
    splitter->kernels->costs(&splitter->scan, 1);
    tree_split candidate = {.cost = splitter->scan.costs[0],
                            .column = rank,
                            .slot = slot,
                            .n_left = splitter->scan.left[0],
                            .ones_left = splitter->scan.ones[0]};
    tree_scan_offer(&splitter->scan, &candidate);
}

static double impurity_of(const tree_splitter *splitter, uint32_t n_rows, uint32_t n_ones) {
    double sums[2] = {(double)(n_rows - n_ones), (double)n_ones};
    return tree_sklearn_impurity(splitter->scan.criterion, sums, (double)n_rows);
}

/** Whether the split makes things worse by more than rounding explains. */
static bool is_harmful(const tree_splitter *splitter, const tree_node_rows *node_rows,
                       const tree_split *split) {
    double n = (double)node_rows->n_rows;
    double left = (double)split->n_left;
    double right = n - left;
    double improvement = n / (double)splitter->columns->n_rows *
                         (impurity_of(splitter, node_rows->n_rows, node_rows->n_ones) -
                          right / n *
                              impurity_of(splitter, node_rows->n_rows - split->n_left,
                                          node_rows->n_ones - split->ones_left) -
                          left / n * impurity_of(splitter, split->n_left, split->ones_left));
    return improvement + DBL_EPSILON < 0.0;
}

static void search_like_sklearn(tree_splitter *splitter, tree_node_rows *node_rows) {
    const tree_columns *columns = splitter->columns;
    uint32_t n_visited = 0;
    uint32_t column;
    size_t worked = 0;
    tree_sklearn_draw_start(splitter->sklearn_draw, node_rows->n_constant);
    while (!perebor_deadline_passed_after(&worked, node_rows->n_rows) &&
           tree_sklearn_draw_next(splitter->sklearn_draw, &column)) {
        tree_sklearn_draw_put(splitter->sklearn_draw, splitter->constant[column]);
        if (!splitter->constant[column]) {
            search_visited(splitter, node_rows, column, n_visited++);
        }
    }
    node_rows->n_constant = tree_sklearn_draw_finish(splitter->sklearn_draw);
    tree_split *best = &splitter->best[0];
    if (best->cost < INFINITY) {
        best->column = tree_split_is_binary(columns, best)
                           ? columns->binary[best->slot - columns->n_sorted - 1]
                           : columns->sorted[best->slot];
        if (is_harmful(splitter, node_rows, best)) {
            best->cost = INFINITY;
        }
    }
}

void tree_splitter_find(tree_splitter *splitter, tree_node_rows *node_rows) {
    bool draw = splitter->max_features < splitter->columns->matrix.n_columns;
    splitter->scan.n_rows = node_rows->n_rows;
    splitter->scan.n_ones = node_rows->n_ones;
    for (uint32_t level = 0; level < splitter->scan.n_levels; level++) {
        splitter->best[level] = (tree_split){.cost = INFINITY, .column = UINT32_MAX};
    }
    drop_constant_slots(node_rows);
    if (splitter->columns->n_binary > 0) {
        count_binary(splitter, node_rows);
    }
    if (draw || splitter->sklearn_draw != NULL) {
        mark_constant(splitter, node_rows);
    }
    if (splitter->sklearn_draw != NULL) {
        search_like_sklearn(splitter, node_rows);
        return;
    }
    if (draw) {
        draw_columns(splitter, node_rows->path);
    }
    search_columns(splitter, node_rows, draw);
}

void tree_splitter_describe(const tree_splitter *splitter, uint32_t n_rows, uint32_t n_ones,
                            tree_node *node) {
    double zeros = splitter->scan.weights[0] * (double)(n_rows - n_ones);
    double ones = splitter->scan.weights[1] * (double)n_ones;
    node->weight = zeros + ones;
    node->share = ones / node->weight;
    double other = zeros / node->weight;
    if (splitter->scan.like_sklearn) {
        node->impurity = impurity_of(splitter, n_rows, n_ones);
    } else if (n_ones == 0 || n_ones == n_rows) {
        node->impurity = 0.0;
    } else if (splitter->scan.criterion == TREE_GINI) {
        node->impurity = 2.0 * (node->share * other);
    } else {
        node->impurity = -(node->share * perebor_log2(node->share) + other * perebor_log2(other));
    }
}

/* The memory. */

void tree_weights(double weights[2], uint32_t n_rows, uint32_t n_ones, bool balanced) {
    weights[0] = balanced ? (double)n_ones : 1.0;
    weights[1] = balanced ? (double)(n_rows - n_ones) : 1.0;
}

static void list_places(const tree_columns *columns, uint32_t *places) {
    for (uint32_t slot = 0; slot < columns->n_sorted; slot++) {
        places[columns->sorted[slot]] = slot;
    }
    for (uint32_t b = 0; b < columns->n_binary; b++) {
        places[columns->binary[b]] = columns->n_sorted + 1 + b;
    }
}

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

perebor_status tree_splitter_create(tree_splitter *splitter, const tree_columns *columns,
                                    tree_criterion criterion, bool balanced, size_t max_features,
                                    tree_sklearn_draw *sklearn_draw, size_t most_levels,
                                    perebor_workspace *workspace, perebor_error *error) {
    size_t n = columns->n_rows;
    size_t d = columns->matrix.n_columns;
    size_t n_scan = (n > d ? n : d) + PEREBOR_LANES;
    size_t n_terms = criterion == TREE_GINI || sklearn_draw != NULL ? 1 : 2 * (n + 1);
    tree_splitter result = {
        .columns = columns,
        .max_features = max_features,
        .sklearn_draw = sklearn_draw,
        .places = perebor_workspace_take(workspace, d + 1, sizeof *result.places),
        .kernels = PEREBOR_KERNEL_PICK(tree_kernels),
        .min_leaves = perebor_workspace_take(workspace, most_levels, sizeof *result.min_leaves),
        .best = perebor_workspace_take(workspace, most_levels, sizeof *result.best),
        .entropy_terms = perebor_workspace_take(workspace, n_terms, sizeof *result.entropy_terms),
        .counts =
            perebor_workspace_take(workspace, d + TREE_COLUMNS_PER_WORD, sizeof *result.counts),
        .visited = perebor_workspace_take(workspace, d + 1, 1),
        .constant = perebor_workspace_take(workspace, d + 1, 1),
        .draw = perebor_workspace_take(workspace, d + 1, sizeof *result.draw),
        .drawn = perebor_workspace_take(workspace, d + 1, sizeof *result.drawn)};
    result.scan = (tree_scan){
        .criterion = criterion,
        .like_sklearn = sklearn_draw != NULL,
        .min_leaves = result.min_leaves,
        .best = result.best,
        .left = perebor_workspace_take_zeroed(workspace, n_scan, sizeof *result.scan.left),
        .ones = perebor_workspace_take_zeroed(workspace, n_scan, sizeof *result.scan.ones),
        .ones_so_far = perebor_workspace_take(workspace, n_scan, sizeof *result.scan.ones_so_far),
        .costs = perebor_workspace_take(workspace, n_scan, sizeof *result.scan.costs)};
    if (result.places == NULL || result.min_leaves == NULL || result.best == NULL ||
        result.entropy_terms == NULL || result.counts == NULL || result.visited == NULL ||
        result.constant == NULL || result.draw == NULL || result.drawn == NULL ||
        result.scan.left == NULL || result.scan.ones == NULL || result.scan.ones_so_far == NULL ||
        result.scan.costs == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory to grow a tree on %zu rows", n);
    }
    tree_weights(result.scan.weights, columns->n_rows, columns->n_ones, balanced);
    list_places(columns, result.places);
    if (criterion == TREE_ENTROPY && sklearn_draw == NULL) {
        fill_entropy_terms(&result, balanced);
    }
    *splitter = result;
    return PEREBOR_OK;
}
