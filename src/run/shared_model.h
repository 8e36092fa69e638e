// SPDX-License-Identifier: MIT
/**
 * @file shared_model.h
 * The study of a result file, and the model that refit keeps in it, on every rank: rank 0 has read
 * the file and loaded the tables, the others are given both once somebody needs them.
 */
#ifndef PEREBOR_RUN_SHARED_MODEL_H
#define PEREBOR_RUN_SHARED_MODEL_H

#include <stdbool.h>

#include "h5/file_tree.h"
#include "perebor/fitted_pipeline.h"
#include "perebor/ranks.h"
#include "perebor/result_file.h"
#include "perebor/status.h"
#include "run/study.h"

/** Starts as {0}, on rank 0 as {.study = …}, which stays the caller's. */
typedef struct shared_model {
    perebor_study *study;
    perebor_fitted_pipeline *pipeline;
    bool is_shared;
} shared_model;

/**
 * Rank 0: loads the pipeline of a file, unless that has been done.
 *
 * @param[out] model  /model
 * @retval others     As refit_stage_load().
 */
PEREBOR_MUST_CHECK perebor_status shared_model_load(shared_model *shared, const h5_node **model,
                                                    const perebor_result *result, const char *file,
                                                    perebor_error *error);

/** Gives both to all ranks, unless that has been done. Called by all of them; they agree on how it
 * ended. */
PEREBOR_MUST_CHECK perebor_status shared_model_share(shared_model *shared, perebor_ranks *ranks,
                                                     perebor_error *error);

/** Frees what is not the caller's; where a thread hangs in a unit that uses it (exec/job.h)
 * nothing.
 */
void shared_model_release(shared_model *shared, const perebor_ranks *ranks);

#endif
