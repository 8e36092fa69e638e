// SPDX-License-Identifier: MIT
/**
 * @file record.h
 * What a search leaves behind: where the result file goes, and what it says.
 */
#ifndef PEREBOR_RUN_RECORD_H
#define PEREBOR_RUN_RECORD_H

#include <stdbool.h>

#include "exec/job.h"
#include "perebor/experiment.h"
#include "perebor/ranks.h"
#include "perebor/result_file.h"
#include "perebor/status.h"
#include "perebor/trials.h"
#include "run/rank_timings.h"
#include "run/study.h"
#include "trial/evaluate.h"
#include "trial/plan.h"

/** Where a rank is; travels as it lies in memory. */
typedef struct record_node {
    char host[64];
    char cpu[96];
    int32_t n_threads; /**< Threads of the rank. */
    int32_t reserved;  /**< 0 */
} record_node;

/** Everything that the record of a search is made of. Borrows all of it. */
typedef struct record_facts {
    const perebor_study *study;
    const perebor_plan *plan;
    perebor_trials *trials;
    const perebor_ranks *ranks;
    const perebor_rank_timings *timings; /**< [ranks->size] */
    const perebor_stage_seconds *stages; /**< [ranks->size] CPU time of evaluation. */
    const record_node *nodes;            /**< [ranks->size] */
    rank_timings_end end;
    const char *command_line;
    double begun; /**< Seconds since 1970, UTC. */
    perebor_result_status status;
    const char *run_uuid;
    const perebor_result *previous; /**< The file that is continued, or NULL. */
} record_facts;

/** Makes the folder "results" of the working folder if @p output is to lie there. */
PEREBOR_MUST_CHECK perebor_status record_make_folder(const char *output, perebor_error *error);

/**
 * Decides where the result file goes and makes sure, before anything is computed, that it can.
 *
 * @param[in]  asked   From the command line, or NULL: as the experiment says, or
 *                     results/<name>.h5.
 * @param[out] output  Freed by the caller.
 *
 * A symbolic link is followed: the file that it leads to is written, and its journal lies there.
 *
 * @retval PEREBOR_ERR_CONFLICT  The file, or the journal of a search into it, exists and may
 *         neither be replaced nor continued; or the search reads it.
 * @retval PEREBOR_ERR_IO        Its folder does not exist or cannot be written to. That "results"
 * in the working folder does not exist is right: record_make_folder() makes it.
 */
PEREBOR_MUST_CHECK perebor_status record_choose_output(const perebor_experiment *experiment,
                                                       const char *asked, bool overwrite,
                                                       bool resume, char **output,
                                                       perebor_error *error);

/** Writes the result file. @param[in,out] expected  As in perebor_result_replace(). */
PEREBOR_MUST_CHECK perebor_status record_write(const record_facts *facts, const char *path,
                                               perebor_file_identity *expected,
                                               perebor_error *error);

#endif
