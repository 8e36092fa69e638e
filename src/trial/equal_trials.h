// SPDX-License-Identifier: MIT
/**
 * @file equal_trials.h
 * Which trials need no evaluation because another has their candidate: no candidate is computed
 * twice, however far apart its trials are, and whether or not a search was interrupted between.
 *
 * A plan merges equal candidates within a window of trials. What is found here is the rest: trials
 * whose candidate is that of a trial in an earlier window, or of one that is finished already.
 * Takes 24 to 40 bytes a trial; candidates are resolved anew, not kept.
 */
#ifndef PEREBOR_TRIAL_EQUAL_TRIALS_H
#define PEREBOR_TRIAL_EQUAL_TRIALS_H

#include "perebor/pipeline.h"
#include "perebor/space.h"
#include "perebor/status.h"

#define EQUAL_TRIALS_NONE UINT32_MAX

/** Lists of trials that take over the outcome of another. Numbers are relative to the first. */
typedef struct equal_trials {
    uint32_t *source;   /**< [n_trials] whose outcome a trial takes over; NONE: it is evaluated. */
    uint32_t *follower; /**< [n_trials] the first trial that takes over this one's; NONE. */
    uint32_t *next;     /**< [n_trials] the next that has the same source; NONE. */
    size_t n_trials;
} equal_trials;

/**
 * Finds them among trials first_trial … first_trial + n_trials - 1.
 *
 * @param[out] equal     Released with equal_trials_release().
 * @param[in]  finished  [n_trials] trials that have their outcome.
 */
PEREBOR_MUST_CHECK perebor_status equal_trials_find(equal_trials *equal,
                                                    const perebor_pipeline *pipeline,
                                                    const perebor_space *space,
                                                    uint64_t first_trial, size_t n_trials,
                                                    const bool *finished, perebor_error *error);

void equal_trials_release(equal_trials *equal);

#endif
