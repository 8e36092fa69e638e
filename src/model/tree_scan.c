// SPDX-License-Identifier: MIT
#include "model/tree_scan.h"

#include "base/arithmetic.h"

typedef int32_t v8i32 __attribute__((vector_size(32)));

PEREBOR_INLINE v8d load_counts(const uint32_t *from) {
    v8i32 counts;
    memcpy(&counts, from, sizeof counts);
    return __builtin_convertvector(counts, v8d);
}

static void gini_costs(const tree_scan *scan, size_t n) {
    const v8d rows = v8d_set((double)scan->n_rows);
    const v8d all_ones = v8d_set((double)scan->n_ones);
    const v8d weight_zero = v8d_set(scan->weights[0]);
    const v8d weight_one = v8d_set(scan->weights[1]);
    for (size_t k = 0; k < n; k += PEREBOR_LANES) {
        v8d left = load_counts(scan->left + k);
        v8d left_ones = load_counts(scan->ones + k);
        v8d left_zeros = left - left_ones;
        v8d right_ones = all_ones - left_ones;
        v8d right_zeros = (rows - left) - right_ones;
        v8d left_weight = weight_zero * left_zeros + weight_one * left_ones;
        v8d right_weight = weight_zero * right_zeros + weight_one * right_ones;
        v8d cost =
            (left_zeros * left_ones * right_weight + right_zeros * right_ones * left_weight) /
            (left_weight * right_weight);
        v8d_store(scan->costs + k, cost);
    }
}

PEREBOR_INLINE double side_entropy(const tree_scan *scan, uint32_t zeros, uint32_t ones) {
    double total;
    if (scan->entropy_terms[2] != NULL) {
        total = scan->entropy_terms[2][zeros + ones];
    } else {
        double weight = scan->weights[0] * (double)zeros + scan->weights[1] * (double)ones;
        total = weight * perebor_log(weight);
    }
    return total - (scan->entropy_terms[0][zeros] + scan->entropy_terms[1][ones]);
}

static void entropy_costs(const tree_scan *scan, size_t n) {
    uint32_t n_zeros = scan->n_rows - scan->n_ones;
    for (size_t k = 0; k < n; k++) {
        uint32_t ones = scan->ones[k];
        uint32_t zeros = scan->left[k] - ones;
        scan->costs[k] = side_entropy(scan, zeros, ones) +
                         side_entropy(scan, n_zeros - zeros, scan->n_ones - ones);
    }
}

static void costs(const tree_scan *scan, size_t n) {
    if (scan->criterion == TREE_GINI) {
        gini_costs(scan, n);
    } else {
        entropy_costs(scan, n);
    }
}

/** Lists the places between different values; returns how many there are. */
PEREBOR_INLINE size_t list_candidates(const tree_scan *scan, const tree_entry *entries) {
    size_t n = 0;
    uint32_t ones = 0;
    for (uint32_t i = 0; i + 1 < scan->n_rows; i++) {
        ones += tree_entry_label(entries[i]);
        scan->left[n] = i + 1;
        scan->ones[n] = ones;
        n += tree_entry_code(entries[i]) != tree_entry_code(entries[i + 1]);
    }
    return n;
}

/** Index of the lowest cost in [first, last), the first of equals. @pre first < last */
static size_t lowest(const double *costs, size_t first, size_t last) {
    size_t best = first;
    size_t k = first;
    if (last - first >= (size_t)(2 * PEREBOR_LANES)) {
        v8d low = v8d_load(costs + first);
        v8i at = {0, 1, 2, 3, 4, 5, 6, 7};
        v8i here = at;
        const v8i step = {8, 8, 8, 8, 8, 8, 8, 8};
        for (k = first + PEREBOR_LANES; k + PEREBOR_LANES <= last; k += PEREBOR_LANES) {
            v8d next = v8d_load(costs + k);
            here += step;
            v8i lower = next < low;
            low = v8d_select(lower, next, low);
            at = (lower & here) | (~lower & at);
        }
        size_t lane = 0;
        for (size_t other = 1; other < PEREBOR_LANES; other++) {
            if (low[other] < low[lane] || (low[other] == low[lane] && at[other] < at[lane])) {
                lane = other;
            }
        }
        best = first + (size_t)at[lane];
    }
    for (; k < last; k++) {
        if (costs[k] < costs[best]) {
            best = k;
        }
    }
    return best;
}

static void offer(const tree_scan *scan, size_t k, uint32_t column, uint32_t slot) {
    tree_split candidate = {.cost = scan->costs[k],
                            .column = column,
                            .slot = slot,
                            .n_left = scan->left[k],
                            .ones_left = scan->ones[k]};
    tree_scan_offer(scan, &candidate);
}

static void sorted(const tree_scan *scan, const tree_entry *entries, uint32_t column,
                   uint32_t slot) {
    size_t n = list_candidates(scan, entries);
    costs(scan, n);
    uint32_t most = scan->min_leaves[scan->n_levels - 1];
    uint32_t least = scan->min_leaves[0];
    size_t first = 0;
    size_t last = n;
    while (first < n && scan->left[first] < most) { // too few on the left for the highest level
        if (scan->left[first] >= least) {
            offer(scan, first, column, slot);
        }
        first++;
    }
    while (last > first && scan->n_rows - scan->left[last - 1] < most) {
        last--;
        if (scan->n_rows - scan->left[last] >= least) {
            offer(scan, last, column, slot);
        }
    }
    if (first < last) {
        offer(scan, lowest(scan->costs, first, last), column, slot);
    }
}

extern const struct tree_kernels PEREBOR_KERNEL(tree_kernels);
const struct tree_kernels PEREBOR_KERNEL(tree_kernels) = {.sorted = sorted, .costs = costs};
