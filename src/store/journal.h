// SPDX-License-Identifier: MIT
/**
 * @file journal.h
 * The journal: what makes a finished trial survive anything that happens next.
 *
 * During a search the truth is an append-only file beside the result file, and the result file is
 * derived from it. Each record carries its own checksum. A trial may be acknowledged once
 * perebor_journal_commit() has returned PEREBOR_OK: its bytes are on the disk. Commit many at once;
 * one commit costs one fdatasync.
 *
 * The first record says what search this is: named fields such as the hashes of configuration, data
 * and folds. A journal is continued only by a search whose fields are the same, and the field that
 * differs is named. A lock keeps a second process out.
 *
 * A torn record at the end, as a crash leaves it, is cut off; a damaged one in the middle is passed
 * over, and its trials are evaluated again. After any failure of the system a journal refuses
 * everything: what it said before is on the disk, what comes after cannot be promised.
 *
 * The points of the trials are not in the journal: they follow from the space and the number.
 */
#ifndef PEREBOR_STORE_JOURNAL_H
#define PEREBOR_STORE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"
#include "perebor/trials.h"

typedef struct perebor_journal perebor_journal;

/** What its name ends in. */
#define PEREBOR_JOURNAL_ENDING ".journal"

/** The name of the journal beside a result file. The caller frees it; NULL if memory is short. */
char *perebor_journal_path(const char *output);

/** One thing that the first record says. */
typedef struct perebor_journal_field {
    const char *name, *text;
    bool must_match;       /**< Another text is another search. Else it is for information. */
    const char *if_absent; /**< What a journal means that does not state it; NULL: nothing. */
} perebor_journal_field;

/** What reading a journal came to. */
typedef struct perebor_journal_replay {
    uint64_t n_trials;        /**< Different trials taken into the table. */
    uint64_t n_outside;       /**< Records of trials that the table does not have. */
    uint64_t n_damaged_bytes; /**< Passed over in the middle. */
    uint64_t n_torn_bytes;    /**< Unreadable at the end. */
} perebor_journal_replay;

/**
 * Starts a journal. It is there as a whole, with its fields and locked, or not at all.
 *
 * @param[out] journal    Ended by perebor_journal_close() or perebor_journal_remove().
 * @param[in]  overwrite  Whether a journal that is there, and that nobody is writing, may go.
 *
 * @retval PEREBOR_ERR_CONFLICT  There is one already, another process is writing it, or what is
 *         there is not a journal.
 */
PEREBOR_MUST_CHECK perebor_status perebor_journal_create(perebor_journal **journal,
                                                         const char *path,
                                                         const perebor_journal_field *fields,
                                                         size_t n_fields, bool overwrite,
                                                         perebor_error *error);

/**
 * Continues a journal: takes its trials into the table, cuts off a torn end, and is ready for more.
 *
 * @param[in,out] trials  With the points of the search; gets state, folds, times and places.
 * @param[out]    replay  May be NULL.
 *
 * @retval PEREBOR_ERR_CONFLICT  A field differs, which the message names; or another process is
 *         writing it.
 * @retval PEREBOR_ERR_IO        It cannot be opened; the message says if it does not exist.
 * @retval PEREBOR_ERR_FORMAT    Not a journal, or damaged at its start.
 */
PEREBOR_MUST_CHECK perebor_status perebor_journal_resume(
    perebor_journal **journal, const char *path, const perebor_journal_field *fields,
    size_t n_fields, perebor_trials *trials, perebor_journal_replay *replay, perebor_error *error);

/** Adds a finished trial to what the next commit writes. Fails only for want of memory, or after a
 * failure. */
PEREBOR_MUST_CHECK perebor_status perebor_journal_append(perebor_journal *journal,
                                                         const perebor_trials *trials, size_t trial,
                                                         perebor_error *error);

/**
 * Brings everything appended to the disk, if there is anything, and makes sure that the journal is
 * still to be found by its name.
 *
 * @retval PEREBOR_ERR_CONFLICT  It was removed or replaced; see perebor_journal_is_lost().
 * @retval PEREBOR_ERR_IO  The system refused. Nothing appended since the last commit may be
 *         acknowledged, and every later call fails with the same message.
 */
PEREBOR_MUST_CHECK perebor_status perebor_journal_commit(perebor_journal *journal,
                                                         perebor_error *error);

/**
 * Whether a commit found that the journal's name does not lead to it any more: somebody removed or
 * replaced it. Nobody will find what is in it.
 */
bool perebor_journal_is_lost(const perebor_journal *journal);

/** Bytes appended and not yet committed. */
size_t perebor_journal_n_pending(const perebor_journal *journal);

/** Ends the use of a journal and keeps the file; what is not committed is dropped. NULL is fine. */
void perebor_journal_close(perebor_journal *journal);

/** Ends the use of a journal whose trials are all in the result file, and deletes it, unless
 * another has taken its place. */
PEREBOR_MUST_CHECK perebor_status perebor_journal_remove(perebor_journal *journal,
                                                         perebor_error *error);

/** The fields of a journal that may be in use. Owns them. */
typedef struct perebor_journal_fields {
    perebor_journal_field *fields;
    size_t n_fields;
    char *bytes; /**< that the texts are in */
} perebor_journal_fields;

/**
 * Whether a process is writing the journal of that path: it holds the lock. Takes a shared lock for
 * a moment to find out, which perebor_journal_create() and perebor_journal_resume() wait out.
 */
bool perebor_journal_in_use(const char *path);

/** Reads the first record, without a lock. Released with perebor_journal_fields_release(). */
PEREBOR_MUST_CHECK perebor_status perebor_journal_fields_read(perebor_journal_fields *fields,
                                                              const char *path,
                                                              perebor_error *error);

void perebor_journal_fields_release(perebor_journal_fields *fields);

/** The text of the field of that name; NULL if there is none. */
const char *perebor_journal_fields_find(const perebor_journal_fields *fields, const char *name);

/**
 * Shows the trials of a journal that may be in use one at a time, in the order in which they were
 * written, whatever their numbers are. Takes no more memory than the file is long.
 *
 * @param[in]  visit  Gets a table of one trial, without a point, which is the journal's.
 * @param[out] replay n_trials counts records; n_outside stays 0.
 */
PEREBOR_MUST_CHECK perebor_status perebor_journal_visit(
    const char *path, const char *const *metrics, size_t n_metrics,
    perebor_status (*visit)(void *context, const perebor_trials *one, perebor_error *error),
    void *context, perebor_journal_replay *replay, perebor_error *error);

/**
 * Takes the trials of a journal that may be in use into a table, changing nothing and without a
 * lock; as perebor_journal_resume() otherwise.
 *
 * @param[in] fields  NULL to take any journal.
 */
PEREBOR_MUST_CHECK perebor_status perebor_journal_replay_read(
    const char *path, const perebor_journal_field *fields, size_t n_fields, perebor_trials *trials,
    perebor_journal_replay *replay, perebor_error *error);

#endif
