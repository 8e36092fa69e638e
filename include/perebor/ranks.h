// SPDX-License-Identifier: MIT
/**
 * @file ranks.h
 * The MPI ranks of this run: starting and ending them, and what they agree on before work starts.
 *
 * Everything here but perebor_ranks_close() is collective: every rank calls it, in the same order,
 * from its main thread, before the first job. A failure is the same failure on every rank, with the
 * same message; rank 0 prints it, all exit alike.
 */
#ifndef PEREBOR_RANKS_H
#define PEREBOR_RANKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

typedef struct perebor_channel perebor_channel;

PEREBOR_BEGIN_DECLS

/** The ranks, as seen from one of them. */
typedef struct perebor_ranks {
    int rank, size;           /**< In the whole run. */
    int node, n_nodes;        /**< Which node this rank is on; nodes in order of lowest rank. */
    int node_rank, node_size; /**< Among the ranks of this node. */
    char host[64];            /**< Name of the node. */
    perebor_channel *channel; /**< Private to the room. */
} perebor_ranks;

/**
 * Starts MPI.
 *
 * @param[out] ranks  Closed with perebor_ranks_close().
 *
 * @retval PEREBOR_ERR_CONFLICT  The launcher started several tasks, but each is a world of its own
 *                               (srun without --mpi=pmi2, another MPI's mpirun). Nothing has been
 *                               written anywhere. Every task returns this; *ranks is NULL.
 */
PEREBOR_MUST_CHECK perebor_status perebor_ranks_open(perebor_ranks **ranks, perebor_error *error);

/** Whether a launcher started this process as one of several: for what needs no MPI alone. */
bool perebor_ranks_launched(void);

/** Name and version of the MPI library. Needs no open ranks. */
const char *perebor_ranks_library(void);

/**
 * Until the first job begins, SIGTERM, SIGINT and SIGUSR1 end this process with @p exit_code, and
 * with it every rank, within a second: tables that are being read and plans that are being made are
 * in nobody's hands yet. A line on standard error says so. From then on see perebor_job_run().
 */
void perebor_ranks_await_stop(int exit_code);

/** Wall seconds since perebor_ranks_open() was called. */
double perebor_ranks_seconds(const perebor_ranks *ranks);

/**
 * Whether this process should print the error with which perebor_ranks_open() failed: true in one
 * of several worlds of one, as far as the launcher's numbering tells.
 */
bool perebor_ranks_speaks(const perebor_ranks *ranks);

/**
 * Ends MPI, in good order if every rank is known to be alive and at once otherwise.
 *
 * Rank 0 decides the exit code; the others wait for it here without spinning. If a worker was lost
 * this does not return but ends the process: MPI cannot be finalised then.
 *
 * @param[in] exit_code  Of this rank; rank 0's prevails where it can be learnt.
 * @return The exit code for main() to return.
 */
int perebor_ranks_close(perebor_ranks *ranks, int exit_code);

/**
 * Makes one rank's failure everybody's.
 *
 * @param[in]     mine   PEREBOR_OK, or how this rank failed; then @p error says why.
 * @param[in,out] error  Receives the error of the lowest rank that failed.
 * @return That rank's status, on every rank; PEREBOR_OK if none failed.
 */
PEREBOR_MUST_CHECK perebor_status perebor_ranks_agree(perebor_ranks *ranks, perebor_status mine,
                                                      perebor_error *error);

/** Copies rank 0's bytes to all ranks. @param[in,out] bytes  [size], the same size everywhere. */
PEREBOR_MUST_CHECK perebor_status perebor_ranks_broadcast(perebor_ranks *ranks, void *bytes,
                                                          size_t size, perebor_error *error);

/**
 * Copies a piece of every rank to rank 0.
 *
 * @param[in]  mine  [size]
 * @param[out] all   [ranks->size][size] on rank 0, by rank; elsewhere not touched.
 */
PEREBOR_MUST_CHECK perebor_status perebor_ranks_gather(perebor_ranks *ranks, const void *mine,
                                                       size_t size, void *all,
                                                       perebor_error *error);

/**
 * Decides how many threads this rank computes with; see threads.h.
 *
 * @param[in]  asked          0 for what was granted.
 * @param[out] n_threads      Of this rank, at least 1.
 *
 * @retval PEREBOR_ERR_ARGUMENT  Some rank of some node asked for more than there is.
 */
PEREBOR_MUST_CHECK perebor_status perebor_ranks_choose_threads(perebor_ranks *ranks, int asked,
                                                               bool oversubscribe, int *n_threads,
                                                               perebor_error *error);

/**
 * Gives every node one copy of rank 0's bytes, which its ranks read in place.
 *
 * @param[in]  bytes   [size] on rank 0, which may free them afterwards; ignored elsewhere.
 * @param[in]  size    On rank 0; ignored elsewhere.
 * @param[out] shared  At a 64-byte boundary; valid until perebor_ranks_close(). Read only.
 * @param[out] shared_size  The size, on every rank.
 *
 * @retval PEREBOR_ERR_MEMORY  Some node has no room for it.
 */
PEREBOR_MUST_CHECK perebor_status perebor_ranks_share(perebor_ranks *ranks, const void *bytes,
                                                      size_t size, const void **shared,
                                                      size_t *shared_size, perebor_error *error);

/** The MPI library that runs, such as "MPICH Version: 4.0.2". */
void perebor_ranks_mpi_version(char *text, size_t size);

PEREBOR_END_DECLS

#endif
