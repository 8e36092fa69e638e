// SPDX-License-Identifier: MIT
/**
 * @file standing.h
 * How a search stands: read from its result file and its journal while it runs, after it was
 * interrupted, or when it is done. Nothing is changed and nobody is held up.
 */
#ifndef PEREBOR_STANDING_H
#define PEREBOR_STANDING_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

PEREBOR_BEGIN_DECLS

typedef enum perebor_standing_state {
    PEREBOR_STANDING_RUNNING,     /**< Some process holds the journal. */
    PEREBOR_STANDING_INTERRUPTED, /**< There is a journal, and nobody holds it. */
    PEREBOR_STANDING_STOPPED,     /**< The file is whole, the search is not at its end. */
    PEREBOR_STANDING_COMPLETE,
} perebor_standing_state;

/** How a search stands. Counts are of trials that are on the disk. */
typedef struct perebor_standing {
    perebor_standing_state state;
    uint64_t first_trial, n_trials; /**< Asked for; at least, where a journal was extended. */
    uint64_t n_done;                /**< COMPLETE or FAIL */
    uint64_t n_failed;
    double best_score; /**< NaN if no trial is complete. */
    uint64_t best_trial;
    double begun;          /**< Seconds since 1970, of the search; NaN if not known. */
    double newest;         /**< Begin of the newest finished trial; NaN if there is none. */
    uint64_t n_torn_bytes; /**< At the journal's end: being written, or cut off by a crash. */
} perebor_standing;

/** "running", "interrupted", "stopped", "complete". */
const char *perebor_standing_state_name(perebor_standing_state state);

/**
 * Reads how a search stands. Forks (result_file.h).
 *
 * @param[in] path  Of the result file, which need not be there yet if its journal is.
 *
 * @retval PEREBOR_ERR_IO      There is neither file nor journal.
 * @retval PEREBOR_ERR_FORMAT  What is there cannot be read.
 */
PEREBOR_MUST_CHECK perebor_status perebor_standing_read(perebor_standing *standing,
                                                        const char *path, perebor_error *error);

PEREBOR_END_DECLS

#endif
