// SPDX-License-Identifier: MIT
/**
 * @file forest_sample.h
 * The rows that one tree learns from, how much each weighs, and all that is drawn by hashes.
 *
 * Sums of rows are two whole numbers in one word, so that one addition takes both: weights in the
 * upper half, those of class 1 in the lower. What one row adds, or a few, fits in half a word: 7
 * bits of how many rows, 12 of their weight, 12 of that of class 1, under a sign that is never set.
 * So a row weighs less than 2^12, however often it was drawn.
 */
#ifndef PEREBOR_MODEL_FOREST_FOREST_SAMPLE_H
#define PEREBOR_MODEL_FOREST_FOREST_SAMPLE_H

#include "base/mix.h"
#include "base/simd.h"
#include "model/forest/forest.h"
#include "model/forest/forest_columns.h"

enum { FOREST_TERM_BITS = 12, FOREST_TERM_MASK = (1 << FOREST_TERM_BITS) - 1 };

/** What a tree learns from. */
typedef struct forest_sample {
    uint32_t *terms; /**< [n_rows of the columns] what a row adds. */
    uint32_t *rows;  /**< [n_rows] that weigh something, ascending when drawn. */
    uint32_t n_rows;
    uint32_t heaviest;       /**< Weight of a row. */
    uint64_t total;          /**< Sum of the rows. */
    double class_weights[2]; /**< What a row weighs that counts once; whole numbers. */
} forest_sample;

PEREBOR_INLINE uint32_t forest_term_rows(uint32_t term) {
    return term >> 2 * FOREST_TERM_BITS;
}

/** The weights of a term as a sum has them. */
PEREBOR_INLINE uint64_t forest_term_sum(uint32_t term) {
    return (uint64_t)(term >> FOREST_TERM_BITS & FOREST_TERM_MASK) << 32 |
           (term & FOREST_TERM_MASK);
}

PEREBOR_INLINE uint32_t forest_weight(uint64_t sum) {
    return (uint32_t)(sum >> 32);
}

PEREBOR_INLINE uint32_t forest_ones(uint64_t sum) {
    return (uint32_t)sum;
}

/** Whether a sample lacks a row: the tree does not learn from it. */
PEREBOR_INLINE bool forest_out_of_bag(const forest_sample *sample, size_t row) {
    return (sample->terms[row] >> FOREST_TERM_BITS & FOREST_TERM_MASK) == 0;
}

/** A hash of two numbers. */
PEREBOR_INLINE uint64_t forest_hash(uint64_t a, uint64_t b) {
    return perebor_mix(perebor_mix(a + PEREBOR_MIX_STEP) ^ (b * UINT64_C(0xd6e8feb86659fd93)));
}

/** A whole number below @p n, from the upper half of a hash. @pre n < 2^32 */
PEREBOR_INLINE uint32_t forest_below(uint64_t hash, uint32_t n) {
    return (uint32_t)((hash >> 32) * n >> 32);
}

/** The path of the root of a tree. */
PEREBOR_INLINE uint64_t forest_root(uint32_t seed, size_t tree) {
    return forest_hash(seed, tree);
}

/** The path of a child: @p side is 0 on the left, 1 on the right. */
PEREBOR_INLINE uint64_t forest_turn(uint64_t path, uint32_t side) {
    return perebor_mix(path ^
                       (side == 0 ? UINT64_C(0xa0761d6478bd642f) : UINT64_C(0xe7037ed1a0b428db)));
}

/** Takes the memory. */
PEREBOR_MUST_CHECK perebor_status forest_sample_create(forest_sample *sample,
                                                       const forest_columns *columns,
                                                       perebor_workspace *workspace,
                                                       perebor_error *error);

/** Draws the sample of a tree. */
void forest_sample_draw(forest_sample *sample, const forest_columns *columns,
                        const forest_options *options, size_t tree);

#endif
