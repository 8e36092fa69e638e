// SPDX-License-Identifier: MIT
/**
 * @file supervised.h
 * The ranks' side of supervisor.h: rank 0 says that it lives, how far it is, and how it ended.
 *
 * Everything here does nothing in a run that nobody supervises.
 */
#ifndef PEREBOR_LAUNCH_SUPERVISED_H
#define PEREBOR_LAUNCH_SUPERVISED_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "perebor/status.h"

/** Whether perebor_supervise() started this process. */
bool perebor_supervised(void);

/**
 * When the first start was, in seconds since 1970, if it crashed and this is a later one: what it
 * kept since then is to be continued. 0 in the first.
 */
time_t perebor_supervised_since(void);

/** Rank 0: MPI has started. */
void perebor_supervised_started(void);

/** Rank 0, a few times a second while units run: how many trials are on the disk. */
void perebor_supervised_heartbeat(uint64_t n_done);

/** Rank 0: no unit runs any more; the end may take its time. */
void perebor_supervised_finishing(void);

/** Rank 0: ends in good order, with this exit code. */
void perebor_supervised_leave(int exit_code);

#endif
