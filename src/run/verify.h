// SPDX-License-Identifier: MIT
/**
 * @file verify.h
 * Evaluating trials of a result file again, on this machine, and comparing them bit for bit.
 *
 * Points are drawn anew from the space, and scores are computed anew, in one thread and without
 * MPI, by another way than a search takes: a fitted pipeline for each candidate and fold.
 * That shares no work between candidates, and takes longer than the search did. Learning curves and
 * scores out of bag, where trials have them in the file, come by the way of a search.
 */
#ifndef PEREBOR_RUN_VERIFY_H
#define PEREBOR_RUN_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/result_file.h"
#include "perebor/status.h"
#include "run/study.h"

/** What a verification found. */
typedef struct perebor_verification {
    uint64_t n_verified;    /**< Evaluated again, the differing ones included. */
    uint64_t n_waiting;     /**< Asked for, but not finished in the file. */
    uint64_t n_out_of_time; /**< Asked for, but failed for search.trial_timeout: left out. */
    uint64_t n_differing;
} perebor_verification;

/**
 * Refuses an experiment that is not the one that a file came from, or whose tables have changed.
 *
 * @param[in] file  What to call the result in the message.
 *
 * @retval PEREBOR_ERR_CONFLICT  The message says what differs.
 */
PEREBOR_MUST_CHECK perebor_status perebor_verify_same_experiment(const perebor_study *study,
                                                                 const perebor_result *result,
                                                                 const char *file,
                                                                 perebor_error *error);

/**
 * Evaluates trials again, but those that ran out of time: another machine may have had time enough.
 *
 * @param[in] wanted     [result->trials->n_trials] which; NULL: all.
 * @param[in] differs    Told of every trial that differs, with one line that says in what. Called
 *                       in the order of the trials, at the end.
 */
PEREBOR_MUST_CHECK perebor_status
perebor_verify(const perebor_study *study, const perebor_result *result, const bool *wanted,
               void (*differs)(void *context, uint64_t trial, const char *what), void *context,
               perebor_verification *verification, perebor_error *error);

#endif
