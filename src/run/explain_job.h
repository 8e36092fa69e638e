// SPDX-License-Identifier: MIT
/**
 * @file explain_job.h
 * Parts of an explanation (explain/explain_part.h) on every thread of every rank, as one job.
 */
#ifndef PEREBOR_RUN_EXPLAIN_JOB_H
#define PEREBOR_RUN_EXPLAIN_JOB_H

#include <stddef.h>

#include "exec/job.h"
#include "explain/explain_part.h"
#include "perebor/ranks.h"
#include "perebor/status.h"

/** Hears, on rank 0 and a few times a second, how far a job is. */
typedef struct explain_watch {
    void (*hear)(void *context, const perebor_job_progress *job);
    void *context;
} explain_watch;

/** A job's tick() does this. @param[in] watch  NULL: nobody hears. */
void explain_watch_tell(const explain_watch *watch, const perebor_job_progress *job);

/**
 * Computes every unit of every part; rank 0 receives what they make. Called by all ranks with the
 * same parts, each its own.
 *
 * @param[in] watch  Or NULL.
 *
 * @retval PEREBOR_ERR_NUMERIC  A unit failed wherever it was tried.
 * @retval others               As perebor_job_run().
 */
PEREBOR_MUST_CHECK perebor_status explain_job_run(perebor_ranks *ranks, const explain_part *parts,
                                                  size_t n_parts, int n_threads,
                                                  const explain_watch *watch, perebor_error *error);

#endif
