// SPDX-License-Identifier: MIT
/**
 * @file array_search.h
 * A search over a dataset in memory, on the threads of this process: no MPI, no files.
 *
 * It evaluates the trials that a search of the same dataset, space, split and folds run by
 * perebor_search_run() would, and to the same bits: perebor_trials_digest() agrees.
 */
#ifndef PEREBOR_ARRAY_SEARCH_H
#define PEREBOR_ARRAY_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/dataset.h"
#include "perebor/fitted_pipeline.h"
#include "perebor/folds.h"
#include "perebor/metric.h"
#include "perebor/space.h"
#include "perebor/split.h"
#include "perebor/status.h"
#include "perebor/trials.h"

PEREBOR_BEGIN_DECLS

/** What to search, and where. Everything is borrowed for the call. */
typedef struct perebor_array_search {
    const perebor_dataset *dataset;
    const perebor_space *space;
    perebor_split_settings split; /**< Into a training part, which is searched, and a test part. */
    perebor_folds_settings folds; /**< Those of the training part. */
    uint64_t first_trial;
    size_t n_trials;
    int n_threads;               /**< At least 1. */
    bool score_training;         /**< Score the training rows of every fold too. */
    perebor_metric_list metrics; /**< perebor_metric_list_add() fills it, the selecting one first;
                                      empty: roc_auc alone. */
} perebor_array_search;

/**
 * Evaluates every trial on every fold.
 *
 * @param[out] trials  Freed with perebor_trials_free(). A trial that failed is data.
 *
 * @retval PEREBOR_ERR_ARGUMENT  A split or folds that the rows do not allow.
 * @retval PEREBOR_ERR_FORMAT    A parameter that no step of a pipeline takes.
 */
PEREBOR_MUST_CHECK perebor_status perebor_array_search_run(const perebor_array_search *search,
                                                           perebor_trials **trials,
                                                           perebor_error *error);

/**
 * Fits a trial's candidate on the whole training part.
 *
 * @param[in]  trials    What the search found: a trial whose n_estimators is a path has as many as
 *                       it came to. NULL: all of them.
 * @param[in]  trial     Its number, from 0; it need not have been searched.
 * @param[out] pipeline  Freed with perebor_fitted_pipeline_free().
 */
PEREBOR_MUST_CHECK perebor_status perebor_array_search_fit(const perebor_array_search *search,
                                                           const perebor_trials *trials,
                                                           uint64_t trial,
                                                           perebor_fitted_pipeline **pipeline,
                                                           perebor_error *error);

PEREBOR_END_DECLS

#endif
