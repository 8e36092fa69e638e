// SPDX-License-Identifier: MIT
/**
 * @file coordinator.h
 * Who computes what: a state machine that knows units, workers and time, and nothing of MPI.
 *
 * Events go in (a worker was heard of, a result arrived, time passed, stop), commands come out
 * (send this chunk, revoke that worker's leases, this unit is given up). No event allocates or
 * fails. The same machine is driven by messages in a run and by a virtual clock in tests/sim.
 *
 * A *lease* is one chunk of units handed to one worker; its number is new for every chunk, grows,
 * and travels with every result, so that the answer to a lease that was given away since is known
 * for what it is. A worker keeps its leases by being heard of. One that is silent too long is lost:
 * its units go back into the queue. Should it live after all, it is told to forget what it holds
 * and its *epoch* moves on; when it speaks in the new epoch it is a worker like any other.
 *
 * Messages may be late, lost, doubled or out of order: every unit is delivered or given up exactly
 * once. Worker 0 is the coordinator's own rank: it is never lost, so the work always ends.
 */
#ifndef PEREBOR_EXEC_COORDINATOR_H
#define PEREBOR_EXEC_COORDINATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/** Most units in one chunk, so that it fits a message of 4 KiB. */
enum { PEREBOR_CHUNK_MAX = 960 };

/** How a coordinator behaves. */
typedef struct perebor_coordinator_settings {
    size_t n_units;
    const uint32_t *order; /**< [n_units]; NULL: 0, 1, 2, … Borrowed while the coordinator lives. */
    const double *cost;    /**< [n_units] predicted seconds by unit; NULL: all alike. Borrowed. */
    size_t n_workers;      /**< At least 1. */
    double lease_seconds;   /**< A worker silent for so long is lost. */
    double reserve_seconds; /**< Work, in seconds of a thread, that a worker holds in advance. */
    int attempts;           /**< A unit whose worker is lost so often is given up. */
    double unit_overhead_seconds; /**< Least time a unit is taken to cost. */
} perebor_coordinator_settings;

/** What a worker says of itself, a few times a second and when it has nothing to do. */
typedef struct perebor_heartbeat {
    uint32_t epoch;
    uint32_t n_threads;    /**< That can compute; 0: it is given nothing. */
    uint64_t oldest_lease; /**< The oldest it holds units of; UINT64_MAX if it holds none. */
    uint64_t newest_lease; /**< It ever received; 0 if none. */
    uint32_t stopped;      /**< 1: it was told to stop, and begins nothing more. */
    uint32_t reserved;
} perebor_heartbeat;

typedef enum perebor_command_kind {
    PEREBOR_COMMAND_NONE = 0,    /**< Nothing to do until the next event. */
    PEREBOR_COMMAND_CHUNK = 1,   /**< Send `units` to `worker` under `lease`. */
    PEREBOR_COMMAND_REVOKE = 2,  /**< Tell `worker` to forget all it holds and to enter `epoch`. */
    PEREBOR_COMMAND_STOP = 3,    /**< Tell `worker` to begin nothing more. */
    PEREBOR_COMMAND_GIVE_UP = 4, /**< units[0] is given up; `failed_here` tells why. */
} perebor_command_kind;

typedef struct perebor_command {
    perebor_command_kind kind;
    uint32_t worker;
    uint32_t epoch;
    uint64_t lease;
    const uint32_t *units; /**< [n_units], borrowed until the next call. */
    size_t n_units;
    bool
        failed_here; /**< GIVE_UP: the last attempt ended where it ran; else its worker was lost. */
} perebor_command;

typedef struct perebor_coordinator_counts {
    size_t n_delivered, n_given_up, n_leased;
    size_t n_active;  /**< Workers that hold a lease or may be given one. */
    size_t n_threads; /**< Threads of these workers. */
    size_t n_lost;    /**< Workers that were active and are silent. */
    size_t n_retries; /**< Leases that came back without a result. */
    size_t n_starved; /**< Times that a worker had run out of units when it was given more. */
    size_t n_fenced;  /**< Answers to leases that were given away since, or doubled. */
} perebor_coordinator_counts;

typedef struct perebor_coordinator perebor_coordinator;

/** Makes a coordinator at time @p now. Freed with perebor_coordinator_free(). */
PEREBOR_MUST_CHECK perebor_status perebor_coordinator_create(
    perebor_coordinator **coordinator, const perebor_coordinator_settings *settings, double now,
    perebor_error *error);

void perebor_coordinator_free(perebor_coordinator *coordinator);

/** A worker was heard of. The first time it joins. */
void perebor_coordinator_heartbeat(perebor_coordinator *coordinator, double now, uint32_t worker,
                                   const perebor_heartbeat *heartbeat);

/**
 * A result arrived.
 *
 * @param[in] seconds  The unit took; teaches the coordinator what a predicted second is.
 * @return Whether to deliver it; false: fenced.
 */
bool perebor_coordinator_result(perebor_coordinator *coordinator, double now, uint32_t worker,
                                uint64_t lease, uint32_t unit, double seconds);

/** A worker could not try a unit. The unit is tried elsewhere, or given up. */
void perebor_coordinator_refused(perebor_coordinator *coordinator, double now, uint32_t worker,
                                 uint64_t lease, uint32_t unit);

/** A unit hangs at a worker, and would hang anywhere: it is given up at once. */
void perebor_coordinator_overdue(perebor_coordinator *coordinator, double now, uint32_t worker,
                                 uint64_t lease, uint32_t unit);

/** A worker is known to be dead or leaving: its units go back now. */
void perebor_coordinator_lost(perebor_coordinator *coordinator, double now, uint32_t worker);

/** Time passed. To be called several times in lease_seconds. */
void perebor_coordinator_time(perebor_coordinator *coordinator, double now);

/** Nothing more is to be handed out. */
void perebor_coordinator_stop(perebor_coordinator *coordinator);

/** The next command; to be asked after every event until it is PEREBOR_COMMAND_NONE. */
void perebor_coordinator_next(perebor_coordinator *coordinator, double now,
                              perebor_command *command);

/** Whether nothing is left to wait for: all delivered or given up, or stopped and drained. */
bool perebor_coordinator_finished(const perebor_coordinator *coordinator);

/** Whether someone waits for work that there is none of: the tail of a job. */
bool perebor_coordinator_in_tail(const perebor_coordinator *coordinator);

/** Copies the counts as they are now. */
void perebor_coordinator_count(const perebor_coordinator *coordinator,
                               perebor_coordinator_counts *counts);

#endif
