// SPDX-License-Identifier: MIT
/**
 * @file pace.h
 * How long main threads sleep between two looks at the channel, and what workers hold in advance:
 * what the ranks of a run and their replay on a virtual clock (replay.h) have in common.
 */
#ifndef PEREBOR_EXEC_PACE_H
#define PEREBOR_EXEC_PACE_H

#include <stdbool.h>
#include <stddef.h>

/** The pause of rank 0 at first, and of a rank that waits for units. */
#define PACE_POLL_SECONDS 1e-3

/** The least that a unit is taken to cost. */
#define PACE_LEAST_UNIT_SECONDS 1e-5

/** Between two signs of life of a worker. */
double pace_heartbeat(double lease_seconds);

/** The work, in seconds of a thread, that a worker of so many ranks holds in advance. */
double pace_reserve(size_t n_ranks);

/**
 * The next pause of rank 0: the shorter, the more the others may be waiting for.
 *
 * @param[in] pause    The one before.
 * @param[in] in_tail  Somebody waits for work that there is none of.
 * @param[in] starved  Somebody had run out of units since the last look.
 * @param[in] heard    Something came in the last look.
 */
double pace_leader(double pause, bool in_tail, bool starved, bool heard);

/** The next pause of a worker one of whose threads has nothing to do. */
double pace_hungry(double pause, bool heard);

/** The pause of a rank whose queue lasts for so many seconds: a quarter of them, time enough to
 * have it filled.
 */
double pace_calm(double lasts_seconds);

#endif
