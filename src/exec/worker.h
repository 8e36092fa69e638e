// SPDX-License-Identifier: MIT
/**
 * @file worker.h
 * The part of every rank but rank 0 in a job.
 */
#ifndef PEREBOR_EXEC_WORKER_H
#define PEREBOR_EXEC_WORKER_H

#include "exec/job.h"

/** Computes what rank 0 sends, until it says that the job is over. */
PEREBOR_MUST_CHECK perebor_status worker_run(perebor_ranks *ranks, const perebor_job *job,
                                             perebor_error *error);

#endif
