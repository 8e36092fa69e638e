// SPDX-License-Identifier: MIT
/**
 * @file keeping.h
 * Nothing finished is lost: the journal of a running search and the file that it is folded into.
 *
 * A finished trial is appended to the journal at once and acknowledged when a commit has brought it
 * to the disk; commits are made for many at a time. The result file is written at checkpoints and
 * at the end, in one step each; at the end the journal is removed. A search that is resumed starts
 * from what the file and the journal hold, whichever of the two there are.
 */
#ifndef PEREBOR_RUN_KEEPING_H
#define PEREBOR_RUN_KEEPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "perebor/journal.h"
#include "perebor/result_file.h"
#include "perebor/status.h"
#include "perebor/study.h"
#include "perebor/trials.h"

/** What a search keeps while it runs; rank 0 only. */
typedef struct keeping {
    const char *output; /**< Borrowed. */
    perebor_journal *journal;
    char run_uuid[40];       /**< Names the search through every resumption. */
    uint64_t n_acknowledged; /**< Trials whose record is on the disk. */
    uint64_t n_appended;     /**< Of this run, waiting for a commit or not. */
    double last_commit, last_checkpoint, checkpoint_cost; /**< Seconds, monotonic clock. */
} keeping;

/** Whether a file, or the journal of a search into it, is there. */
typedef struct keeping_found {
    bool file, journal;
} keeping_found;

/**
 * Fields of a journal that are for information: what `perebor status` goes by. Whole numbers; begun
 * is in seconds since 1970.
 */
#define KEEPING_FIRST_TRIAL "first_trial"
#define KEEPING_N_TRIALS "n_trials"
#define KEEPING_N_FOLDS "n_folds"
#define KEEPING_BEGUN "begun"

/** The name of the journal beside a file. The caller frees it; NULL if memory is short. */
char *keeping_journal_path(const char *output);

/** Whether a file and a journal are of one search: the same run_uuid. */
bool keeping_belongs(const char *journal_path, const perebor_result *result);

/**
 * Whether what an earlier search into this file left, its journal or the finished file, was begun
 * or written at or after @p since, in seconds since 1970.
 */
bool keeping_left_since(const char *output, time_t since);

/** Looks for what an earlier search into this file left. */
keeping_found keeping_look(const char *output);

/**
 * Starts or continues the keeping of a search.
 *
 * @param[in,out] trials    The points of the search; receives what was finished before.
 * @param[in]     previous  What the result file holds, when it is to be continued; else NULL.
 * @param[in]     resume    Continue the journal, if there is one.
 *
 * @retval PEREBOR_ERR_CONFLICT  The file or the journal is of another search, and the message names
 *         what differs; or another process is writing.
 */
PEREBOR_MUST_CHECK perebor_status keeping_open(keeping *kept, const char *output,
                                               const perebor_study *study, perebor_trials *trials,
                                               const perebor_result *previous, bool resume,
                                               bool overwrite, perebor_error *error);

/** Records a finished trial; acknowledged by a later keeping_commit(). */
PEREBOR_MUST_CHECK perebor_status keeping_append(keeping *kept, const perebor_trials *trials,
                                                 size_t trial, perebor_error *error);

/** Acknowledges what was recorded, unless it did so a moment ago and is not asked to @p now. */
PEREBOR_MUST_CHECK perebor_status keeping_commit(keeping *kept, bool now, perebor_error *error);

/** Whether a checkpoint is due: its interval has passed and it would cost at most 2 % of the time.
 */
bool keeping_checkpoint_due(const keeping *kept, double interval_seconds);

/** Says that a checkpoint begun at @p begun has been written. */
void keeping_checkpoint_done(keeping *kept, double begun);

/** The clock that keeping_checkpoint_done() goes by. */
double keeping_clock(void);

/** Ends the keeping: everything is in the result file, and the journal goes. */
PEREBOR_MUST_CHECK perebor_status keeping_finish(keeping *kept, perebor_error *error);

/** Ends the keeping where something failed: the journal stays. */
void keeping_abandon(keeping *kept);

#endif
