// SPDX-License-Identifier: MIT
/**
 * @file boost_stopping.h
 * Early stopping: boosting learns from a part of the training rows, and ends when the others are
 * scored no better any more. As scikit-learn's HistGradientBoosting has it.
 *
 * A share of validation_fraction of the rows of each class, rounded, at least one and not all, is
 * set aside: those with the least hashes of (random_state, row), rows being numbered as the fold's
 * training part has them. The others are what bins, units and trees are made of. The loss of t
 * trees is the mean over the rows set aside, by the weights of classes, of log(1 + e^-m), m being
 * the score of a row of class 1 and less the score of one of class 0. Boosting ends with t trees
 * when none of the last n_iter_no_change of them left a loss that is below that of t -
 * n_iter_no_change trees by more than tol. These last trees are kept.
 *
 * When it ends depends on no n_estimators: a model is the first part of any longer one all the
 * same.
 */
#ifndef PEREBOR_MODEL_BOOST_BOOST_STOPPING_H
#define PEREBOR_MODEL_BOOST_BOOST_STOPPING_H

#include "model/boost/boost_layout.h"
#include "model/boost/boost_run.h"

/** A boosting that may end before it has all trees. */
typedef struct boost_stopping {
    const boost_options *options;
    const boost_layout *layout; /**< What is learnt from, and what is set aside. */
    bool on;                    /**< Otherwise nothing is set aside, and it never ends. */
    double *scores;             /**< [n_held] */
    double *losses; /**< [n_iter_no_change + 1] of the last numbers of trees, t at t mod so many. */
    size_t n_trees; /**< So far. */
} boost_stopping;

/** @param[in] layout  By the same options; outlives it. */
PEREBOR_MUST_CHECK perebor_status boost_stopping_create(boost_stopping *stopping,
                                                        const boost_options *options,
                                                        const boost_layout *layout,
                                                        perebor_workspace *workspace,
                                                        perebor_error *error);

/** Scores the rows set aside by no tree. @param[in] run  Of the same layout, just created. */
void boost_stopping_start(boost_stopping *stopping, const boost_run *run);

/** Takes note of the tree that was grown last. @param[out] ends  Whether no other is to be grown.
 */
PEREBOR_MUST_CHECK perebor_status boost_stopping_add(boost_stopping *stopping, const boost_run *run,
                                                     bool *ends, perebor_error *error);

/** The scores of all training rows in their order. @param[out] scores  [rows of all] */
void boost_stopping_scores(const boost_stopping *stopping, const boost_run *run, double *scores);

#endif
