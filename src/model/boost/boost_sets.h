// SPDX-License-Identifier: MIT
/**
 * @file boost_sets.h
 * Splits of nodes by sets of levels of a nominal column.
 *
 * The best of all ways to cut k levels into two sides, by the sums of gradients and Hessians, has
 * the levels of one side before those of the other in the order of G / H where lambda is 0
 * (Fisher, "On grouping for maximum homogeneity", JASA 53, 1958; Breiman et al., 1984,
 * theorem 4.5). So k - 1 cuts of that order are looked at and not 2^(k-1) sets, as LightGBM and
 * scikit-learn's HistGradientBoosting do it:
 *
 *   levels  Of a node those of at least cat_smooth rows, and of one. "None" (rows that have no
 *           level of the feature) counts as a level.
 *   order   Ascending by G / (H + cat_smooth), rounded to double; equal ones by their numbers.
 *   cuts    From either end, up to the middle and of max_cat_threshold levels at most: first those
 *           from the least on. All other levels, those of few rows and those that a node does not
 *           have, are on the other side, which has half of the levels in order or more,
 *           rounded down.
 *   split   The levels of the side that "none" is not on go right. So a level that training rows
 *           did not have is where "none" is.
 *
 * Rows are counted: so min_samples_leaf is checked at every cut.
 */
#ifndef PEREBOR_MODEL_BOOST_BOOST_SETS_H
#define PEREBOR_MODEL_BOOST_BOOST_SETS_H

#include "model/boost/boost_grow.h"

/** What a node has of a feature. */
typedef struct boost_levels {
    const int64_t *cells; /**< That of bin b at stride b. */
    size_t stride;
    const uint32_t *counts; /**< [n_bins] rows. */
} boost_levels;

/**
 * Looks for a split of a node by a set of levels of one feature that is better than the best so
 * far.
 *
 * @param[in]     bounds  Of the node where any feature is monotonic, else NULL.
 * @param[in,out] best    Replaced by the first of the best, if these are better.
 */
void boost_sets_scan(const boost_scheme *scheme, uint32_t feature, const boost_levels *levels,
                     const boost_rule *rule, const boost_bounds *bounds, int64_t total, uint32_t n,
                     boost_split *best);

/**
 * The best split of a node by a set, of gain 0 if there is none.
 *
 * @param[in] terms  [n_rows of all]; of no use where there are cells.
 * @param[in] rows   Of the node.
 * @param[in] cells  Its histogram, or NULL.
 */
boost_split boost_sets_search(boost_grower *grower, const boost_node *node, const int64_t *terms,
                              const uint32_t *rows, const int64_t *cells);

/** Moves the rows of bins out of a set before the others, in their order. @return How many they
 * are. @param[in] turn  Where the bins are. @param[out] spare  [n] */
uint32_t boost_sets_divide(const boost_rows *binned, const boost_turn *turn, const boost_set *set,
                           uint32_t *rows, uint32_t n, uint32_t *spare);

/** The bins of which rows go right at a node; of a leaf all. */
boost_set boost_sets_of_node(const boost_scheme *scheme, const boost_node *node);

/** Adds the values of the leaves that the rows [first, end) fall into.
 * @param[in] sets  Of the nodes: boost_sets_of_node(). */
void boost_sets_walk(const boost_rows *binned, const boost_turn *turns, const boost_set *sets,
                     const double *values, size_t first, size_t end, double *scores);

#endif
