// SPDX-License-Identifier: MIT
/**
 * @file forest_narrow.h
 * Where among a column's values the best split can be. Included by a file that is compiled for each
 * instruction set.
 *
 * Rows are counted into buckets of neighbouring codes. Let z and o be the rows of class 0 and 1 on
 * the left of a split, by weight; a bucket takes them from (z0, o0) to (z1, o1), and each split
 * within lies in the rectangle between. The cost of both criteria falls from the line on which both
 * sides have the same shares towards the two corners (z0, o1) and (z1, o0): with w = u z + v o, the
 * Gini cost has
 *
 *     d cost / d o = u (share of class 0 on the left)^2 - u (the same on the right)^2,
 *
 * shares being by u z / w, so it descends in o wherever the left has the smaller share of class 0,
 * and by the same argument ascends in z there; beyond the line all is reversed. So it is for
 * entropies, whose derivative is the logarithm of these shares' quotient. No split of a bucket
 * costs less than the lower one of the two corners, and where that is above a cost that is reached
 * elsewhere, none is looked at. Where all rows are on one side, the cost is that of the node.
 */
#ifndef PEREBOR_MODEL_FOREST_FOREST_NARROW_H
#define PEREBOR_MODEL_FOREST_FOREST_NARROW_H

#include "model/forest/forest_cost.h"

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

/** Rows of a node, and their column: all, or those between two codes. */
typedef struct listed_rows {
    const uint32_t *codes, *terms; /**< [n] and padding */
    uint32_t n;
    uint64_t before; /**< Sum of the rows of lower codes, */
    uint32_t n_before;
    uint32_t least, greatest; /**< No code is beyond these. */
} listed_rows;

/** Bits of a part of a cell: rows, weight, weight of class 1. */
enum { cell_bits = 21, cell_mask = (1 << cell_bits) - 1, rows_of_cell = 8, fewest_of_cells = 64 };

/** Whether a node's rows are first counted into cells: it is worth it, and sums fit. */
PEREBOR_INLINE bool looks_at_cells(const forest_node *node) {
    return node->n >= fewest_of_cells && forest_weight(node->sum) <= (uint32_t)cell_mask;
}

/** Terms of the node's rows as cells add them up. */
PEREBOR_INLINE void widen_terms(const forest_search *search, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        uint64_t term = search->terms[i];
        search->wide_terms[i] = (term >> 2 * FOREST_TERM_BITS) << 2 * cell_bits |
                                (term >> FOREST_TERM_BITS & FOREST_TERM_MASK) << cell_bits |
                                (term & FOREST_TERM_MASK);
    }
}

/** Counts rows into cells of codes, and lists their ends. @return Cells. */
PEREBOR_INLINE uint32_t count_cells(const forest_search *search, const listed_rows *rows,
                                    uint32_t shift) {
    const uint32_t n_cells = ((rows->greatest - rows->least) >> shift) + 1;
    uint64_t *sums = search->bucket_sums;
    memset(sums, 0, n_cells * sizeof *sums);
    for (uint32_t i = 0; i < rows->n; i++) {
        sums[(rows->codes[i] - rows->least) >> shift] += search->wide_terms[i];
    }
    uint64_t sum = 0;
    search->cell_weights[0] = search->cell_ones[0] = 0;
    for (uint32_t cell = 0; cell < n_cells; cell++) {
        sum += sums[cell];
        sums[cell] = sum;
        search->n_left[cell] = (uint32_t)(sum >> 2 * cell_bits);
        search->weights[cell] = (uint32_t)(sum >> cell_bits & cell_mask);
        search->ones[cell] = (uint32_t)(sum & cell_mask);
        search->cell_weights[cell + 1] = search->weights[cell];
        search->cell_ones[cell + 1] = search->ones[cell];
    }
    return n_cells;
}

/** The cost where some rows may be on neither side. @param[in] whole  Of the node. */
PEREBOR_INLINE vnd cost_or_whole(const forest_search *search, uint64_t sum, vnd left, vnd ones,
                                 vnd whole) {
    const sides at = sides_of(sum, left, ones);
    const vnd right = vnd_set((double)forest_weight(sum)) - left;
    return vnd_select((left == vnd_set(0.0)) | (right == vnd_set(0.0)), whole,
                      cost_of(search, &at));
}

/** The cost of a node that is not split. */
PEREBOR_INLINE double cost_of_whole(const forest_search *search, uint64_t sum) {
    const double ones = (double)forest_ones(sum);
    const double zeros = (double)forest_weight(sum) - ones;
    const double u = search->sample->class_weights[0];
    const double v = search->sample->class_weights[1];
    return search->criterion == FOREST_ENTROPY ? entropy_of_one(u * zeros, v * ones)
                                               : zeros * ones / (u * zeros + v * ones);
}

/** The lowest cost of a corner, by look-up. */
PEREBOR_INLINE double corner_by_terms(const forest_search *search, uint64_t sum, uint64_t from,
                                      uint64_t to) {
    const uint64_t zeros_from = forest_weight(from) - forest_ones(from);
    const uint64_t zeros_to = forest_weight(to) - forest_ones(to);
    const uint64_t rich = (zeros_from + forest_ones(to)) << 32 | forest_ones(to);
    const uint64_t poor = (zeros_to + forest_ones(from)) << 32 | forest_ones(from);
    const double a = entropy_by_terms(search->entropy_terms, sum, rich);
    const double b = entropy_by_terms(search->entropy_terms, sum, poor);
    return a < b ? a : b;
}

PEREBOR_INLINE vnd load_wide(const uint32_t *from) {
    vnh numbers;
    memcpy(&numbers, from, sizeof numbers);
    return __builtin_convertvector(numbers, vnd);
}

/** Finds what no split of a cell costs less than, from the cells' ends that are listed. */
PEREBOR_INLINE void find_bounds(const forest_search *search, const forest_node *node,
                                uint32_t n_cells) {
    if (has_terms(search, node->sum)) {
        uint64_t from = 0;
        for (uint32_t cell = 0; cell < n_cells; cell++) {
            const uint64_t to = (uint64_t)search->weights[cell] << 32 | search->ones[cell];
            search->bounds[cell] = corner_by_terms(search, node->sum, from, to);
            from = to;
        }
        return;
    }
    const vnd whole = vnd_set(cost_of_whole(search, node->sum));
    for (uint32_t first = 0; first < n_cells; first += lanes) {
        const vnd before[2] = {load_wide(search->cell_weights + first),
                               load_wide(search->cell_ones + first)};
        const vnd ends[2] = {load_wide(search->cell_weights + first + 1),
                             load_wide(search->cell_ones + first + 1)};
        const vnd zeros[2] = {before[0] - before[1], ends[0] - ends[1]};
        const vnd rich = cost_or_whole(search, node->sum, zeros[0] + ends[1], ends[1], whole);
        const vnd poor = cost_or_whole(search, node->sum, zeros[1] + before[1], before[1], whole);
        vnd_store(search->bounds + first, vnd_select(rich < poor, rich, poor));
    }
}

/** Copies the rows of codes from least to greatest, in their order. @return How many. */
PEREBOR_INLINE uint32_t copy_between(const forest_search *search, const listed_rows *rows,
                                     uint32_t least, uint32_t greatest) {
    uint32_t *codes = search->near_codes;
    uint32_t *terms = search->near_terms;
    uint32_t n = 0;
#if defined(__AVX512F__)
    const __m512i base = _mm512_set1_epi32((int32_t)least);
    const __m512i range = _mm512_set1_epi32((int32_t)(greatest - least));
    for (uint32_t i = 0; i < rows->n; i += 16) {
        const __mmask16 all = (__mmask16)(rows->n - i >= 16 ? 0xffffU : (1U << (rows->n - i)) - 1);
        const __m512i code = _mm512_loadu_si512(rows->codes + i);
        const __m512i term = _mm512_loadu_si512(rows->terms + i);
        const __mmask16 in = _mm512_mask_cmple_epu32_mask(all, _mm512_sub_epi32(code, base), range);
        _mm512_storeu_si512(codes + n, _mm512_maskz_compress_epi32(in, code));
        _mm512_storeu_si512(terms + n, _mm512_maskz_compress_epi32(in, term));
        n += (uint32_t)__builtin_popcount(in);
    }
#else
    for (uint32_t i = 0; i < rows->n; i++) {
        codes[n] = rows->codes[i];
        terms[n] = rows->terms[i];
        n += rows->codes[i] - least <= greatest - least;
    }
#endif
    const vns last = (vns){0} + (int32_t)codes[n == 0 ? 0 : n - 1];
    memcpy(codes + n, &last, sizeof last);
    memset(terms + n, 0, term_lanes * sizeof *terms);
    return n;
}

/**
 * What a bound may be above a cost that is reached without a split below being one: costs of
 * corners are rounded as any are, and the terms of entropies are as large as w log w.
 */
PEREBOR_INLINE double with_slack(const forest_search *search, const forest_node *node,
                                 double cost) {
    const double *weights = search->sample->class_weights;
    const double heaviest = weights[0] > weights[1] ? weights[0] : weights[1];
    const double terms = (double)forest_weight(node->sum) * heaviest * 64.0;
    return cost + 1e-13 * (search->criterion == FOREST_ENTROPY ? 1.0 + terms : cost);
}

/** The rows of the cells [first, end). */
PEREBOR_INLINE listed_rows rows_of_cells(const forest_search *search, const listed_rows *all,
                                         uint32_t shift, uint32_t first, uint32_t end) {
    const uint32_t least = all->least + (first << shift);
    const uint32_t last = all->least + (end << shift) - 1;
    const uint32_t greatest = last < all->greatest ? last : all->greatest;
    const uint64_t before = first == 0 ? 0 : search->bucket_sums[first - 1];
    return (listed_rows){.codes = search->near_codes,
                         .terms = search->near_terms,
                         .n = copy_between(search, all, least, greatest),
                         .before = (before >> cell_bits & cell_mask) << 32 | (before & cell_mask),
                         .n_before = (uint32_t)(before >> 2 * cell_bits),
                         .least = least,
                         .greatest = greatest};
}

#endif
