// SPDX-License-Identifier: MIT
/**
 * @file boost_grow.h
 * One tree of boosting: grown from the terms of rows, and walked by rows in bins.
 *
 * A node of many rows has a histogram. The child of fewer rows is counted; the histogram of
 * the other is the parent's less that, and sums of whole numbers are the same that way. Where a
 * node has few rows, the bins are looked through row by row, whose sums are the same, too.
 */
#ifndef PEREBOR_MODEL_BOOST_BOOST_GROW_H
#define PEREBOR_MODEL_BOOST_BOOST_GROW_H

#include "model/boost/boost.h"
#include "model/boost/boost_bounds.h"
#include "model/boost/boost_word.h"

/** A node of a tree, the root first, children in pairs after their parent. */
typedef struct boost_node {
    int64_t sum;            /**< Over the terms of its rows. */
    uint32_t begin, n_rows; /**< Its part of the tree's rows, in their order then. */
    uint32_t left;          /**< Left child; 0 in a leaf. */
    uint32_t feature, bin;  /**< The split (boost_split). */
    boost_bounds bounds;    /**< Bounds of its weight, where a feature is monotonic. */
    boost_set set;          /**< The split by a set of levels. */
} boost_node;

/** A leaf that may be split. */
typedef struct boost_leaf {
    double priority;
    uint32_t node, depth;
    boost_split split;
    int64_t *cells; /**< Its histogram, or NULL. */
} boost_leaf;

/** Rows that follow one another are counted apart, so many. */
enum { BOOST_COUNT_APART = 4 };

/** Grows one tree after the other. */
typedef struct boost_grower {
    const boost_options *options;
    const boost_scheme *scheme;
    const boost_rows *binned;
    const boost_kernels *kernels;
    const boost_scan_kernels *scans;
    const boost_word_kernels *word_kernels;
    boost_rule rule;
    uint32_t few_rows;   /**< Nodes of fewer rows have no histogram. */
    double min_gain;     /**< gamma, in the units of gains. */
    double most_hessian; /**< A row has at most this. */
    uint32_t *spare;     /**< [n_rows + BOOST_PADDING] */
    int64_t *terms;      /**< [n_rows] of the rows of a node. */
    uint64_t *words;     /**< [few rows] */
    uint32_t *counts;    /**< [BOOST_COUNT_APART BOOST_MOST_BINS] */
    uint8_t *wanted;     /**< [n_features] whether a feature has columns that may be split, */
    uint8_t *searched;   /**< and is searched by thresholds or single levels, not by sets. */
    boost_lanes *lanes;  /**< [n_words] */
    uint32_t *counted;   /**< [n_features] */
    boost_split *best;   /**< [n_features] */
    boost_candidates *candidates;
    boost_estimates *estimates;
    perebor_workspace *workspace;
    int64_t **spare_cells; /**< [room] histograms that nobody has. */
    size_t n_spare_cells;
    boost_leaf *heap; /**< [room] */
    size_t n_heap;
    boost_node *nodes; /**< [2 room - 1] */
    uint32_t n_nodes;
    size_t room; /**< For so many leaves. */
} boost_grower;

/**
 * @param[in] options, scheme, binned  Outlive the grower.
 * @param[in] rule                     Of all trees; what is active may change between them.
 */
PEREBOR_MUST_CHECK perebor_status
boost_grower_create(boost_grower *grower, const boost_options *options, const boost_scheme *scheme,
                    const boost_rows *binned, perebor_workspace *workspace, perebor_error *error);

/**
 * Grows a tree into the grower's nodes.
 *
 * @param[in]     terms  [n_rows of all]
 * @param[in,out] rows   [n] to learn from; afterwards those of every leaf lie together.
 */
PEREBOR_MUST_CHECK perebor_status boost_grow(boost_grower *grower, const int64_t *terms,
                                             uint32_t *rows, uint32_t n, perebor_error *error);

/**
 * The best split of a node.
 *
 * @param[in]     terms  [n_rows of all]
 * @param[in]     rows   Of the node.
 * @param[in,out] cells  Its histogram, or NULL if it has few rows.
 * @param[in]     less   NULL, or a histogram that is taken off @p cells before.
 */
boost_split boost_search(boost_grower *grower, const boost_node *node, const int64_t *terms,
                         const uint32_t *rows, int64_t *cells, const int64_t *less);

/** The turn that rows take at a split, but for the number of the left child. */
boost_turn boost_turn_of(const boost_scheme *scheme, uint32_t feature, uint32_t bin);

#endif
