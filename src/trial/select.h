// SPDX-License-Identifier: MIT
/**
 * @file select.h
 * Which trial to take: by its scores on the folds alone, never by the test part.
 */
#ifndef PEREBOR_TRIAL_SELECT_H
#define PEREBOR_TRIAL_SELECT_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/pipeline.h"
#include "perebor/status.h"
#include "perebor/trials.h"

/** No trial is complete. */
#define SELECT_NONE SIZE_MAX

/** The best mean test score; of equal ones the first. @return Its row, or SELECT_NONE. */
size_t select_best(const perebor_trials *trials);

/** A trial and its mean test score. */
typedef struct select_ranked {
    double score;
    size_t row;
} select_ranked;

/**
 * The best trials, best first, one of each point; of equal ones the first.
 *
 * @param[out] ranked  [*n] The caller frees it.
 * @param[out] n       At most @p most.
 */
PEREBOR_MUST_CHECK perebor_status select_top(const perebor_trials *trials, size_t most,
                                             select_ranked **ranked, size_t *n,
                                             perebor_error *error);

/** The standard error of a trial's mean: the standard deviation of its folds' scores, ddof 1, over
 * the square root of their number. NaN of one fold. */
double select_standard_error(const perebor_trials *trials, size_t row);

/**
 * Compares candidates by simplicity: by the complexity of their learners, the number of columns
 * that they keep, and the learner's settings in their order.
 *
 * @return Below 0 if @p a is the simpler, 0 if neither is.
 */
int select_compare_simplicity(const perebor_candidate *a, const perebor_candidate *b);

/**
 * The simplest trial whose mean is within one standard error of the best one's (Breiman and others,
 * Classification and Regression Trees, 1984, section 3.4.3); of equally simple ones the better,
 * then the first.
 *
 * @param[in]  pipeline  That the trials were drawn for.
 * @param[out] row       SELECT_NONE if no trial is complete.
 */
PEREBOR_MUST_CHECK perebor_status select_one_standard_error(const perebor_trials *trials,
                                                            const perebor_pipeline *pipeline,
                                                            size_t *row, perebor_error *error);

/** The best trial of one learner. */
typedef struct select_model {
    const perebor_learner *learner;
    size_t row;
    size_t n_complete; /**< Trials of the learner that are. */
} select_model;

/**
 * The best trial of every learner, best first.
 *
 * @param[out] models    [*n_models] The caller frees it.
 */
PEREBOR_MUST_CHECK perebor_status select_per_model(const perebor_trials *trials,
                                                   const perebor_pipeline *pipeline,
                                                   select_model **models, size_t *n_models,
                                                   perebor_error *error);

#endif
