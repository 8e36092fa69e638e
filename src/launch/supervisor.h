// SPDX-License-Identifier: MIT
/**
 * @file supervisor.h
 * Starting the ranks from outside, and starting them again if they crash.
 *
 * The death of a worker is survived from within (shim.h). That of rank 0, of the launcher, or of
 * anyone while MPI starts is not: it takes a process that is no part of the run.
 * perebor_supervise() starts mpiexec, watches over rank 0's signs of life (supervised.h), and where
 * they end without an exit code kills what is left, removes the shared memory that it leaked, and
 * starts again to continue what the journal holds.
 */
#ifndef PEREBOR_LAUNCH_SUPERVISOR_H
#define PEREBOR_LAUNCH_SUPERVISOR_H

#include "perebor/status.h"

/** What to start. */
typedef struct perebor_supervisor_options {
    int n_ranks;
    char *const *arguments; /**< What the program gets after its name; ended by NULL. */
    double
        start_seconds; /**< Until MPI must have started; 0: as perebor_shim_start_seconds() says. */
    double silence_seconds; /**< Without a sign of life while units run; 0: 120 s. */
    int max_restarts;       /**< In a row, none of which added a trial; 0: 5. */
} perebor_supervisor_options;

/**
 * Runs this program on ranks until it ends in good order. SIGTERM, SIGUSR1 and SIGINT ask it to
 * stop; a second SIGINT ends it at once.
 *
 * @param[out] exit_code  Rank 0's.
 *
 * @retval PEREBOR_ERR_IO  mpiexec cannot be started, or the ranks crashed too often; the message
 *         says how.
 */
PEREBOR_MUST_CHECK perebor_status perebor_supervise(const perebor_supervisor_options *options,
                                                    int *exit_code, perebor_error *error);

#endif
