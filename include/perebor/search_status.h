// SPDX-License-Identifier: MIT
/**
 * @file search_status.h
 * The status of a search: read from its result file and its journal while it runs, after it was
 * interrupted, or when it is done. Nothing is changed and nobody is held up.
 */
#ifndef PEREBOR_SEARCH_STATUS_H
#define PEREBOR_SEARCH_STATUS_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

PEREBOR_BEGIN_DECLS

typedef enum perebor_search_state {
    PEREBOR_SEARCH_RUNNING,     /**< Some process holds the journal. */
    PEREBOR_SEARCH_INTERRUPTED, /**< There is a journal, and nobody holds it. */
    PEREBOR_SEARCH_STOPPED,     /**< The file is whole, the search is not at its end. */
    PEREBOR_SEARCH_COMPLETE,
} perebor_search_state;

/** The status of a search. Counts are of trials that are on the disk. */
typedef struct perebor_search_status {
    perebor_search_state state;
    uint64_t first_trial, n_trials; /**< Asked for; at least, where a journal was extended. */
    uint64_t n_done;                /**< COMPLETE or FAIL */
    uint64_t n_failed;
    double best_score; /**< NaN if no trial is complete. */
    uint64_t best_trial;
    double begun;          /**< Seconds since 1970, of the search; NaN if not known. */
    double newest;         /**< Begin of the newest finished trial; NaN if there is none. */
    uint64_t n_torn_bytes; /**< At the journal's end: being written, or cut off by a crash. */
} perebor_search_status;

/** "running", "interrupted", "stopped", "complete". */
const char *perebor_search_state_name(perebor_search_state state);

/**
 * Reads the status of a search. Forks (result_file.h).
 *
 * @param[in] path  Of the result file, which need not be there yet if its journal is.
 *
 * @retval PEREBOR_ERR_IO      There is neither file nor journal.
 * @retval PEREBOR_ERR_FORMAT  What is there cannot be read.
 */
PEREBOR_MUST_CHECK perebor_status perebor_search_status_read(perebor_search_status *search_status,
                                                             const char *path,
                                                             perebor_error *error);

PEREBOR_END_DECLS

#endif
