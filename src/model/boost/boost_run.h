// SPDX-License-Identifier: MIT
/**
 * @file boost_run.h
 * Boosting: one tree after the other, each from what those before it left to be learnt.
 */
#ifndef PEREBOR_MODEL_BOOST_BOOST_RUN_H
#define PEREBOR_MODEL_BOOST_BOOST_RUN_H

#include "model/boost/boost_grow.h"

/** A boosting as far as it is. */
typedef struct boost_run {
    const boost_options *options;
    const boost_scheme *scheme;
    const boost_rows *binned;
    boost_grower grower;
    double start;      /**< Where scores start. */
    double weights[2]; /**< What a row of each class weighs. */
    double units[2];   /**< The same times 2^S. */
    size_t n_ones;
    double *labels;  /**< [n_rows + BOOST_PADDING] */
    double *scores;  /**< [n_rows + BOOST_PADDING] of the training rows. */
    int64_t *terms;  /**< [n_rows + BOOST_PADDING] */
    uint32_t *rows;  /**< [n_rows] of the sample, */
    uint32_t n_rows; /**< and how many. */
    uint8_t *active; /**< [n_columns] */
    uint64_t *draws; /**< [n_columns][2] */
    // The tree that was grown last, by the numbers of the grower's nodes.
    size_t room;
    double *values;    /**< [room] what a leaf adds to a score; of others what it would. */
    boost_turn *turns; /**< [room] */
    boost_set *sets;   /**< [room] boost_sets_of_node(); NULL where no feature is split by sets. */
} boost_run;

/** Starts; everything given outlives the run. @param[in] labels  [n_rows of @p binned] */
PEREBOR_MUST_CHECK perebor_status boost_run_create(boost_run *run, const boost_options *options,
                                                   const boost_scheme *scheme,
                                                   const boost_rows *binned, const uint8_t *labels,
                                                   perebor_workspace *workspace,
                                                   perebor_error *error);

/** Grows the tree of a number, from 0 up, and adds it to the scores of the training rows. */
PEREBOR_MUST_CHECK perebor_status boost_run_grow(boost_run *run, size_t tree, perebor_error *error);

/** Adds the tree that was grown last to the scores of rows. @param[in,out] scores  [n_rows] */
PEREBOR_MUST_CHECK perebor_status boost_run_add(const boost_run *run, const boost_rows *binned,
                                                double *scores, perebor_error *error);

/** The weight of the training rows of every node of that tree. @param[out] covers  [n_nodes] */
void boost_run_covers(const boost_run *run, double *covers);

#endif
