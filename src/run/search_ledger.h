// SPDX-License-Identifier: MIT
/**
 * @file search_ledger.h
 * Where the time of a search went, read back from the history of its result file, which record.c
 * and rank_timings.c write.
 */
#ifndef PEREBOR_RUN_SEARCH_LEDGER_H
#define PEREBOR_RUN_SEARCH_LEDGER_H

#include <stddef.h>

/** Sums over the starts that have ended; those that were killed say nothing. */
typedef struct search_ledger {
    size_t n_ended;                    /**< 0: the rest is 0 too. */
    double compute_seconds;            /**< Threads were in units so long, all starts together. */
    double fit_seconds, score_seconds; /**< CPU time in them, */
    double other_seconds;              /**< and of it what preparing and metrics took. */
    int n_ranks;                       /**< The last start that has ended had so many, */
    int n_threads;                     /**< so many threads on its rank 0, */
    double start_seconds, job_seconds, end_seconds; /**< and where the time of rank 0 went. */
} search_ledger;

/** @param[in] history  As in perebor_result; lines that it does not know are passed over. */
search_ledger search_ledger_read(const char *history);

#endif
