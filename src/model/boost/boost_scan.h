// SPDX-License-Identifier: MIT
/**
 * @file boost_scan.h
 * The search for the split of a node by single features, every candidate by its gain: in a
 * histogram, or from the bins of few rows.
 */
#ifndef PEREBOR_MODEL_BOOST_BOOST_SCAN_H
#define PEREBOR_MODEL_BOOST_BOOST_SCAN_H

#include "model/boost/boost_kernel.h"

/** A node of fewer rows than this has no histogram. */
enum { BOOST_FEW_ROWS = 32 };

/** What splits are judged by, in the units of sums. */
typedef struct boost_rule {
    double alpha, lambda, min_hessian;
    double smooth; /**< cat_smooth, in the units of sums of h. */
    double cat_smooth;
    size_t max_cats;
    uint32_t min_rows;
    const uint8_t *active; /**< [n_columns] whether a column may be split. */
} boost_rule;

/** Bins, a bit each. */
typedef struct boost_set {
    uint64_t bits[BOOST_MOST_BINS / 64];
} boost_set;

PEREBOR_INLINE bool boost_set_has(const boost_set *set, uint32_t bin) {
    return (set->bits[bin / 64] >> bin % 64 & 1) != 0;
}

PEREBOR_INLINE void boost_set_add(boost_set *set, uint32_t bin) {
    set->bits[bin / 64] |= UINT64_C(1) << bin % 64;
}

/** A split of a node, or none if its gain is 0. */
typedef struct boost_split {
    double gain;  /**< The first two terms of it; of boost_bounded_scan() all. */
    int64_t left; /**< Sum of the rows on the left. */
    uint32_t feature;
    uint32_t bin;  /**< Left are rows of this bin and those before it; of levels, all but this. */
    boost_set set; /**< Bins of the rows on the right, where the feature is split by sets. */
} boost_split;

/** Whether a gain is better than the best so far: of equal ones the first column counts, and of one
 * feature the candidate that was there first. */
PEREBOR_INLINE bool boost_is_better(const boost_scheme *scheme, double gain, uint32_t feature,
                                    const boost_split *best) {
    return gain > best->gain ||
           (gain == best->gain && gain > 0.0 &&
            scheme->features[feature].column < scheme->features[best->feature].column);
}

/** Memory for candidates. */
typedef struct boost_candidates {
    int64_t left[BOOST_WORD * BOOST_FEW_ROWS + BOOST_PADDING]; /**< Sum of the rows on the left. */
    uint8_t bins[BOOST_WORD * BOOST_FEW_ROWS + BOOST_PADDING];
    uint8_t bytes[BOOST_WORD * BOOST_FEW_ROWS + BOOST_PADDING]; /**< Which feature of a word. */
    // For nodes of few rows: a cell and a count for each bin, zero between searches.
    int64_t cells[BOOST_MOST_BINS];
    uint8_t counts[BOOST_MOST_BINS];
} boost_candidates;

/** What is compiled for each instruction set. */
typedef struct boost_scan_kernels {
    /**
     * Looks for a split of a node by one feature that is better than the best so far.
     *
     * @param[in]     cells   Of the feature: that of bin b at BOOST_WORD b.
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
} boost_scan_kernels;

PEREBOR_KERNEL_DECLARE(boost_scan_kernels, boost_scan_kernels);

#endif
