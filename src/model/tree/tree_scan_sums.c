// SPDX-License-Identifier: MIT
/* The search over rows that add up to more than a count of labels. */
#include "base/arithmetic.h"

#include "model/tree/tree_scan.h"
#include <math.h>

/**
 * Lists the places between different values; returns how many there are. What stands to the left of
 * a place is added up in the order of the column.
 */
PEREBOR_INLINE size_t list_places(const tree_scan *scan, const tree_entry *entries,
                                  const uint32_t *counts) {
    const double(*terms)[2] = scan->sample->terms;
    double sums[2] = {0.0, 0.0};
    uint32_t n_rows = 0;
    size_t n = 0;
    for (uint32_t i = 0; i + 1 < scan->n_entries; i++) {
        uint32_t row = tree_entry_row(entries[i]);
        sums[0] += terms[row][0];
        sums[1] += terms[row][1];
        n_rows += counts != NULL ? counts[row] : 1;
        scan->left[n] = i + 1;
        scan->rows[n] = n_rows;
        scan->sums[0][n] = sums[0];
        scan->sums[1][n] = sums[1];
        n += tree_entry_step(entries[i + 1]);
    }
    return n;
}

/** -(G^2 / (H + l2)) of the left + the same of the right. */
PEREBOR_INLINE v8d squared_cost(const tree_scan *scan, const v8d left[2], const v8d right[2]) {
    const v8d l2 = v8d_set(scan->l2);
    return v8d_set(0.0) -
           (left[1] * left[1] / (left[0] + l2) + right[1] * right[1] / (right[0] + l2));
}

static double x_log_x(double x) {
    return x > 0.0 ? x * perebor_log(x) : 0.0;
}

/** w log w - (u z) log(u z) - (v o) log(v o). */
static double side_entropy(const tree_scan *scan, double zeros, double ones) {
    double weight_of_zeros = scan->weights[0] * zeros;
    double weight_of_ones = scan->weights[1] * ones;
    return x_log_x(weight_of_zeros + weight_of_ones) -
           (x_log_x(weight_of_zeros) + x_log_x(weight_of_ones));
}

PEREBOR_INLINE v8d entropy_cost(const tree_scan *scan, const v8d left[2], const v8d right[2]) {
    v8d cost = v8d_set(0.0);
    for (size_t lane = 0; lane < PEREBOR_LANES; lane++) {
        // The analyzer does not see through vectors.
        // NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage)
        cost[lane] = side_entropy(scan, left[0][lane], left[1][lane]) +
                     side_entropy(scan, right[0][lane], right[1][lane]);
    }
    return cost;
}

/** Whether a side weighs enough, and more than rounding may leave of nothing. */
PEREBOR_INLINE v8i is_enough(const tree_scan *scan, const v8d side[2]) {
    v8d weight = scan->criterion == TREE_SQUARED ? side[0] + v8d_set(scan->l2) : side[0] + side[1];
    v8d counted = scan->criterion == TREE_SQUARED ? side[0] : weight;
    return (weight > v8d_set(0.0)) & (counted >= v8d_set(scan->min_weight));
}

static void costs(const tree_scan *scan, size_t n) {
    const v8d total[2] = {v8d_set(scan->total.of[0]), v8d_set(scan->total.of[1])};
    const v8d infinite = v8d_set(INFINITY);
    for (size_t k = 0; k < n; k += PEREBOR_LANES) {
        const v8d left[2] = {v8d_load(scan->sums[0] + k), v8d_load(scan->sums[1] + k)};
        const v8d right[2] = {total[0] - left[0], total[1] - left[1]};
        v8d cost = scan->criterion == TREE_SQUARED ? squared_cost(scan, left, right)
                   : scan->criterion == TREE_GINI
                       ? tree_scan_gini(scan, left[0], left[1], right[0], right[1])
                       : entropy_cost(scan, left, right);
        v8i sound = is_enough(scan, left) & is_enough(scan, right) &
                    (cost == cost); // NOLINT(misc-redundant-expression): not NaN
        v8d_store(scan->costs + k, v8d_select(sound, cost, infinite));
    }
}

static void offer(const tree_scan *scan, size_t k, uint32_t column, uint32_t slot) {
    tree_split candidate = tree_scan_candidate(scan, k, column, slot);
    if (candidate.cost < INFINITY) {
        tree_scan_offer(scan, &candidate);
    }
}

static void sorted(const tree_scan *scan, const tree_entry *entries, uint32_t column,
                   uint32_t slot) {
    const uint32_t *counts = scan->sample->counts;
    size_t n =
        counts != NULL ? list_places(scan, entries, counts) : list_places(scan, entries, NULL);
    const uint32_t *rows = scan->rows;
    costs(scan, n);
    uint32_t most = scan->min_leaves[scan->n_levels - 1];
    size_t first = 0;
    size_t last = n;
    for (; first < n && rows[first] < most; first++) { // too few rows for the highest level
        offer(scan, first, column, slot);
    }
    for (; last > first && scan->total.n_rows - rows[last - 1] < most; last--) {
        offer(scan, last - 1, column, slot);
    }
    if (first < last) {
        offer(scan, tree_scan_lowest(scan->costs, first, last), column, slot);
    }
}

/** A lane a column of the word: all ones where the row has its higher value. */
PEREBOR_INLINE v8i lanes_of(uint64_t word) {
    const v8u shifts = {0, 8, 16, 24, 32, 40, 48, 56};
    v8u bytes = {word, word, word, word, word, word, word, word};
    return (v8i)(0 - (bytes >> shifts & 1));
}

static void add_word(const tree_scan *scan, const tree_entry *rows, const uint64_t *words,
                     uint32_t (*counts)[2], double (*sums)[2]) {
    const double(*terms)[2] = scan->sample->terms;
    const uint32_t *times = scan->sample->counts;
    v8i n_entries = {0};
    v8i n_rows = {0};
    v8d first = v8d_set(0.0);
    v8d second = v8d_set(0.0);
    for (uint32_t i = 0; i < scan->n_entries; i++) {
        uint32_t row = tree_entry_row(rows[i]);
        v8i higher = lanes_of(words[row]);
        n_entries -= higher;
        n_rows += higher & (int64_t)(times != NULL ? times[row] : 1);
        first += (v8d)(higher & (v8i)v8d_set(terms[row][0]));
        second += (v8d)(higher & (v8i)v8d_set(terms[row][1]));
    }
    for (size_t lane = 0; lane < PEREBOR_LANES; lane++) {
        counts[lane][0] = (uint32_t)n_entries[lane];
        counts[lane][1] = (uint32_t)n_rows[lane];
        sums[lane][0] = first[lane];
        sums[lane][1] = second[lane];
    }
}

static void words(const tree_scan *scan, const tree_entry *rows, const tree_scan_words *columns) {
    for (size_t word = 0; word < columns->n_words; word++) {
        add_word(scan, rows, columns->words + word * columns->stride,
                 columns->counts + word * PEREBOR_LANES, columns->sums + word * PEREBOR_LANES);
    }
}

extern const tree_sum_kernels PEREBOR_KERNEL(tree_sum_kernels);
const tree_sum_kernels PEREBOR_KERNEL(tree_sum_kernels) = {
    .sorted = sorted, .costs = costs, .words = words};
