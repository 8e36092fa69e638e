// SPDX-License-Identifier: MIT
#include "model/tree/tree_search.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/mix.h"
#include "model/tree/tree_sklearn_impurity.h"

static const tree_entry *slot_entries(const tree_ground *ground, uint32_t slot) {
    return ground->entries + slot * ground->stride;
}

/* The draw. */

/** A hash of two numbers. */
static uint64_t hash(uint64_t a, uint64_t b) {
    return perebor_mix((a ^ (b * 0xd6e8feb86659fd93u)) + PEREBOR_MIX_STEP);
}

/** Moves the head of a heap of @p n down to its place; the lowest (hash, column) is on top. */
static void sift_down(tree_search *search, size_t head, size_t n) {
    for (;;) {
        size_t lowest = head;
        for (size_t child = 2 * head + 1; child < n && child <= 2 * head + 2; child++) {
            if (search->draw[child] < search->draw[lowest] ||
                (search->draw[child] == search->draw[lowest] &&
                 search->drawn[child] < search->drawn[lowest])) {
                lowest = child;
            }
        }
        if (lowest == head) {
            return;
        }
        uint64_t key = search->draw[head];
        uint32_t column = search->drawn[head];
        search->draw[head] = search->draw[lowest];
        search->drawn[head] = search->drawn[lowest];
        search->draw[lowest] = key;
        search->drawn[lowest] = column;
        head = lowest;
    }
}

uint64_t tree_path_turn(uint64_t path, uint32_t side) {
    return hash(path, side + 1);
}

/** Marks the columns that the node at @p path looks at. */
static void draw_columns(tree_search *search, uint64_t path) {
    size_t n = search->columns->matrix.n_columns;
    memset(search->visited, 0, n);
    for (uint32_t column = 0; column < n; column++) {
        search->draw[column] = hash(path, column);
        search->drawn[column] = column;
    }
    for (size_t head = n / 2; head-- > 0;) {
        sift_down(search, head, n);
    }
    bool useful = false;
    for (size_t taken = 0; n > 0 && (taken < search->max_features || !useful); taken++) {
        uint32_t column = search->drawn[0];
        search->visited[column] = 1;
        useful = useful || !search->constant[column];
        n--;
        search->draw[0] = search->draw[n];
        search->drawn[0] = search->drawn[n];
        sift_down(search, 0, n);
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
static void count_binary(const tree_search *search, const tree_ground *ground) {
    const tree_columns *columns = search->columns;
    const tree_entry *rows = slot_entries(ground, columns->n_sorted);
    memset(search->counts, 0, columns->n_words * TREE_COLUMNS_PER_WORD * sizeof *search->counts);
    for (uint32_t word = 0; word < columns->n_words; word++) {
        const uint64_t *words = columns->words + (size_t)word * columns->n_rows;
        uint32_t(*counts)[2] = search->counts + (size_t)word * TREE_COLUMNS_PER_WORD;
        for (size_t start = 0; start < ground->n_rows; start += 255) { // what a byte can count
            size_t end = start + 255 < ground->n_rows ? start + 255 : ground->n_rows;
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

static bool is_constant(const tree_search *search, const tree_ground *ground, uint32_t binary) {
    return search->counts[binary][0] == 0 || search->counts[binary][0] == ground->n_rows;
}

static void search_binary(tree_search *search, const tree_ground *ground, bool draw) {
    const tree_columns *columns = search->columns;
    uint32_t n = 0;
    for (uint32_t b = 0; b < columns->n_binary; b++) {
        if (!is_constant(search, ground, b) && (!draw || search->visited[columns->binary[b]])) {
            search->scan.left[n] = ground->n_rows - search->counts[b][0];
            search->scan.ones[n] = ground->n_ones - search->counts[b][1];
            search->drawn[n++] = b;
        }
    }
    search->kernels->costs(&search->scan, n);
    for (uint32_t k = 0; k < n; k++) {
        uint32_t b = search->drawn[k];
        tree_split candidate = {.cost = search->scan.costs[k],
                                .column = columns->binary[b],
                                .slot = columns->n_sorted + 1 + b,
                                .n_left = search->scan.left[k],
                                .ones_left = search->scan.ones[k]};
        tree_scan_offer(&search->scan, &candidate);
    }
}

/* The node. */

static void drop_constant_slots(tree_ground *ground) {
    size_t kept = 0;
    for (size_t k = 0; k < ground->n_slots; k++) {
        const tree_entry *entries = slot_entries(ground, ground->slots[k]);
        if (tree_entry_code(entries[0]) != tree_entry_code(entries[ground->n_rows - 1])) {
            ground->slots[kept++] = ground->slots[k];
        }
    }
    ground->n_slots = kept;
}

static void mark_constant(const tree_search *search, const tree_ground *ground) {
    const tree_columns *columns = search->columns;
    memset(search->constant, 1, columns->matrix.n_columns);
    for (size_t k = 0; k < ground->n_slots; k++) {
        search->constant[columns->sorted[ground->slots[k]]] = 0;
    }
    for (uint32_t b = 0; b < columns->n_binary; b++) {
        search->constant[columns->binary[b]] = is_constant(search, ground, b);
    }
}

/** Searches the columns that the project's own draw marked, or all. */
static void search_columns(tree_search *search, const tree_ground *ground, bool draw) {
    const tree_columns *columns = search->columns;
    for (size_t k = 0; k < ground->n_slots; k++) {
        uint32_t slot = ground->slots[k];
        if (!draw || search->visited[columns->sorted[slot]]) {
            search->kernels->sorted(&search->scan, slot_entries(ground, slot),
                                    columns->sorted[slot], slot);
        }
    }
    if (columns->n_binary > 0) {
        search_binary(search, ground, draw);
    }
    for (uint32_t level = search->scan.n_levels; level-- > 1;) {
        if (tree_split_before(&search->best[level], &search->best[level - 1])) {
            search->best[level - 1] = search->best[level];
        }
    }
}

/* scikit-learn's search. */

/** Searches one column; its rank among the visited ones stands for it, so that the first one wins.
 */
static void search_visited(tree_search *search, const tree_ground *ground, uint32_t column,
                           uint32_t rank) {
    uint32_t slot = search->places[column];
    if (slot < search->columns->n_sorted) {
        search->kernels->sorted(&search->scan, slot_entries(ground, slot), rank, slot);
        return;
    }
    uint32_t b = slot - search->columns->n_sorted - 1;
    search->scan.left[0] = ground->n_rows - search->counts[b][0];
    search->scan.ones[0] = ground->n_ones - search->counts[b][1];
    search->kernels->costs(&search->scan, 1);
    tree_split candidate = {.cost = search->scan.costs[0],
                            .column = rank,
                            .slot = slot,
                            .n_left = search->scan.left[0],
                            .ones_left = search->scan.ones[0]};
    tree_scan_offer(&search->scan, &candidate);
}

static double impurity_of(const tree_search *search, uint32_t n_rows, uint32_t n_ones) {
    double sums[2] = {(double)(n_rows - n_ones), (double)n_ones};
    return tree_sklearn_impurity(search->scan.criterion, sums, (double)n_rows);
}

/** Whether the split makes things worse by more than rounding explains. */
static bool is_harmful(const tree_search *search, const tree_ground *ground,
                       const tree_split *split) {
    double n = (double)ground->n_rows;
    double left = (double)split->n_left;
    double right = n - left;
    double improvement = n / (double)search->columns->n_rows *
                         (impurity_of(search, ground->n_rows, ground->n_ones) -
                          right / n *
                              impurity_of(search, ground->n_rows - split->n_left,
                                          ground->n_ones - split->ones_left) -
                          left / n * impurity_of(search, split->n_left, split->ones_left));
    return improvement + DBL_EPSILON < 0.0;
}

static void search_like_sklearn(tree_search *search, tree_ground *ground) {
    const tree_columns *columns = search->columns;
    uint32_t n_visited = 0;
    uint32_t column;
    tree_sklearn_draw_start(search->sklearn_draw, ground->n_constant);
    while (tree_sklearn_draw_next(search->sklearn_draw, &column)) {
        tree_sklearn_draw_put(search->sklearn_draw, search->constant[column]);
        if (!search->constant[column]) {
            search_visited(search, ground, column, n_visited++);
        }
    }
    ground->n_constant = tree_sklearn_draw_finish(search->sklearn_draw);
    tree_split *best = &search->best[0];
    if (best->cost < INFINITY) {
        best->column = tree_split_is_binary(columns, best)
                           ? columns->binary[best->slot - columns->n_sorted - 1]
                           : columns->sorted[best->slot];
        if (is_harmful(search, ground, best)) {
            best->cost = INFINITY;
        }
    }
}

void tree_search_node(tree_search *search, tree_ground *ground) {
    bool draw = search->max_features < search->columns->matrix.n_columns;
    search->scan.n_rows = ground->n_rows;
    search->scan.n_ones = ground->n_ones;
    for (uint32_t level = 0; level < search->scan.n_levels; level++) {
        search->best[level] = (tree_split){.cost = INFINITY, .column = UINT32_MAX};
    }
    drop_constant_slots(ground);
    if (search->columns->n_binary > 0) {
        count_binary(search, ground);
    }
    if (draw || search->sklearn_draw != NULL) {
        mark_constant(search, ground);
    }
    if (search->sklearn_draw != NULL) {
        search_like_sklearn(search, ground);
        return;
    }
    if (draw) {
        draw_columns(search, ground->path);
    }
    search_columns(search, ground, draw);
}

void tree_search_describe(const tree_search *search, uint32_t n_rows, uint32_t n_ones,
                          tree_node *node) {
    double zeros = search->scan.weights[0] * (double)(n_rows - n_ones);
    double ones = search->scan.weights[1] * (double)n_ones;
    node->weight = zeros + ones;
    node->share = ones / node->weight;
    double other = zeros / node->weight;
    if (search->scan.like_sklearn) {
        node->impurity = impurity_of(search, n_rows, n_ones);
    } else if (n_ones == 0 || n_ones == n_rows) {
        node->impurity = 0.0;
    } else if (search->scan.criterion == TREE_GINI) {
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

static void fill_entropy_terms(tree_search *search, bool balanced) {
    size_t n = search->columns->n_rows + (size_t)1;
    double *terms = search->entropy_terms;
    for (size_t which = 0; which < (balanced ? 2 : 1); which++) {
        terms[which * n] = 0.0;
        for (size_t k = 1; k < n; k++) {
            double weight = search->scan.weights[which] * (double)k;
            terms[which * n + k] = weight * perebor_log(weight);
        }
    }
    search->scan.entropy_terms[0] = terms;
    search->scan.entropy_terms[1] = balanced ? terms + n : terms;
    search->scan.entropy_terms[2] = balanced ? NULL : terms;
}

perebor_status tree_search_create(tree_search *search, const tree_columns *columns,
                                  tree_criterion criterion, bool balanced, size_t max_features,
                                  tree_sklearn_draw *sklearn_draw, size_t most_levels,
                                  perebor_workspace *workspace, perebor_error *error) {
    size_t n = columns->n_rows;
    size_t d = columns->matrix.n_columns;
    size_t n_scan = (n > d ? n : d) + PEREBOR_LANES;
    size_t n_terms = criterion == TREE_GINI || sklearn_draw != NULL ? 1 : 2 * (n + 1);
    tree_search made = {
        .columns = columns,
        .max_features = max_features,
        .sklearn_draw = sklearn_draw,
        .places = perebor_workspace_take(workspace, d + 1, sizeof *made.places),
        .kernels = PEREBOR_KERNEL_PICK(tree_kernels),
        .min_leaves = perebor_workspace_take(workspace, most_levels, sizeof *made.min_leaves),
        .best = perebor_workspace_take(workspace, most_levels, sizeof *made.best),
        .entropy_terms = perebor_workspace_take(workspace, n_terms, sizeof *made.entropy_terms),
        .counts = perebor_workspace_take(workspace, d + TREE_COLUMNS_PER_WORD, sizeof *made.counts),
        .visited = perebor_workspace_take(workspace, d + 1, 1),
        .constant = perebor_workspace_take(workspace, d + 1, 1),
        .draw = perebor_workspace_take(workspace, d + 1, sizeof *made.draw),
        .drawn = perebor_workspace_take(workspace, d + 1, sizeof *made.drawn)};
    made.scan = (tree_scan){
        .criterion = criterion,
        .like_sklearn = sklearn_draw != NULL,
        .min_leaves = made.min_leaves,
        .best = made.best,
        .left = perebor_workspace_take_zeroed(workspace, n_scan, sizeof *made.scan.left),
        .ones = perebor_workspace_take_zeroed(workspace, n_scan, sizeof *made.scan.ones),
        .ones_so_far = perebor_workspace_take(workspace, n_scan, sizeof *made.scan.ones_so_far),
        .costs = perebor_workspace_take(workspace, n_scan, sizeof *made.scan.costs)};
    if (made.places == NULL || made.min_leaves == NULL || made.best == NULL ||
        made.entropy_terms == NULL || made.counts == NULL || made.visited == NULL ||
        made.constant == NULL || made.draw == NULL || made.drawn == NULL ||
        made.scan.left == NULL || made.scan.ones == NULL || made.scan.ones_so_far == NULL ||
        made.scan.costs == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory to grow a tree on %zu rows", n);
    }
    tree_weights(made.scan.weights, columns->n_rows, columns->n_ones, balanced);
    list_places(columns, made.places);
    if (criterion == TREE_ENTROPY && sklearn_draw == NULL) {
        fill_entropy_terms(&made, balanced);
    }
    *search = made;
    return PEREBOR_OK;
}
