// SPDX-License-Identifier: MIT
/**
 * @file boost.h
 * Gradient boosting (Friedman, "Greedy function approximation: a gradient boosting machine", Annals
 * of Statistics 29, 2001) of the logistic loss by Newton steps, on histograms of binned columns, as
 * XGBoost (Chen and Guestrin, KDD 2016), LightGBM (Ke et al., NIPS 2017) and scikit-learn's
 * HistGradientBoosting do it: what the files that grow, score and describe the models share.
 *
 * Definition. With n training rows of labels y and weights w (1, or by class), whose sum is n:
 *
 *   bins      boost_bins.h: whole numbers from 0 to 255 that ascend with the values of a column.
 *   score     F = log(sum of w y / sum of w (1 - y)), a leaf of every tree added to it in turn.
 *   terms     Of a row, p being 1 / (1 + e^-F):
 *
 *                 g = round(2^S w (p - y)),  h = max(1, round(2^(S+2) w p (1 - p))),
 *
 *             halves to even numbers, with S = 30 - ceil(log2 n). Their sums over any rows fit in
 *             32 bits, and, being whole numbers, are the same in any order.
 *   sample    A tree learns from the rows whose hash of (seed, tree, row) is below subsample, and
 *             looks at the columns, colsample_bytree of all, that have the least hashes.
 *   split     Of a node of the sums G and H into G', H' and G", H", with lambda and alpha in the
 *             units of the sums and T(G) = max(|G| - alpha, 0):
 *
 *                 gain = T(G')^2 / (H' + lambda) + T(G")^2 / (H" + lambda) - T(G)^2 / (H + lambda),
 *
 *             the first two over one denominator.
 *             The greatest counts; of equal ones that of the first column, then the lowest
 *             threshold. A split needs a gain above 0 and of gamma at least, min_child_weight and
 *             min_samples_leaf on both sides.
 *   sets      Of a nominal column of more levels than max_cat_to_onehot a set of levels goes right:
 *             boost_sets.h.
 *   tree      The leaf of greatest gain is split next, of equal ones the oldest, until there are
 *             max_leaf_nodes. Where these have no limit the order has no bearing on the tree, which
 *             is grown as deep as max_depth.
 *   leaf      -learning_rate sign(G) T(G) / (H + lambda), back in the units of F.
 *
 * Nothing depends on n_estimators: a model is the first part of any longer one. With early_stopping
 * it may end before it has so many trees: boost_stopping.h.
 *
 * Gradients as whole numbers are those of Shi et al., "Quantized Training of Gradient Boosting
 * Decision Trees", NeurIPS 2022; theirs are 2 to 5 bits wide and rounded at random, which these
 * need not be.
 */
#ifndef PEREBOR_MODEL_BOOST_BOOST_H
#define PEREBOR_MODEL_BOOST_BOOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/learner.h"

/** The settings of a model, made definite for given training rows. */
typedef struct boost_options {
    size_t n_trees;
    double learning_rate;
    size_t max_leaves; /**< SIZE_MAX: no limit. */
    size_t max_depth;  /**< SIZE_MAX: no limit. */
    size_t min_leaf;   /**< Fewest rows of a leaf. */
    double min_child_weight;
    double alpha, lambda, gamma;
    double subsample, colsample; /**< Shares, above 0. */
    size_t max_bins;             /**< From 2 to 255. */
    size_t max_onehot; /**< Features of more levels are split by sets; SIZE_MAX: none is. */
    double cat_smooth;
    size_t max_cats;         /**< max_cat_threshold */
    bool balanced;           /**< Each class weighs the same. */
    uint32_t seed;           /**< random_state. */
    bool early_stopping;     /**< boost_stopping.h */
    double validation_share; /**< validation_fraction */
    size_t patience;         /**< n_iter_no_change */
    double tol;
} boost_options;

/** The settings, and their number. */
enum { BOOST_N_SETTINGS = 22 };
extern const perebor_setting boost_settings[BOOST_N_SETTINGS];

/** Makes settings definite. @param[in] values  [BOOST_N_SETTINGS] */
PEREBOR_MUST_CHECK perebor_status boost_options_read(boost_options *options,
                                                     const perebor_value *values, size_t n_rows,
                                                     perebor_error *error);

/** What models must have in common to be parts of one: all settings but n_estimators and path. */
uint64_t boost_settings_share_key(const perebor_value *settings);

/** What they must have in common to share a layout: boost_layout.h. */
uint64_t boost_settings_layout_key(const perebor_value *settings);

/** Predicted seconds that making it takes: perebor_learner_layout. */
double boost_cost_of_layout(const perebor_value *settings, const perebor_table_shape *shape);

/** The learner's score_family(): perebor/learner.h. */
PEREBOR_MUST_CHECK perebor_status boost_score_family(const perebor_family *family,
                                                     perebor_family_deliver *deliver, void *context,
                                                     perebor_error *error);

#endif
