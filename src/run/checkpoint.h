// SPDX-License-Identifier: MIT
/**
 * @file checkpoint.h
 * Nothing finished is lost: the journal of a running search and the file that it is folded into.
 *
 * A finished trial is appended to the journal at once and acknowledged when a commit has brought it
 * to the disk; commits are made for many at a time. The result file is written at checkpoints and
 * at the end, in one step each; at the end the journal is removed. A search that is resumed starts
 * from what the file and the journal hold, whichever of the two there are.
 */
#ifndef PEREBOR_RUN_CHECKPOINT_H
#define PEREBOR_RUN_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "perebor/result_file.h"
#include "perebor/status.h"
#include "perebor/trials.h"
#include "run/study.h"
#include "store/journal.h"
#include "store/search_identity.h"

/** What a search keeps while it runs; rank 0 only. */
typedef struct checkpoint {
    const char *output;         /**< Borrowed. */
    perebor_file_identity file; /**< What is there: what was, or what this search wrote last. */
    perebor_search_identity search;
    perebor_journal *journal; /**< NULL before checkpoint_begin(), unless one is continued. */
    bool is_empty;            /**< This search began the journal, and recorded nothing yet. */
    char run_uuid[40];        /**< Names the search through every resumption. */
    uint64_t n_acknowledged;  /**< Trials whose record is on the disk. */
    uint64_t n_appended;      /**< Those of this run, waiting for a commit or not. */
    double last_commit, last_checkpoint, checkpoint_cost; /**< Seconds, monotonic clock. */
} checkpoint;

/** Whether a file, or the journal of a search into it, is there. */
typedef struct checkpoint_files {
    bool file, journal;
} checkpoint_files;

/**
 * Fields of a journal that are for information: what `perebor status` goes by. Whole numbers; begun
 * is in seconds since 1970.
 */
#define CHECKPOINT_FIRST_TRIAL "first_trial"
#define CHECKPOINT_N_TRIALS "n_trials"
#define CHECKPOINT_N_FOLDS "n_folds"
#define CHECKPOINT_BEGUN "begun"

/**
 * Field of a journal: its metrics, with spaces between them, the selecting one first. What was
 * written before there were several does not state it, and is of the default.
 */
#define CHECKPOINT_METRICS "search.metrics"
#define CHECKPOINT_DEFAULT_METRICS "roc_auc"

/** Whether a file and a journal are of one search: the same run_uuid. */
bool checkpoint_belongs(const char *journal_path, const perebor_result *result);

/**
 * Whether what an earlier search into this file left, its journal or the finished file, was begun
 * or written at or after @p since, in seconds since 1970.
 */
bool checkpoint_left_since(const char *output, time_t since);

/** Looks for what an earlier search into this file left. */
checkpoint_files checkpoint_look(const char *output);

/**
 * Takes over what an earlier search left; changes no file but the torn end of a journal.
 *
 * @param[out]    checkpoint  Ended by checkpoint_finish() or checkpoint_abandon().
 * @param[in,out] trials    The points of the search; receives what was finished before.
 * @param[in]     previous  What the result file holds, when it is to be continued; else NULL.
 * @param[in]     resume    Continue the journal, if there is one.
 * @param[in]     found     What the output named when it was decided that it may be written to.
 *
 * @retval PEREBOR_ERR_CONFLICT  The file or the journal is of another search, and the message names
 *         what differs; or another process is writing, or has written since it was decided.
 */
PEREBOR_MUST_CHECK perebor_status checkpoint_open(checkpoint *checkpoint, const char *output,
                                                  const perebor_study *study,
                                                  perebor_trials *trials,
                                                  const perebor_result *previous, bool resume,
                                                  const perebor_file_identity *found,
                                                  perebor_error *error);

/**
 * Takes what checkpoint_open() would take over of a search that is to be resumed, without a lock;
 * no file is changed, and the journal may be in use.
 *
 * @param[in,out] trials    The points of the search; receives what was finished before.
 * @param[in]     previous  What the result file holds; NULL if there is none.
 *
 * @retval PEREBOR_ERR_CONFLICT  As checkpoint_open().
 */
PEREBOR_MUST_CHECK perebor_status checkpoint_preview(const char *output, const perebor_study *study,
                                                     perebor_trials *trials,
                                                     const perebor_result *previous,
                                                     perebor_error *error);

/**
 * Begins a journal, unless one is continued: from now on the output is this search's. To be called
 * when all else is ready, so that what ends before leaves nothing that stands in the next one's
 * way.
 *
 * @param[in] overwrite  Whether a journal that is there, and that nobody is writing, may go.
 *
 * @retval PEREBOR_ERR_CONFLICT  Another process is writing, or has written since
 *         checkpoint_open()'s `found`.
 */
PEREBOR_MUST_CHECK perebor_status checkpoint_begin(checkpoint *checkpoint,
                                                   const perebor_trials *trials, bool overwrite,
                                                   perebor_error *error);

/** Records a finished trial; acknowledged by a later checkpoint_commit(). */
PEREBOR_MUST_CHECK perebor_status checkpoint_append(checkpoint *checkpoint,
                                                    const perebor_trials *trials, size_t trial,
                                                    perebor_error *error);

/** Acknowledges what was recorded, unless it did so a moment ago and is not asked to @p now. */
PEREBOR_MUST_CHECK perebor_status checkpoint_commit(checkpoint *checkpoint, bool now,
                                                    perebor_error *error);

/** Whether a checkpoint is due: its interval has passed and it would cost at most 2 % of the time.
 */
bool checkpoint_due(const checkpoint *checkpoint, double interval_seconds);

/** Says that a checkpoint begun at @p begun has been written. */
void checkpoint_done(checkpoint *checkpoint, double begun);

/** Whether the journal was removed or replaced by somebody: nobody will find what is in it. */
bool checkpoint_is_lost(const checkpoint *checkpoint);

/** Ends the checkpoint: everything is in the result file, and the journal goes. */
PEREBOR_MUST_CHECK perebor_status checkpoint_finish(checkpoint *checkpoint, perebor_error *error);

/** Ends the checkpoint where something failed: the journal stays, unless this search began it and
 * recorded nothing in it. */
void checkpoint_abandon(checkpoint *checkpoint);

#endif
