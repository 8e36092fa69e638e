// SPDX-License-Identifier: MIT
/**
 * @file leader.h
 * The part of rank 0 in a job.
 */
#ifndef PEREBOR_EXEC_LEADER_H
#define PEREBOR_EXEC_LEADER_H

#include "exec/job.h"

/** Coordinates, computes, delivers; the others are told how it ends. */
PEREBOR_MUST_CHECK perebor_status leader_run(perebor_ranks *ranks, const perebor_job *job,
                                             perebor_rank_timings *timings, perebor_error *error);

#endif
