// SPDX-License-Identifier: MIT
/**
 * @file search_watch.h
 * A search as somebody watches it: how far it is, the best so far of every model, what ranks have
 * done, how long it will take, and what failed last.
 *
 * All of it is read from the result file and the journal, wherever these can be seen from. Ages are
 * differences of the search's own times, so that clocks need not agree.
 */
#ifndef PEREBOR_RUN_SEARCH_WATCH_H
#define PEREBOR_RUN_SEARCH_WATCH_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/search_status.h"
#include "run/search_entries.h"

enum { SEARCH_WATCH_FAILURES = 3 };

/** The finished trials of one model. */
typedef struct search_watch_model {
    const char *name; /**< "" where it is not known yet. */
    uint64_t n_done, n_failed;
    double best_score; /**< NaN if none is complete. */
    uint64_t best_trial;
} search_watch_model;

/** What one rank has delivered. */
typedef struct search_watch_rank {
    int32_t rank, n_threads;
    const char *host;
    uint64_t n_done;
    double newest; /**< Begin of its newest finished trial; NaN if not known. */
} search_watch_rank;

/** Starts as {0}; ended with search_watch_release(). */
typedef struct search_watch {
    search_entries entries;
    perebor_search_status status;
    search_watch_model *models; /**< [n_models] best first */
    size_t n_models;
    search_watch_rank *ranks; /**< [n_ranks] by number and host */
    size_t n_ranks;
    const search_entry *failures[SEARCH_WATCH_FAILURES]; /**< [n_failures] the latest first */
    size_t n_failures;
    double per_second;        /**< Trials, lately; NaN if that cannot be said. */
    double remaining_seconds; /**< At that rate; NaN likewise. */
} search_watch;

/** Reads it. Errors are those of perebor_search_status_read(). Forks. */
PEREBOR_MUST_CHECK perebor_status search_watch_read(search_watch *watch, const char *path,
                                                    perebor_error *error);

void search_watch_release(search_watch *watch);

#endif
