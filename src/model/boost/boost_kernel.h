// SPDX-License-Identifier: MIT
/**
 * @file boost_kernel.h
 * The inner loops of boosting: terms of rows, histograms of them, the search for splits.
 *
 * A term is two whole numbers in one word, so that one addition takes both: g in the upper half,
 * with a sign, h in the lower. A histogram has a cell for every bin of every feature, the sum of
 * the terms of the rows in it. A row has an h of at least 1: so a cell is empty if and only if it
 * is 0.
 */
#ifndef PEREBOR_MODEL_BOOST_BOOST_KERNEL_H
#define PEREBOR_MODEL_BOOST_BOOST_KERNEL_H

#include "base/simd.h"
#include "model/boost/boost_bins.h"

/** Arrays that a kernel reads or writes in whole vectors are padded by so many. A node of fewer
 * rows than BOOST_FEW_ROWS has no histogram. */
enum { BOOST_PADDING = 4 * PEREBOR_LANES, BOOST_FEW_ROWS = 128 };

PEREBOR_INLINE int32_t boost_gradient(int64_t term) {
    return (int32_t)((uint64_t)term >> 32);
}

PEREBOR_INLINE uint32_t boost_hessian(int64_t term) {
    return (uint32_t)term;
}

/** What splits are judged by, in the units of sums. */
typedef struct boost_rule {
    double alpha, lambda, min_hessian;
    uint32_t min_rows;
    const uint8_t *active; /**< [n_columns] whether a column may be split. */
} boost_rule;

/** A split of a node, or none if its gain is 0. */
typedef struct boost_split {
    double gain;  /**< The first two terms of it. */
    int64_t left; /**< Sum of the rows on the left. */
    uint32_t feature;
    uint32_t bin; /**< Left are rows of this bin and those before it; of levels, all but this. */
} boost_split;

/** Memory for candidates. */
typedef struct boost_candidates {
    int64_t left[BOOST_WORD * BOOST_FEW_ROWS + BOOST_PADDING]; /**< Sum of the rows on the left. */
    uint8_t bins[BOOST_WORD * BOOST_FEW_ROWS + BOOST_PADDING];
    uint8_t bytes[BOOST_WORD * BOOST_FEW_ROWS + BOOST_PADDING]; /**< Which feature of a word. */
    // For nodes of few rows: a cell and a count for each bin, zero between searches.
    int64_t cells[BOOST_MOST_BINS];
    uint8_t counts[BOOST_MOST_BINS];
} boost_candidates;

/** A row goes right at a node if its bin is among [first, first + span]. In a leaf all do. */
typedef struct boost_turn {
    uint32_t left; /**< Number of the left child; of a leaf its own less 1. */
    uint32_t word;
    uint8_t shift, first, span;
} boost_turn;

/** What is compiled for each instruction set. */
typedef struct boost_kernels {
    /**
     * The terms of rows (boost.h).
     *
     * @param[in]  labels   [n + BOOST_PADDING] 0 or 1
     * @param[in]  weights  of a row of each class, times 2^S
     * @param[out] terms    [n + BOOST_PADDING]
     */
    void (*find_terms)(const double *scores, const double *labels, const double weights[2],
                       size_t n, int64_t *terms);
    /**
     * Adds rows to the cells of the features of a word.
     *
     * @param[in] wanted  [n_features] which of them; the cells of others are left alone.
     * @param[in] terms   [n] of these rows.
     */
    void (*accumulate)(const boost_scheme *scheme, const boost_rows *binned, size_t word,
                       const uint8_t *wanted, const uint32_t *rows, const int64_t *terms, size_t n,
                       int64_t *cells);
    /** cells -= others. @param[in] n  A multiple of eight. */
    void (*subtract)(int64_t *cells, const int64_t *others, size_t n);
    /**
     * Looks for a split of a node by one feature that is better than the best so far.
     *
     * @param[in]     cells   [n_bins] of the feature.
     * @param[in]     counts  [n_bins] rows in the cells, or NULL: splits may have few rows.
     * @param[in,out] best    Replaced by the first of the best, if these are better.
     */
    void (*scan)(const boost_scheme *scheme, uint32_t feature, const int64_t *cells,
                 const uint32_t *counts, const boost_rule *rule, int64_t total, uint32_t n,
                 boost_candidates *candidates, boost_split *best);
    /**
     * The same of a node of few rows by all features of a word, from their bins.
     *
     * @param[in] wanted  [n_features] which features to look at.
     * @param[in] words   [n]
     * @pre  n < BOOST_FEW_ROWS
     */
    void (*scan_rows)(const boost_scheme *scheme, size_t word, const uint8_t *wanted,
                      const uint64_t *words, const int64_t *terms, const boost_rule *rule,
                      int64_t total, uint32_t n, boost_candidates *candidates, boost_split *best);
    /** Moves the rows that go left before the others, in their order. @return How many they are. */
    uint32_t (*divide)(const boost_rows *binned, const boost_turn *turn, uint32_t *rows, uint32_t n,
                       uint32_t *spare);
    /** Adds the values of the leaves that the rows [first, end) fall into. */
    void (*walk)(const boost_rows *binned, const boost_turn *turns, const double *values,
                 size_t first, size_t end, double *scores);
} boost_kernels;

PEREBOR_KERNEL_DECLARE(boost_kernels, boost_kernels);

#endif
