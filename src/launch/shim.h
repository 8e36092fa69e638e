// SPDX-License-Identifier: MIT
/**
 * @file shim.h
 * A parent process for every rank, so that the death of a worker costs its work and not the job.
 *
 * MPICH's launcher, hydra, kills every rank of a node when one of its direct children dies by a
 * signal. Under hydra (and Slurm's pmi2) the program therefore forks before MPI starts: the parent
 * stays the launcher's child and only waits; the child is the rank. When the rank of a worker dies
 * by a signal, the parent tells the launcher, in the launcher's own PMI-1 words, that it has
 * finished in good order. The death of rank 0 ends the job, as it must, and so does any death
 * before all ranks are through with starting: MPI's collectives do not survive one.
 *
 * The parent passes signals on, kills a rank that has stopped turning over (SIGSTOP, a hang outside
 * the computation), and leaves nothing behind when it or the launcher is killed. If MPI does not
 * start within PEREBOR_START_SECONDS (60, and 0.05 more a rank, unless the environment says), as it
 * may when another rank dies in the midst of it, the parent says so, kills its rank, and ends with
 * a failure, which ends the job.
 */
#ifndef PEREBOR_LAUNCH_SHIM_H
#define PEREBOR_LAUNCH_SHIM_H

#include <stdbool.h>

#include "perebor/status.h"

/**
 * Forks, if the launcher calls for it. To be called by main() before MPI, OpenMP, or any thread.
 *
 * Returns in the process that is to be the rank; in the parent it never returns. Where there is
 * nothing to protect (no PMI_FD in the environment, PEREBOR_SHIM=0, or fork() fails) it returns in
 * the one process there is.
 */
void perebor_shim_start(void);

/** Whether a parent stands behind this process, so that it may die without taking the job along. */
bool perebor_shim_active(void);

/** How long MPI is given to start: PEREBOR_START_SECONDS of the environment, or the default. */
double perebor_shim_start_seconds(int n_ranks);

/** Says that MPI has started here: its deadline is over. */
void perebor_shim_started(void);

/** Says that every rank has started: from now on the death of this one can be survived. */
void perebor_shim_settle(void);

/** Says, in rank 0, that there is a journal: what ends the search now leaves it to be continued. */
void perebor_shim_begin(void);

/** Says that nothing is left to do but to end MPI: a death in it changes nothing any more. */
void perebor_shim_leave(int exit_code);

/**
 * The same of rank 0 where others may be lost: hosts that do not answer would keep the launcher
 * waiting. Under hydra the parent gives those that live a moment to leave, and then has the
 * launcher end the job, with this exit code.
 */
void perebor_shim_leave_lost(int exit_code);

/** Whether perebor_shim_settle() was called, in a process with a parent. */
bool perebor_shim_settled(void);

/**
 * Asks the parent to end the whole job with @p exit_code, because it was told to stop before there
 * was anything to stop in good order; 0 takes that back. A signal handler may call it. The parent
 * of rank 0 does so at once, others if rank 0's has not done it within a moment.
 */
void perebor_shim_stop(int exit_code);

/**
 * Says that this process is turning over. Cheap; to be called a few times a second.
 *
 * @param[in] patience_seconds  How long the parent waits for the next call before it kills this
 *                              process; 0 ends the watch. Time in which the parent itself was
 *                              stopped does not count.
 */
void perebor_shim_heartbeat(double patience_seconds);

#endif
