// SPDX-License-Identifier: MIT
/**
 * @file rank_timings.h
 * Where the time of one rank went, in words, from its start to the record.
 *
 * Three stretches of wall time follow each other: the start (MPI, the tables, the plan), the job,
 * and what rank 0 does after it. The job's time, once for each thread, is divided into stages of
 * evaluation in CPU time, what else units took ("other": their results, and time that the machine
 * gave to somebody else), and waiting. Main threads speak MPI and write beside all that.
 */
#ifndef PEREBOR_RUN_RANK_TIMINGS_H
#define PEREBOR_RUN_RANK_TIMINGS_H

#include <stddef.h>

#include "exec/job.h"
#include "trial/evaluate.h"

/** Wall seconds that only rank 0 has. */
typedef struct rank_timings_end {
    double end;     /**< From the end of the job to the record. */
    double whole;   /**< From perebor_ranks_open() to the record, by a clock of its own. */
    double writing; /**< What the main thread spent on journal and file so far. */
} rank_timings_end;

enum { RANK_TIMINGS_SIZE = 320 };

/**
 * Writes the line of a rank, such as
 *
 *     rank 0: start 0.041 + job 2.020 + end 0.003 = 2.064; threads 2 x job: prepare 0.052 + fit ...
 *
 * @param[in] stages  CPU seconds of the units computed there.
 * @param[in] end     NULL for other ranks than 0.
 */
void rank_timings_write(char text[RANK_TIMINGS_SIZE], int rank, const perebor_rank_timings *timings,
                        const perebor_stage_seconds *stages, const rank_timings_end *end);

#endif
