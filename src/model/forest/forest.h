// SPDX-License-Identifier: MIT
/**
 * @file forest.h
 * Random forests (Breiman, "Random Forests", Machine Learning 45, 2001) and extremely randomized
 * trees (Geurts, Ernst and Wehenkel, Machine Learning 63, 2006): what the files that grow, score
 * and describe them share.
 *
 * Definition. Tree t of a forest with the seed s:
 *
 *   sample   Each of n draws takes row hash(s, t, draw), where the forest takes bootstraps; a row
 *            that was drawn k times weighs k. Otherwise every row weighs 1.
 *   node     It is split unless it is pure, too deep, or has too few rows, of which each counts
 *            once however much it weighs. Its path is a hash of (s, t, turns from the root).
 *   columns  They are looked at in an order that the path draws, until max_features were, and on
 *            until one of them is not constant in the node.
 *   split    "best": the split of lowest cost (Gini or entropy, forest_scan.h) between two
 *            neighbouring values of the node; the threshold is midway. "random": one threshold a
 *            column, drawn by the path between the least and the greatest value. On equal costs
 *            the column that was looked at before, then the lower threshold.
 *   leaf     The share of class 1 among its rows by weight, rounded to a multiple of 2^-32.
 *
 * The score is the mean of the leaves over the trees. Leaves being rounded, their sum is exact in
 * whichever order it is taken, and rows whose leaves have equal shares score equally.
 *
 * A training row that a sample lacks is out of that tree's bag. Its score out of bag is the mean
 * over the trees whose samples lack it; a row that every sample has got has none.
 *
 * Nothing that is drawn depends on n_estimators, max_depth, min_samples_split, min_samples_leaf or
 * ccp_alpha. So a forest is the first part of a larger one, a tree the upper part of a deeper one,
 * and trees that differ in the fewest rows of a leaf are one as long as these choose alike.
 *
 * What differs from scikit-learn's: its random numbers run on from node to node, and it rounds
 * values to single precision; the distribution of the trees is the same.
 */
#ifndef PEREBOR_MODEL_FOREST_FOREST_H
#define PEREBOR_MODEL_FOREST_FOREST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/learner.h"

typedef enum forest_criterion { FOREST_GINI, FOREST_ENTROPY } forest_criterion;

/** What a row of a class weighs beside its count. */
typedef enum forest_class_weight {
    FOREST_CLASSES_AS_THEY_ARE,
    FOREST_BALANCED,           /**< Each class weighs the same among the training rows, */
    FOREST_BALANCED_SUBSAMPLE, /**< or in the sample of each tree. */
} forest_class_weight;

/** The settings of a forest, made definite for given training rows. */
typedef struct forest_options {
    // Forests that have these in common are grown together.
    forest_criterion criterion;
    forest_class_weight class_weight;
    bool bootstrap;
    bool random;         /**< Thresholds are drawn: extra trees. */
    uint32_t seed;       /**< random_state. */
    size_t n_draws;      /**< Draws of a bootstrap. */
    size_t max_features; /**< Columns looked at in a node, from 1 to n_columns. */
    // The others.
    size_t n_trees;
    size_t max_depth; /**< SIZE_MAX: no limit. */
    size_t min_split; /**< Fewest rows of a node that may be split, min_leaf considered. */
    size_t min_leaf;  /**< Fewest rows of a leaf. */
    double ccp_alpha;
    bool out_of_bag; /**< Training rows are scored by the trees whose samples lack them. */
} forest_options;

/** The settings, and their number. */
enum { FOREST_N_SETTINGS = 14 };
extern const perebor_setting forest_settings[FOREST_N_SETTINGS];

/** Makes settings definite. @param[in] values  [FOREST_N_SETTINGS] */
PEREBOR_MUST_CHECK perebor_status forest_options_read(forest_options *options,
                                                      const perebor_value *values, size_t n_rows,
                                                      size_t n_columns, perebor_error *error);

/** What forests must have in common to be grown together. */
uint64_t forest_settings_share_key(const perebor_value *settings);

/** What they must have in common to be grown from the same columns: forest_columns.h. */
uint64_t forest_settings_layout_key(const perebor_value *settings);

/** Predicted seconds that making these takes: perebor_learner_layout. */
double forest_cost_of_columns(const perebor_value *settings, const perebor_table_shape *shape);

/** A leaf's value: @p share rounded to a multiple of 2^-32, halves to even ones. */
double forest_round(double share);

/** The learner's score_family(): perebor/learner.h. */
PEREBOR_MUST_CHECK perebor_status forest_score_family(const perebor_family *family,
                                                      perebor_family_deliver *deliver,
                                                      void *context, perebor_error *error);

/** The learner's score_out_of_bag(): perebor/learner.h. */
PEREBOR_MUST_CHECK perebor_status forest_score_out_of_bag(
    const perebor_model *model, size_t n_estimators, const perebor_training *training,
    const perebor_value *settings, perebor_workspace *workspace, double *sums, uint32_t *n_trees,
    perebor_error *error);

/** The learner's parts: perebor_learner_parts. */
PEREBOR_MUST_CHECK perebor_status forest_score_part(const perebor_family *family, size_t part,
                                                    size_t n_parts, perebor_family_deliver *deliver,
                                                    void *context, perebor_error *error);
void forest_join(size_t n_trees, double *sums, size_t n);

#endif
