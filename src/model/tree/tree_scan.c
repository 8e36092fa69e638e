// SPDX-License-Identifier: MIT
#include "model/tree/tree_scan.h"

#include <math.h>

#include "base/arithmetic.h"

typedef int32_t v8i32 __attribute__((vector_size(32)));

PEREBOR_INLINE v8d load_counts(const uint32_t *from) {
    v8i32 counts;
    memcpy(&counts, from, sizeof counts);
    return __builtin_convertvector(counts, v8d);
}

/** Costs of splits with so many rows, and ones among them, on the left. */
PEREBOR_INLINE v8d gini_cost(const tree_scan *scan, v8d left, v8d left_ones) {
    v8d left_zeros = left - left_ones;
    v8d right_ones = v8d_set((double)scan->n_ones) - left_ones;
    v8d right_zeros = (v8d_set((double)scan->n_entries) - left) - right_ones;
    return tree_scan_gini(scan, left_zeros, left_ones, right_zeros, right_ones);
}

/** n (1 - (z^2 + o^2) / n^2) */
PEREBOR_INLINE v8d sklearn_gini(v8d zeros, v8d ones, v8d n) {
    return n * (v8d_set(1.0) - (zeros * zeros + ones * ones) / (n * n));
}

/** n (-z/n log2(z/n) - o/n log2(o/n)), 0 log 0 being 0 */
PEREBOR_INLINE v8d sklearn_entropy(v8d zeros, v8d ones, v8d n) {
    const v8d none = v8d_set(0.0);
    v8d share = zeros / n;
    v8d entropy = v8d_select(zeros > none, none - share * v8d_log2(share), none);
    share = ones / n;
    return n * v8d_select(ones > none, entropy - share * v8d_log2(share), entropy);
}

PEREBOR_INLINE v8d sklearn_cost(const tree_scan *scan, v8d left, v8d left_ones) {
    v8d left_zeros = left - left_ones;
    v8d right = v8d_set((double)scan->n_entries) - left;
    v8d right_ones = v8d_set((double)scan->n_ones) - left_ones;
    v8d right_zeros = right - right_ones;
    if (scan->criterion == TREE_GINI) {
        return sklearn_gini(right_zeros, right_ones, right) +
               sklearn_gini(left_zeros, left_ones, left);
    }
    return sklearn_entropy(right_zeros, right_ones, right) +
           sklearn_entropy(left_zeros, left_ones, left);
}

/** What is computed eight at a time. */
PEREBOR_INLINE v8d cost_of(const tree_scan *scan, v8d left, v8d left_ones) {
    return scan->like_sklearn ? sklearn_cost(scan, left, left_ones)
                              : gini_cost(scan, left, left_ones);
}

static void vector_costs(const tree_scan *scan, size_t n) {
    memset(scan->left + n, 0, PEREBOR_LANES * sizeof *scan->left); // what is read too far
    memset(scan->ones + n, 0, PEREBOR_LANES * sizeof *scan->ones);
    for (size_t k = 0; k < n; k += PEREBOR_LANES) {
        v8d cost = cost_of(scan, load_counts(scan->left + k), load_counts(scan->ones + k));
        v8d_store(scan->costs + k, cost);
    }
}

/** w log w - ((u z) log(u z) + (v o) log(v o)), from the tables where they have it. */
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
    uint32_t n_zeros = scan->n_entries - scan->n_ones;
    for (size_t k = 0; k < n; k++) {
        uint32_t ones = scan->ones[k];
        uint32_t zeros = scan->left[k] - ones;
        scan->costs[k] = side_entropy(scan, zeros, ones) +
                         side_entropy(scan, n_zeros - zeros, scan->n_ones - ones);
    }
}

static void costs(const tree_scan *scan, size_t n) {
    if (scan->criterion == TREE_GINI || scan->like_sklearn) {
        vector_costs(scan, n);
    } else {
        entropy_costs(scan, n);
    }
}

/** Lists the places between different values; returns how many there are. */
PEREBOR_INLINE size_t list_candidates(const tree_scan *scan, const tree_entry *entries) {
    size_t n = 0;
    uint32_t ones = 0;
    for (uint32_t i = 0; i + 1 < scan->n_entries; i++) {
        ones += tree_entry_label(entries[i]);
        scan->left[n] = i + 1;
        scan->ones[n] = ones;
        n += tree_entry_step(entries[i + 1]);
    }
    return n;
}

static void offer(const tree_scan *scan, double cost, uint32_t n_left, uint32_t ones_left,
                  uint32_t column, uint32_t slot) {
    tree_split candidate = {.cost = cost,
                            .column = column,
                            .slot = slot,
                            .n_left = n_left,
                            .n_rows = n_left,
                            .left = {(double)(n_left - ones_left), (double)ones_left}};
    tree_scan_offer(scan, &candidate);
}

/** Looks at the places between different values only: best where few values repeat. */
static void sparse(const tree_scan *scan, const tree_entry *entries, uint32_t column,
                   uint32_t slot) {
    size_t n = list_candidates(scan, entries);
    const uint32_t *left = scan->left;
    const uint32_t *ones = scan->ones;
    costs(scan, n);
    uint32_t most = scan->min_leaves[scan->n_levels - 1];
    size_t first = 0;
    size_t last = n;
    for (; first < n && left[first] < most; first++) { // too few rows for the highest level
        offer(scan, scan->costs[first], left[first], ones[first], column, slot);
    }
    for (; last > first && scan->n_entries - left[last - 1] < most; last--) {
        offer(scan, scan->costs[last - 1], left[last - 1], ones[last - 1], column, slot);
    }
    if (first < last) {
        size_t k = tree_scan_lowest(scan->costs, first, last);
        offer(scan, scan->costs[k], left[k], ones[k], column, slot);
    }
}

/** The sum of each lane and the ones before it: of two, then of four, then of eight. */
PEREBOR_INLINE v8d running_sum(v8d lanes) {
    const v8d zero = v8d_set(0.0);
    lanes += __builtin_shufflevector(zero, lanes, 0, 8, 9, 10, 11, 12, 13, 14);
    lanes += __builtin_shufflevector(zero, lanes, 0, 0, 8, 9, 10, 11, 12, 13);
    return lanes + __builtin_shufflevector(zero, lanes, 0, 0, 0, 0, 8, 9, 10, 11);
}

PEREBOR_INLINE v8u load_entries(const tree_entry *from) {
    typedef uint32_t v8u32 __attribute__((vector_size(32)));
    v8u32 entries;
    memcpy(&entries, from, sizeof entries);
    return __builtin_convertvector(entries, v8u);
}

/** Costs of the places after each row; infinite where the next row's value is the same. */
static void dense_costs(const tree_scan *scan, const tree_entry *entries) {
    const v8u one = (v8u)v8d_set(1.0);
    const v8d infinite = v8d_set(INFINITY);
    v8d before = v8d_set(0.0);
    v8d left = {1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0};
    for (size_t i = 0; i + 1 < scan->n_entries; i += PEREBOR_LANES) {
        const v8u here = load_entries(entries + i);
        const v8u next = load_entries(entries + i + 1);
        v8d ones = running_sum((v8d)((0 - (here >> 1 & 1)) & one)) + before;
        before = __builtin_shufflevector(ones, ones, 7, 7, 7, 7, 7, 7, 7, 7);
        v8i same = (v8i)((next & TREE_ENTRY_STEP) - 1);
        v8d_store(scan->costs + i, v8d_select(same, infinite, cost_of(scan, left, ones)));
        const v8i32 whole = __builtin_convertvector(ones, v8i32);
        memcpy(scan->ones + i, &whole, sizeof whole);
        left += v8d_set((double)PEREBOR_LANES);
    }
}

/** Looks at the place after every row: best where most values differ. */
static void dense(const tree_scan *scan, const tree_entry *entries, uint32_t column,
                  uint32_t slot) {
    dense_costs(scan, entries);
    const double *found = scan->costs;
    const uint32_t *ones = scan->ones;
    size_t most = scan->min_leaves[scan->n_levels - 1];
    size_t first = 0;
    size_t last = scan->n_entries - 1;
    for (; first < last && first + 1 < most; first++) { // too few rows for the highest level
        if (found[first] < INFINITY) {
            offer(scan, found[first], (uint32_t)first + 1, ones[first], column, slot);
        }
    }
    for (; last > first && scan->n_entries - last < most; last--) {
        if (found[last - 1] < INFINITY) {
            offer(scan, found[last - 1], (uint32_t)last, ones[last - 1], column, slot);
        }
    }
    if (first < last) {
        size_t k = tree_scan_lowest(found, first, last);
        if (found[k] < INFINITY) {
            offer(scan, found[k], (uint32_t)k + 1, ones[k], column, slot);
        }
    }
}

static void sorted(const tree_scan *scan, const tree_entry *entries, uint32_t column,
                   uint32_t slot) {
    if ((scan->criterion == TREE_GINI || scan->like_sklearn) &&
        (scan->distinct[slot] ||
         tree_entries_count_values(entries, scan->n_entries) >= scan->n_entries / 4)) {
        dense(scan, entries, column, slot);
    } else {
        sparse(scan, entries, column, slot);
    }
}

extern const tree_kernels PEREBOR_KERNEL(tree_kernels);
const tree_kernels PEREBOR_KERNEL(tree_kernels) = {.sorted = sorted, .costs = costs};
