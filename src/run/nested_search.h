// SPDX-License-Identifier: MIT
/**
 * @file nested_search.h
 * Nested cross-validation as one search on all ranks: every trial on every inner and outer fold, in
 * units of bundle and fold that the coordinator hands out in any order.
 *
 * The outer score of a trial needs no inner one, so all of them are computed, and which of them
 * count is chosen afterwards: docs/decisions/0014-nested-cross-validation.md.
 */
#ifndef PEREBOR_RUN_NESTED_SEARCH_H
#define PEREBOR_RUN_NESTED_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/ranks.h"
#include "perebor/result_file.h"
#include "perebor/search.h"
#include "perebor/status.h"
#include "run/nested_stage.h"

/** What is asked for. Borrowed for the call. */
typedef struct nested_request {
    /** Threads, oversubscribe, share, hours, progress, warn; the same on every rank. */
    perebor_search_options options;
    size_t n_outer; /**< The same on every rank; 0: what the experiment says. */
    bool restart;   /**< What an interrupted run left is not continued. */

    // What rank 0 alone has.
    perebor_result *result; /**< Receives the stage in memory; NULL if it could not be read. */
    perebor_status read;    /**< How reading it ended, */
    perebor_error reason;   /**< and why so. */
    const char *file;       /**< Its path. */
    const char *folder;     /**< As in stored_experiment_read(). */
    /** Writes the result, before the journal is removed. */
    perebor_status (*save)(void *save_context, perebor_error *error);
    void *save_context;
} nested_request;

/**
 * Runs it. Called by all ranks.
 *
 * What is finished is kept in a journal beside the file, FILE.nested.journal, from which the next
 * run goes on; the file itself is written once, at the end.
 *
 * @param[in,out] request  Its options are settled.
 * @param[out]    outcome  On rank 0; released with nested_outcome_release().
 *
 * @retval PEREBOR_ERR_CONFLICT  The search is not finished, or its tables have changed; or the
 *                               journal is of another run, or in use.
 * @retval PEREBOR_ERR_STOPPED   Stopped on request; what was finished is in the journal.
 */
PEREBOR_MUST_CHECK perebor_status nested_search_run(perebor_ranks *ranks, nested_request *request,
                                                    nested_outcome *outcome, perebor_error *error);

#endif
