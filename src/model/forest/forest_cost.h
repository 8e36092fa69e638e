// SPDX-License-Identifier: MIT
/**
 * @file forest_cost.h
 * What splits of a node cost (forest_scan.h has the formulas), and the best so far. Included by
 * files that are compiled for each instruction set.
 */
#ifndef PEREBOR_MODEL_FOREST_FOREST_COST_H
#define PEREBOR_MODEL_FOREST_FOREST_COST_H

#include <math.h>
#include <string.h>

#include "base/arithmetic.h"
#include "model/forest/forest_scan.h"

enum { lanes = PEREBOR_NATIVE_LANES, term_lanes = 2 * lanes };

/** As many whole numbers of 32 bits as a register holds, and as many as it holds doubles. */
typedef int32_t vns __attribute__((vector_size(8 * PEREBOR_NATIVE_LANES)));
typedef int32_t vnh __attribute__((vector_size(4 * PEREBOR_NATIVE_LANES)));

PEREBOR_INLINE vns vns_load(const uint32_t *from) {
    vns numbers;
    memcpy(&numbers, from, sizeof numbers);
    return numbers;
}

/** Lanes of @p yes where @p mask is all ones, of @p no where it is zero. */
PEREBOR_INLINE vns vns_select(vns mask, vns yes, vns no) {
    return (mask & yes) | (~mask & no);
}

/** Four whole numbers, that registers of any width are made of. */
typedef int32_t v4s __attribute__((vector_size(16)));

PEREBOR_INLINE v4s v4s_part(vns numbers, size_t part) {
    v4s four;
    memcpy(&four, (const char *)&numbers + part * sizeof four, sizeof four);
    return four;
}

/** Sum of the lanes. */
PEREBOR_INLINE uint32_t vns_sum(vns numbers) {
    v4s sum = v4s_part(numbers, 0);
    for (size_t part = 1; part < term_lanes / 4; part++) {
        sum += v4s_part(numbers, part);
    }
    return (uint32_t)(sum[0] + sum[1] + sum[2] + sum[3]);
}

/** x log x, 0 at 0. */
PEREBOR_INLINE vnd x_log_x(vnd x) {
    v8d wide = v8d_set(1.0);
    for (int lane = 0; lane < lanes; lane++) {
        wide[lane] = x[lane] > 0.0 ? x[lane] : 1.0;
    }
    wide = v8d_log(wide);
    vnd logs = x;
    for (int lane = 0; lane < lanes; lane++) {
        logs[lane] = wide[lane];
    }
    return vnd_select(x > vnd_set(0.0), x * logs, vnd_set(0.0));
}

/** Rows of the classes, by weight, on both sides. */
typedef struct sides {
    vnd left_zeros, left_ones, right_zeros, right_ones;
} sides;

PEREBOR_INLINE vnd entropy_of_side(vnd zeros, vnd ones, vnd u, vnd v) {
    vnd weight_of_zeros = u * zeros;
    vnd weight_of_ones = v * ones;
    return x_log_x(weight_of_zeros + weight_of_ones) -
           (x_log_x(weight_of_zeros) + x_log_x(weight_of_ones));
}

/** (z_l o_l w_r + z_r o_r w_l) / (w_l w_r), or the sum of the sides' entropies. */
PEREBOR_INLINE vnd cost_of(const forest_search *search, const sides *at) {
    const vnd u = vnd_set(search->sample->class_weights[0]);
    const vnd v = vnd_set(search->sample->class_weights[1]);
    if (search->criterion == FOREST_ENTROPY) {
        return entropy_of_side(at->left_zeros, at->left_ones, u, v) +
               entropy_of_side(at->right_zeros, at->right_ones, u, v);
    }
    vnd left_weight = u * at->left_zeros + v * at->left_ones;
    vnd right_weight = u * at->right_zeros + v * at->right_ones;
    return (at->left_zeros * at->left_ones * right_weight +
            at->right_zeros * at->right_ones * left_weight) /
           (left_weight * right_weight);
}

/** The sides of splits with so much weight, and that much of class 1, on the left. */
PEREBOR_INLINE sides sides_of(uint64_t sum, vnd left, vnd left_ones) {
    vnd ones = vnd_set((double)forest_ones(sum));
    vnd all = vnd_set((double)forest_weight(sum));
    vnd right_ones = ones - left_ones;
    return (sides){.left_zeros = left - left_ones,
                   .left_ones = left_ones,
                   .right_zeros = (all - left) - right_ones,
                   .right_ones = right_ones};
}

/**
 * Takes a candidate into the best of the levels that it has enough rows for. The fewer rows a level
 * asks for, the lower the cost of its best: levels are gone through until one is not improved on.
 */
PEREBOR_INLINE void offer(const forest_search *search, const forest_split *candidate, uint32_t n) {
    uint32_t n_right = n - candidate->n_left;
    uint32_t smaller = candidate->n_left < n_right ? candidate->n_left : n_right;
    uint32_t level = search->n_levels;
    while (level > 0 && search->min_leaves[level - 1] > smaller) {
        level--;
    }
    while (level-- > 0) {
        forest_split *best = &search->best[level];
        if (candidate->cost > best->cost) {
            return;
        }
        // Columns come in the order of visits, but candidates of one column in any.
        if (candidate->cost < best->cost ||
            (candidate->visit == best->visit && candidate->code < best->code)) {
            *best = *candidate;
        }
    }
}

PEREBOR_INLINE double x_log_x_of_one(double x) {
    return x > 0.0 ? x * perebor_log(x) : 0.0;
}

PEREBOR_INLINE double entropy_of_one(double weight_of_zeros, double weight_of_ones) {
    return x_log_x_of_one(weight_of_zeros + weight_of_ones) -
           (x_log_x_of_one(weight_of_zeros) + x_log_x_of_one(weight_of_ones));
}

/** Whether x log x is there for all sums of a node. */
PEREBOR_INLINE bool has_terms(const forest_search *search, uint64_t sum) {
    return search->entropy_terms != NULL && forest_weight(sum) < FOREST_ENTROPY_TERMS;
}

/** The entropy of both sides, with the bits of cost_of(). */
PEREBOR_INLINE double entropy_by_terms(const double *terms, uint64_t sum, uint64_t left) {
    // The halves of a difference are the differences of the halves: nothing is borrowed.
    uint64_t right = sum - left;
    double left_side = terms[forest_weight(left)] -
                       (terms[forest_weight(left) - forest_ones(left)] + terms[forest_ones(left)]);
    double right_side =
        terms[forest_weight(right)] -
        (terms[forest_weight(right) - forest_ones(right)] + terms[forest_ones(right)]);
    return left_side + right_side;
}

/** The cost of one candidate, with the bits of cost_of(). */
PEREBOR_INLINE double cost_of_one(const forest_search *search, uint64_t sum, uint64_t left) {
    const double u = search->sample->class_weights[0];
    const double v = search->sample->class_weights[1];
    double left_ones = (double)forest_ones(left);
    double left_zeros = (double)forest_weight(left) - left_ones;
    double right_ones = (double)forest_ones(sum) - left_ones;
    double right_zeros = ((double)forest_weight(sum) - (double)forest_weight(left)) - right_ones;
    if (has_terms(search, sum)) {
        return entropy_by_terms(search->entropy_terms, sum, left);
    }
    if (search->criterion == FOREST_ENTROPY) {
        return entropy_of_one(u * left_zeros, v * left_ones) +
               entropy_of_one(u * right_zeros, v * right_ones);
    }
    double left_weight = u * left_zeros + v * left_ones;
    double right_weight = u * right_zeros + v * right_ones;
    return (left_zeros * left_ones * right_weight + right_zeros * right_ones * left_weight) /
           (left_weight * right_weight);
}

PEREBOR_INLINE void offer_one(const forest_search *search, const forest_node *node,
                              forest_split *split) {
    split->cost = cost_of_one(search, node->sum, split->left);
    offer(search, split, node->n);
}

#endif
