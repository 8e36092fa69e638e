// SPDX-License-Identifier: MIT
/**
 * @file search.h
 * A search, run: the conductor that takes an experiment through plan and ranks to a result file.
 *
 * Every rank calls perebor_search_run(). Rank 0 reads the experiment and the tables, shares both
 * with the others, hands out units, gathers outcomes and writes the file; all ranks compute.
 */
#ifndef PEREBOR_SEARCH_H
#define PEREBOR_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/experiment.h"
#include "perebor/file_identity.h"
#include "perebor/ranks.h"
#include "perebor/result_file.h"
#include "perebor/status.h"

PEREBOR_BEGIN_DECLS

/** An experiment made ready to evaluate; opaque to a program outside. */
typedef struct perebor_study perebor_study;

/** How far a search is, for whoever shows it. */
typedef struct perebor_search_progress {
    uint64_t n_trials;
    uint64_t n_done; /**< On the disk: nothing that happens next can lose them. */
    uint64_t n_failed;
    uint64_t n_before; /**< How many of n_done were finished before this run. */
    double best_score; /**< NaN before the first trial is complete. */
    uint64_t best_trial;
    double elapsed_seconds, remaining_seconds; /**< The latter NaN before it can be told. */
    double forecast_seconds; /**< That all of this run was predicted to take on all its threads. */
    uint64_t n_units;        /**< Units of work in this run: a few trials on one fold each. */
    uint64_t n_units_done;
    uint64_t n_running; /**< Units that threads are at, about. */
    bool stopping;      /**< A stop was asked for. */
    int n_ranks, n_ranks_lost;
} perebor_search_progress;

/** What the caller of a search decides. Borrowed for the call. */
typedef struct perebor_search_options {
    const char *experiment; /**< Path of the experiment file. */
    const perebor_override *overrides;
    size_t n_overrides;
    const char *output; /**< NULL: what the experiment says, or results/<name>.h5. */
    bool overwrite;     /**< An existing file may be replaced. */
    bool resume;        /**< An existing file, or the journal of one, is continued. */
    bool trials_given;  /**< first_trial and end_trial replace the experiment's run_cap. */
    uint64_t first_trial, end_trial; /**< [first, end) */
    int n_threads;                   /**< Threads of a rank; 0: what was granted. */
    bool oversubscribe;
    bool share;               /**< False: nothing is shared; the digest is the same. */
    double max_seconds;       /**< Wall time after which nothing is handed out; 0: none. The end of
                                   a Slurm allocation (SLURM_JOB_END_TIME) is always minded. */
    const char *command_line; /**< Recorded in the file. */
    /** Called on rank 0 a few times a second and at the end; may be NULL. */
    void (*progress)(void *context, const perebor_search_progress *progress, bool last);
    void *progress_context;
    /** Called on rank 0 when the data are loaded, before anything is run; may be NULL. */
    void (*loaded)(void *progress_context, const perebor_study *study);
    /** Called on rank 0 with what went wrong but does not end the search; may be NULL. */
    void (*warn)(const char *message);
} perebor_search_options;

/**
 * What there is where a search is to write, and what it holds if it is to be resumed.
 *
 * Reading a file forks (result_file.h), so this is for before perebor_ranks_open(), in the process
 * that will be rank 0. It remembers a failure for perebor_search_run() to report from there.
 */
typedef struct perebor_search_previous {
    perebor_result *result;      /**< NULL if there is no file, or one that is being replaced. */
    bool resume;                 /**< Asked for, or this run was started again after a crash. */
    bool overwrite;              /**< Asked for, and not done yet. */
    perebor_file_identity found; /**< What the output named, and may be replaced. */
    perebor_status status;
    perebor_error error;
} perebor_search_previous;

/** Looks at the output: reads it if it is to be resumed, and makes sure that it is a result file if
 * it is to be replaced. Released with the next. */
void perebor_search_previous_read(perebor_search_previous *previous,
                                  const perebor_search_options *options);

/**
 * Whether a search may write where it is told to: what perebor_search_run() asks before it computes
 * anything.
 *
 * @param[out] output  Receives the path of the file; the caller frees it.
 *
 * @retval PEREBOR_ERR_CONFLICT  A file that is there may neither be replaced nor continued, or the
 *         search reads it.
 * @retval PEREBOR_ERR_IO        Its folder is not there or cannot be written to.
 * @return Or what perebor_search_previous_read() found.
 */
PEREBOR_MUST_CHECK perebor_status perebor_search_output_check(
    const perebor_search_options *options, const perebor_experiment *experiment,
    const perebor_search_previous *previous, char **output, perebor_error *error);

/**
 * What a search that is resumed would find finished. Changes no file, and may be asked while
 * another process runs that search.
 *
 * @param[in]  output      As perebor_search_output_check() found it.
 * @param[in]  study       What would be run.
 * @param[in]  first, end  The trials that it would be run for.
 * @param[out] n_finished  Those of them that need not be run again.
 *
 * @retval PEREBOR_ERR_CONFLICT  The file, or its journal, is of another search: the message says
 *         what differs.
 */
PEREBOR_MUST_CHECK perebor_status perebor_search_previous_check(
    const perebor_search_previous *previous, const char *output, const perebor_study *study,
    uint64_t first, uint64_t end, size_t *n_finished, perebor_error *error);

void perebor_search_previous_release(perebor_search_previous *previous);

/** What a search came to; meaningful on rank 0. */
typedef struct perebor_search_summary {
    char *output; /**< Path of the file; freed by perebor_search_summary_release(). */
    perebor_search_progress progress;
    uint8_t digest[32];
    double max_failures; /**< The experiment's. */
    bool stopped;        /**< On request, before the end. */
} perebor_search_summary;

/**
 * Runs a search.
 *
 * @param[in]  previous On rank 0, as perebor_search_previous_read() filled it; ignored elsewhere.
 * @param[out] summary  Filled on success, and where the search was stopped.
 *
 * @retval PEREBOR_ERR_CONFLICT  The output exists and may not be replaced.
 * @retval PEREBOR_ERR_STOPPED   Stopped on request; what was finished is in the file.
 */
PEREBOR_MUST_CHECK perebor_status perebor_search_run(perebor_ranks *ranks,
                                                     const perebor_search_options *options,
                                                     const perebor_search_previous *previous,
                                                     perebor_search_summary *summary,
                                                     perebor_error *error);

void perebor_search_summary_release(perebor_search_summary *summary);

PEREBOR_END_DECLS

#endif
