// SPDX-License-Identifier: MIT
/**
 * @file evaluator.h
 * What an evaluator holds: the dataset and its fold splits.
 */
#ifndef PEREBOR_TRIAL_EVALUATOR_H
#define PEREBOR_TRIAL_EVALUATOR_H

#include <stdbool.h>

#include "trial/evaluate.h"
#include "trial/fold_split.h"
#include "trial/layout_cache.h"

struct perebor_evaluator {
    const perebor_dataset *dataset;
    fold_split *folds; /**< [n_folds] */
    size_t n_folds;
    fold_split holdout; /**< The training part against the test part. */
    bool share, score_training;
    bool curves; /**< Outcomes have learning curves, and scores out of bag where asked for. */
    perebor_metric_list metrics;
    bool calibrates; /**< Some metric needs probabilities: margins are calibrated. */
    perebor_predictions_receive *receive; /**< Gets out-of-fold predictions; NULL: nobody does. */
    void *receive_context;
    size_t memory_limit;   /**< Bytes that one member may take on a fold; 0: no limit. */
    layout_cache *layouts; /**< Layouts of this dataset and these folds; NULL: none are shared. */
};

#endif
