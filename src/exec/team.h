// SPDX-License-Identifier: MIT
/**
 * @file team.h
 * The computing threads of one rank: an OpenMP team that takes units from a queue.
 *
 * The team lives beside the main thread, which fills the queue and empties the outbox and is never
 * waited for. All functions but the team's own are for that one thread.
 */
#ifndef PEREBOR_EXEC_TEAM_H
#define PEREBOR_EXEC_TEAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exec/job.h"
#include "perebor/status.h"

/** So long after it was told to end what it computes, a thread is taken to hang for good. */
#define TEAM_HANG_SECONDS 2.0

/** What precedes the bytes of a result in the outbox. */
typedef struct team_outcome {
    uint64_t lease;
    double seconds; /**< It took. */
    uint32_t unit;
    uint32_t size;    /**< Bytes that follow, padded to 8; of the message if refused. */
    uint32_t refused; /**< 1: could not be tried; the bytes are the reason. */
    uint32_t reserved;
} team_outcome;

/** Outcomes, one after another. */
typedef struct team_outbox {
    uint8_t *bytes;
    size_t size, capacity;
} team_outbox;

typedef struct thread_team thread_team;

/** Starts a team of job->n_threads. Stopped and freed with team_free(). */
PEREBOR_MUST_CHECK perebor_status team_create(thread_team **thread_team, const perebor_job *job,
                                              perebor_error *error);

/**
 * Lets the threads end the units they are at, drops the rest, and frees the team; or, if a thread
 * hangs, leaves all of it behind.
 *
 * @return Whether it was left behind.
 */
bool team_free(thread_team *team);

/** Appends units to the queue. */
PEREBOR_MUST_CHECK perebor_status team_push(thread_team *team, uint64_t lease,
                                            const uint32_t *units, size_t n_units,
                                            perebor_error *error);

/** Forgets the units that no thread has begun. */
void team_drop_queue(thread_team *team);

/**
 * Swaps the outbox for the given one, which is emptied first.
 *
 * @retval PEREBOR_ERR_MEMORY  A result did not fit into memory and is gone.
 */
PEREBOR_MUST_CHECK perebor_status team_collect(thread_team *team, team_outbox *outbox,
                                               perebor_error *error);

/** What the team is at. */
typedef struct team_state {
    size_t n_queued; /**< Units not begun. */
    size_t n_running;
    uint64_t oldest_lease; /**< The oldest of queued, running and uncollected units; UINT64_MAX if
                              none. */
    bool outbox_empty;
    int n_hanging; /**< Threads that team_abandon() wrote off and that have not come back. */
    double all_hang_seconds; /**< For so long have all of them; 0 if one does not. */
    double mean_seconds;     /**< That a unit takes; 0 before the first. */
    double longest_seconds;  /**< That the longest of the running units has been running. */
    uint64_t longest_lease;  /**< The lease of that unit. */
    uint32_t longest_unit;
} team_state;

void team_look(thread_team *team, team_state *state);

/**
 * Tells the thread that runs the unit to end it (base/deadline.h), and writes it off until it has:
 * its outcome, should it ever come, is dropped.
 */
void team_abandon(thread_team *team, uint64_t lease, uint32_t unit);

/** Does so to every unit that runs. */
void team_abandon_all(thread_team *team);

/** Sleeps until a thread has nothing to do, or the time is up. */
void team_wait(thread_team *team, double seconds);

/** Adds the team's times since its start: compute, wait, n_units, n_threads. */
void team_account(thread_team *team, perebor_rank_timings *timings);

#endif
