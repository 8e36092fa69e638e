// SPDX-License-Identifier: MIT
/**
 * @file job.h
 * Running a function of an index on every thread of every rank.
 *
 * A job is n_units units of work, numbered from 0. Any unit may run anywhere, in any order, and
 * more than once if a rank is lost; its result is delivered on rank 0 exactly once. What a unit is
 * and what its bytes mean is the caller's business.
 *
 * On every rank the main thread speaks MPI and sleeps in between, and a team of OpenMP threads
 * computes. Rank 0 computes as well. A worker holds its next units before it ends the present ones.
 */
#ifndef PEREBOR_EXEC_JOB_H
#define PEREBOR_EXEC_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/ranks.h"
#include "perebor/status.h"

/** The bytes of one result, growing as they are appended. */
typedef struct perebor_unit_result {
    uint8_t *bytes;
    size_t size, capacity;
} perebor_unit_result;

/** Appends to a result. */
PEREBOR_MUST_CHECK perebor_status perebor_unit_result_append(perebor_unit_result *result,
                                                             const void *bytes, size_t size,
                                                             perebor_error *error);

/** How the reason begins with which a unit that ran out of time is given up. */
#define JOB_OUT_OF_TIME "it ran for more than "

/** How far a job is, on rank 0. */
typedef struct perebor_job_progress {
    size_t n_units;
    size_t n_delivered;
    size_t n_failed;
    int n_ranks;            /**< That work now. */
    int n_ranks_lost;       /**< That worked once and do no longer. */
    double elapsed_seconds; /**< Since the job began. */
    size_t n_running;       /**< Units that threads are at, about. */
    bool stopping;          /**< Nothing is handed out any more. */
} perebor_job_progress;

/**
 * Where one rank's time went, in seconds. compute + wait is the wall time of its team, times its
 * threads; protocol is its main thread's time awake, beside them.
 */
typedef struct perebor_rank_timings {
    double wall, compute, wait, protocol;
    double start;      /**< From perebor_ranks_open() to the job. */
    uint64_t n_units;  /**< Computed here. */
    int32_t n_threads; /**< 0: this rank was lost, or said nothing at the end. */
    int32_t reserved;
} perebor_rank_timings;

/** A job. What only rank 0 reads may be empty on the others. */
typedef struct perebor_job {
    size_t n_units;        /**< Rank 0; below 2^32. */
    const uint32_t *order; /**< Rank 0: [n_units] units as to be handed out; NULL: 0, 1, 2, … */
    const double *cost;    /**< Rank 0: [n_units] by unit, predicted seconds (ratios matter);
                                NULL: all alike. */
    int n_threads;         /**< Threads of this rank, at least 1. */
    double lease_seconds;  /**< A worker silent for so long is lost; 0: 10 seconds. */
    double unit_seconds;   /**< A unit that runs longer is given up and told to end
                                (base/deadline.h); its thread goes on with the next when it has.
                                0: no limit. */
    double stop_seconds;   /**< Units that run when the job is stopped have so long to end; then
                                they are told to, and count as not begun. 0: a third of a second. */
    void *context;

    /**
     * Computes a unit. Called on all ranks by up to n_threads threads at once.
     *
     * @param[in]  thread  In [0, n_threads): no two calls at one time have the same.
     * @param[out] result  Empty; receives the bytes to deliver.
     * @return Failure means that the unit could not be tried here (no memory, say), not that what
     *         it tried came to nothing: it is tried elsewhere, three times in all.
     */
    perebor_status (*execute)(void *context, uint32_t unit, int thread, perebor_unit_result *result,
                              perebor_error *error);

    /**
     * Receives a result: rank 0, main thread, once for each unit. Failure ends the job with it.
     *
     * @param[in] rank  Where it was computed.
     */
    perebor_status (*deliver)(void *context, uint32_t unit, const void *bytes, size_t size,
                              int rank, perebor_error *error);

    /**
     * Learns that a unit was given up: rank 0, main thread, instead of deliver.
     *
     * @param[in] rank     Of the last attempt; -1: the ranks that computed it were lost.
     * @param[in] seconds  That the last attempt ran, if it ran for too long; else 0.
     * @param[in] reason  One line: the last attempt's error, or that the ranks running it died.
     */
    perebor_status (*give_up)(void *context, uint32_t unit, int rank, double seconds,
                              const char *reason, perebor_error *error);

    /**
     * Called on rank 0's main thread, about five times a second and after batches of deliveries;
     * may be NULL.
     *
     * @param[out] stop  Set to true to hand out nothing more.
     */
    perebor_status (*tick)(void *context, const perebor_job_progress *progress, bool *stop,
                           perebor_error *error);
} perebor_job;

/**
 * Runs a job. Called by all ranks, each with its own job.
 *
 * SIGTERM, SIGINT and SIGUSR1 at any rank stop it: nothing more is handed out, units that end
 * within stop_seconds are delivered, and the others are neither delivered nor given up. A rank that
 * does not answer to the stop is not waited for. A second SIGINT ends the process at once.
 *
 * A thread that does not end a unit that was given up cannot be ended. If one still does at the end
 * of the job, its context must stay as it is, and perebor_ranks_close() ends the process without
 * unwinding it.
 *
 * @param[out] timings  [size] on rank 0, where time went on every rank; may be NULL.
 *
 * @retval PEREBOR_ERR_STOPPED  Stopped before the end, on request. The same on every rank.
 * @retval PEREBOR_ERR_NUMERIC  Every thread of every rank hangs.
 * @return On rank 0, what deliver, give_up or tick failed with; the other ranks return the same
 *         status.
 */
PEREBOR_MUST_CHECK perebor_status perebor_job_run(perebor_ranks *ranks, const perebor_job *job,
                                                  perebor_rank_timings *timings,
                                                  perebor_error *error);

/**
 * Begins to take a stop (SIGTERM, SIGINT, SIGUSR1) as one of the job that comes next, which
 * perebor_job_run() does at the latest: until then one ends the process at once, if
 * perebor_ranks_await_stop() was called.
 */
void perebor_job_listen(void);

/** Whether a thread of this rank was left behind in a unit that hangs: the context of its job, and
 * all that it leads to, must then stay as they are. */
bool perebor_job_hangs(const perebor_ranks *ranks);

#endif
