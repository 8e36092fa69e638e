// SPDX-License-Identifier: MIT
/**
 * @file ensemble_stage.h
 * Which trials of a search to average, and what that is worth: the stage /ensemble of a result
 * file.
 *
 * The best trials are scored again out of fold, as probabilities; metric/ensemble_selection.h
 * chooses among them, without the test part. Refitting makes a model of them: refit_stage.h.
 */
#ifndef PEREBOR_RUN_ENSEMBLE_STAGE_H
#define PEREBOR_RUN_ENSEMBLE_STAGE_H

#include <stddef.h>
#include <stdint.h>

#include "metric/ensemble_selection.h"
#include "perebor/result_file.h"
#include "perebor/status.h"
#include "run/study.h"

typedef struct ensemble_options {
    size_t top;         /**< So many of the best trials to choose among, equal points once. */
    size_t n_rounds;    /**< Trials that are added, one after the other. */
    size_t n_resamples; /**< How often all of that is done again, to correct its score. */
    int n_threads;
} ensemble_options;

/** A trial that is averaged. */
typedef struct ensemble_member {
    uint64_t trial;         /**< Its number. */
    uint32_t weight;        /**< Times that it was added. */
    double mean_test_score; /**< Its own, of the search. */
} ensemble_member;

/** What came of it. Released with ensemble_release(). */
typedef struct ensemble {
    ensemble_member *members; /**< [n_members] the best first */
    size_t n_members;
    size_t n_candidates; /**< Trials that there were to choose among. */
    uint64_t best;       /**< The best of these by itself, */
    double best_score;   /**< and its score. */
    size_t n_rows;       /**< Rows of the training part. */
    uint32_t *rows;      /**< [n_rows] of the dataset. NULL of one just made. */
    double *probability; /**< [n_rows] out of fold, in the first repeat. */
    const char *digest;  /**< The stage's, borrowed from the result; NULL if it was just made. */
    perebor_corrected_ensemble score;
} ensemble;

/**
 * Chooses, and puts the stage /ensemble into the result in memory.
 *
 * @param[in] study  Of the result's experiment.
 *
 * @retval PEREBOR_ERR_ARGUMENT  The search did not select by roc_auc, or has no complete trial.
 * @retval others                As held_out_scores_make().
 */
PEREBOR_MUST_CHECK perebor_status ensemble_stage_make(const perebor_study *study,
                                                      perebor_result *result,
                                                      const ensemble_options *options,
                                                      ensemble *made, perebor_error *error);

/**
 * Reads a stage that is there and current.
 *
 * @param[in] file  What to call the result in messages.
 *
 * @retval PEREBOR_ERR_CONFLICT  There is none, or it is not of the search as it is.
 * @retval PEREBOR_ERR_FORMAT    It is not what was written.
 */
PEREBOR_MUST_CHECK perebor_status ensemble_stage_load(ensemble *loaded,
                                                      const perebor_result *result,
                                                      const char *file, perebor_error *error);

/**
 * What one that was loaded scores on the folds of the first repeat, out of fold.
 *
 * @param[out] scores  [result->n_splits] areas under the ROC curve; NaN of a fold of one class.
 */
PEREBOR_MUST_CHECK perebor_status ensemble_fold_scores(const ensemble *loaded,
                                                       const perebor_result *result, double *scores,
                                                       perebor_error *error);

void ensemble_release(ensemble *ensemble);

#endif
