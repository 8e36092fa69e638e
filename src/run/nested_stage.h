// SPDX-License-Identifier: MIT
/**
 * @file nested_stage.h
 * What nested cross-validation says of a way to choose a trial: the stage /nested of a result file.
 *
 * Every trial has a score on each inner fold of each outer fold's training part, and one on the
 * outer fold's own rows, fitted on all of that training part. In each outer fold a rule chooses a
 * trial by the inner scores alone; what it chose is measured by the outer score, on rows that took
 * no part in anything. The mean over the outer folds is the score of the whole procedure, search
 * and choice (Varma and Simon, "Bias in error estimation when using cross-validation for model
 * selection", BMC Bioinformatics 7, 2006). All rules are scored at once: the trials are the same.
 */
#ifndef PEREBOR_RUN_NESTED_STAGE_H
#define PEREBOR_RUN_NESTED_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/result_file.h"
#include "perebor/status.h"
#include "perebor/trials.h"
#include "run/study.h"
#include "statistics/resampled_t.h"

/** No trial: none was complete in the inner folds. */
#define NESTED_NONE (-1)

/** What a rule chose. */
typedef struct nested_rule {
    const char *name; /**< "best", "one_standard_error", or a learner: the best of it. Borrowed. */
    int64_t *trials;  /**< [n_outer] numbers, or NESTED_NONE. */
    double *inner;    /**< [n_outer] their means on the inner folds: what a search reports. */
    double *outer;    /**< [n_outer] on the outer folds; NaN of one that failed there. */
    double mean_inner;
    perebor_resampled_mean mean_outer; /**< Nadeau and Bengio's interval, of level 0.95. */
} nested_rule;

/** Released with nested_outcome_release(). */
typedef struct nested_outcome {
    size_t n_outer, n_inner; /**< Outer folds; inner folds of each. */
    size_t n_trials;
    double *inner, *inner_sd; /**< [n_trials][n_outer] mean and standard deviation (ddof 0) on the
                                   inner folds; NaN of trials that failed there. */
    double *outer;            /**< [n_trials][n_outer] */
    size_t n_rules;
    nested_rule *rules; /**< best, one_standard_error, then the learners that were chosen. */
} nested_outcome;

/**
 * Lets every rule choose in every outer fold.
 *
 * @param[in] study   With nested folds: perebor_study_nest().
 * @param[in] trials  All finished, on the study's n_folds folds.
 */
PEREBOR_MUST_CHECK perebor_status nested_outcome_make(nested_outcome *outcome,
                                                      const perebor_study *study,
                                                      const perebor_trials *trials,
                                                      perebor_error *error);

void nested_outcome_release(nested_outcome *outcome);

/** The rule of a name; NULL if there is none. */
nested_rule *nested_outcome_rule(const nested_outcome *outcome, const char *name);

/** Puts the stage into a result in memory. */
PEREBOR_MUST_CHECK perebor_status nested_stage_put(perebor_result *result,
                                                   const nested_outcome *outcome,
                                                   const perebor_study *study,
                                                   const perebor_trials *trials,
                                                   perebor_error *error);

/** What a stage says of a rule. */
typedef struct nested_figures {
    size_t n_outer;
    double mean_inner, mean_outer, low, high;
} nested_figures;

/** Reads it. @return False if the result has no such stage, or one that is not current. */
bool nested_stage_figures(const perebor_result *result, const char *rule, nested_figures *figures);

#endif
