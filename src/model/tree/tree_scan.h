// SPDX-License-Identifier: MIT
/**
 * @file tree_scan.h
 * The search for the best split of a node: the kernel of growing trees.
 *
 * A node's split is judged by what it leaves, the sum of a cost of the left side and of the right
 * one. Lower is better; on equal costs the lower column is, then the lower threshold.
 *
 * Labels. With z and o the rows of class 0 and 1 on a side by weight, and u and v the weights of
 * the classes, a side weighs w = u z + v o, and
 *
 *     gini:     cost = z o / w        (both sides over one denominator);
 *     entropy:  cost = w log w - (u z) log(u z) - (v o) log(v o).
 *
 * Weights of classes are whole numbers (1 and 1, or, balanced, the other class's count), so that
 * where those of rows are, numerator and denominator of the Gini cost are exact below 2^53 and
 * equal costs compare equal. Both forms are symmetric in the sides and in the classes, bit for bit.
 *
 * Targets and gradients. A side of weight (or hessian) H that tends to G, the sum of w y (or of
 * -g), takes the value t that minimises its part of the objective, to which l2 adds (l2 / 2) t^2:
 *
 *     sum of (w / 2) (y - t)^2 + (l2 / 2) t^2,   or   -G t + (1 / 2) (H + l2) t^2;
 *     t = G / (H + l2)   in both, and twice what is left of it, but for what no split changes, is
 *     squared:  cost = -G^2 / (H + l2).
 *
 * scikit-learn's own form, for rows of weight 1, is (n * impurity) of the left + the same of the
 * right.
 *
 * Labels of rows that count once are in the entries, and have kernels of their own; whatever else
 * rows add up to (tree_sample.h) is looked up by row.
 */
#ifndef PEREBOR_MODEL_TREE_TREE_SCAN_H
#define PEREBOR_MODEL_TREE_TREE_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/simd.h"
#include "model/tree/tree.h"
#include "model/tree/tree_sample.h"

/** A split of a node, or none if its cost is infinite. */
typedef struct tree_split {
    double cost;
    uint32_t column; /**< Its number in the matrix. */
    uint32_t slot;   /**< Where the column is kept: see tree_columns. */
    uint32_t n_left; /**< Entries on the left. */
    uint32_t n_rows; /**< Rows on the left, each as often as it counts. */
    double left[2];  /**< Sums of the left: see tree_sums. */
} tree_split;

/** Whether @p a is to be preferred to @p b. */
PEREBOR_INLINE int tree_split_before(const tree_split *a, const tree_split *b) {
    if (a->cost != b->cost) {
        return a->cost < b->cost;
    }
    return a->column != b->column ? a->column < b->column : a->n_left < b->n_left;
}

/** The node to split and the scratch memory to do it in. */
typedef struct tree_scan {
    tree_criterion criterion;
    bool like_sklearn;              /**< Costs as scikit-learn computes them. */
    double weights[2];              /**< What a row of each class weighs; whole numbers. */
    const double *entropy_terms[3]; /**< x log x of the weight of k zeros, k ones, k rows; the last
                                         is NULL where the classes weigh differently. */
    double l2;                      /**< That of the squared cost. */
    double min_weight;              /**< Least weight of a side. */
    const tree_sample *sample;
    const bool *distinct;       /**< Whether all values of a slot differ (tree_columns.h). */
    tree_sums total;            /**< Those of the node. */
    uint32_t n_entries;         /**< Entries of the node. */
    uint32_t n_ones;            /**< Those of the node, where rows are labels that count once. */
    const uint32_t *min_leaves; /**< [n_levels] ascending: the wanted fewest rows of a leaf. */
    uint32_t n_levels;
    tree_split *best; /**< [n_levels]: best split whose smaller side has at least min_leaves[level],
                           and fewer than min_leaves[level + 1] rows. */
    uint32_t *left;   /**< [n + 8] candidates: entries on the left, */
    uint32_t *ones;   /**< [n + 8] ones among them, or, where every row is looked at, among the
                           first rows of the column; or */
    uint32_t *rows;   /**< [n + 8] rows on the left, each as often as it counts, and */
    double *sums[2];  /**< [n + 8] what they add up to. */
    double *costs;    /**< [n + 8] */
} tree_scan;

/** The columns of two values, to be counted in a node: see tree_columns. */
typedef struct tree_scan_words {
    const uint64_t *words; /**< [n_words][stride]; a byte is 1 for the higher value. */
    size_t n_words, stride;
    uint32_t (*counts)[2]; /**< [n_words * 8] out: entries with the higher value, rows with it. */
    double (*sums)[2];     /**< [n_words * 8] out: what these add up to. */
} tree_scan_words;

/** What is compiled for each instruction set, for labels of rows that count once. */
typedef struct tree_kernels {
    /** Looks at every split of a sorted column. @param[in] entries  [scan->n_entries], 8 more
     * readable */
    void (*sorted)(const tree_scan *scan, const tree_entry *entries, uint32_t column,
                   uint32_t slot);
    /** Computes costs[0, n) of the candidates left[] and ones[]. */
    void (*costs)(const tree_scan *scan, size_t n);
} tree_kernels;

/** The same for samples of any other kind. */
typedef struct tree_sum_kernels {
    void (*sorted)(const tree_scan *scan, const tree_entry *entries, uint32_t column,
                   uint32_t slot);
    /** Computes costs[0, n) of the candidates sums[]; infinite for a side that weighs too little.
     */
    void (*costs)(const tree_scan *scan, size_t n);
    /** Adds up the rows that have the higher value of each column of two values. */
    void (*words)(const tree_scan *scan, const tree_entry *rows, const tree_scan_words *words);
} tree_sum_kernels;

PEREBOR_KERNEL_DECLARE(tree_kernels, tree_kernels);
PEREBOR_KERNEL_DECLARE(tree_sum_kernels, tree_sum_kernels);

/** Takes a candidate into the best[] of its level. */
PEREBOR_INLINE void tree_scan_offer(const tree_scan *scan, const tree_split *candidate) {
    uint32_t n_right = scan->total.n_rows - candidate->n_rows;
    uint32_t smaller = candidate->n_rows < n_right ? candidate->n_rows : n_right;
    uint32_t level = scan->n_levels;
    while (level > 0 && scan->min_leaves[level - 1] > smaller) {
        level--;
    }
    if (level > 0 && tree_split_before(candidate, &scan->best[level - 1])) {
        scan->best[level - 1] = *candidate;
    }
}

/** The candidate @p k, its cost computed. */
PEREBOR_INLINE tree_split tree_scan_candidate(const tree_scan *scan, size_t k, uint32_t column,
                                              uint32_t slot) {
    tree_split split = {
        .cost = scan->costs[k], .column = column, .slot = slot, .n_left = scan->left[k]};
    if (scan->sample->terms == NULL) {
        split.n_rows = scan->left[k];
        split.left[0] = (double)(scan->left[k] - scan->ones[k]);
        split.left[1] = (double)scan->ones[k];
    } else {
        split.n_rows = scan->rows[k];
        split.left[0] = scan->sums[0][k];
        split.left[1] = scan->sums[1][k];
    }
    return split;
}

/**
 * (z o / w) of the left + the same of the right, over one denominator:
 *
 *     (z_l o_l w_r + z_r o_r w_l) / (w_l w_r).
 */
PEREBOR_INLINE v8d tree_scan_gini(const tree_scan *scan, v8d left_zeros, v8d left_ones,
                                  v8d right_zeros, v8d right_ones) {
    const v8d weight_zero = v8d_set(scan->weights[0]);
    const v8d weight_one = v8d_set(scan->weights[1]);
    v8d left_weight = weight_zero * left_zeros + weight_one * left_ones;
    v8d right_weight = weight_zero * right_zeros + weight_one * right_ones;
    return (left_zeros * left_ones * right_weight + right_zeros * right_ones * left_weight) /
           (left_weight * right_weight);
}

/** Index of the lowest cost in [first, last), the first of equals. @pre first < last */
PEREBOR_INLINE size_t tree_scan_lowest(const double *costs, size_t first, size_t last) {
    size_t best = first;
    size_t k = first;
    if ((last - first) / 2 >= PEREBOR_LANES) {
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

#endif
