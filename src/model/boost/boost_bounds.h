// SPDX-License-Identifier: MIT
/**
 * @file boost_bounds.h
 * Boosting where scores may not rise, or not fall, with a column, by bounds on leaves, as XGBoost
 * and LightGBM's "basic" method do it.
 *
 * A node has bounds, from -infinity to infinity in the root. Its weight is the least or the
 * greatest that is nearest to -sign(G) T(G) / (H + lambda), and what it has of gains is then
 *
 *     -(2 G w + 2 alpha |w| + (H + lambda) w^2),
 *
 * which is T(G)^2 / (H + lambda) where the bounds have no bearing. A split by a column that scores
 * may not fall with needs a right weight that is not below the left one, and the weights of all
 * leaves on its left are then at most, of those on its right at least, midway between the two; of
 * one that they may not rise with it is the other way round. A step of a leaf is the learning rate
 * times its weight: so every tree keeps to it, and their sum, to the last bit.
 */
#ifndef PEREBOR_MODEL_BOOST_BOOST_BOUNDS_H
#define PEREBOR_MODEL_BOOST_BOOST_BOUNDS_H

#include "model/boost/boost_scan.h"

/** What weights are between, in the units of sums of g over those of sums of h. */
typedef struct boost_bounds {
    double least, most;
} boost_bounds;

/** The weight of a node of a sum. */
double boost_bounded_weight(const boost_rule *rule, int64_t sum, boost_bounds bounds);

/** What a node of a sum has of gains. */
double boost_bounded_gain(const boost_rule *rule, int64_t sum, boost_bounds bounds);

/**
 * Looks for a split of a node by one feature that is better than the best so far. The gains of
 * these splits are without what the node has: it may be below 0.
 *
 * @param[in]     cells   Of the feature: that of bin b at BOOST_WORD b.
 * @param[in]     counts  [n_bins] rows in the cells, or NULL: splits may have few rows.
 * @param[in,out] best    Replaced by the first of the best, if these are better.
 */
void boost_bounded_scan(const boost_scheme *scheme, uint32_t feature, const int64_t *cells,
                        const uint32_t *counts, const boost_rule *rule, boost_bounds bounds,
                        int64_t total, uint32_t n, boost_split *best);

/** The bounds of the children of a node. @param[in] sums  Of the left and the right one. */
void boost_bounds_divide(boost_bounds children[2], const boost_rule *rule, boost_bounds bounds,
                         int8_t monotonic, const int64_t sums[2]);

#endif
