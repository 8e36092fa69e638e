// SPDX-License-Identifier: MIT
/**
 * @file replay.h
 * A job again, on a virtual clock: the real coordinator hands out units whose seconds are known, to
 * any number of ranks, at the pace of real ones (pace.h).
 *
 * Nobody is lost and nothing fails. Rank 0's main thread takes the seconds given for what it does;
 * while it does, messages wait, and as it has no processor of its own, units of rank 0 take longer
 * by the share of its time. The same arguments give the same result.
 */
#ifndef PEREBOR_EXEC_REPLAY_H
#define PEREBOR_EXEC_REPLAY_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/** What rank 0 and the network take, in seconds. */
typedef struct replay_costs {
    double latency;   /**< From sending a message to its arrival. */
    double message;   /**< Rank 0 is busy so long for each received. */
    double result;    /**< For a unit's result, on top, */
    double member;    /**< and for each trial that it is of. */
    double own;       /**< For one of its own units. */
    double chunk;     /**< For units handed out. */
    double heartbeat; /**< For a worker's sign of life. */
} replay_costs;

/**
 * Rank 0's main thread in tests/mpi/exercise with units that take no time, and what a search
 * delivers on top (docs/performance.md); the latency is of a cluster's network.
 */
extern const replay_costs replay_usual_costs;

typedef struct replay_settings {
    size_t n_units;
    const uint32_t *order;    /**< [n_units] as in perebor_job. */
    const double *cost;       /**< [n_units] predicted, by unit. */
    const double *seconds;    /**< [n_units] that a thread takes. */
    size_t n_ranks;           /**< At least 1. */
    uint32_t n_threads;       /**< On each rank, at least 1. */
    double bytes_of_result;   /**< Above 0. */
    double members_of_result; /**< Trials in a unit, on average. */
    const replay_costs *costs;
} replay_settings;

typedef struct replay_outcome {
    double seconds;         /**< From the first unit handed out to the last result. */
    double compute_seconds; /**< All threads together. */
    double leader_seconds;  /**< That rank 0's main thread was busy. */
    size_t n_messages;      /**< That it received. */
} replay_outcome;

/** Replays a job. @retval PEREBOR_ERR_MEMORY */
PEREBOR_MUST_CHECK perebor_status replay_run(const replay_settings *settings,
                                             replay_outcome *outcome, perebor_error *error);

/**
 * Results a second that rank 0 can take at most: when messages are full, and units go out in chunks
 * as large.
 *
 * @param[in] settings  Of which only costs, bytes_of_result and members_of_result are read.
 */
double replay_most_results(const replay_settings *settings);

#endif
