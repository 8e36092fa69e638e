// SPDX-License-Identifier: MIT
/**
 * @file assess_tree.h
 * An assessment as the group /predictions of a result file.
 */
#ifndef PEREBOR_RUN_ASSESS_TREE_H
#define PEREBOR_RUN_ASSESS_TREE_H

#include "perebor/result_file.h"
#include "perebor/status.h"
#include "run/assess_stage.h"
#include "run/study.h"

/** Scores by row. Borrows everything. */
typedef struct assess_arrays {
    const perebor_study *study;
    const double *const *scores; /**< [n_trials] of [n_repeats][n_rows] */
    const double *probability;   /**< [n_rows] of the best trial */
} assess_arrays;

/** Puts the stage into a result in memory. */
PEREBOR_MUST_CHECK perebor_status assess_put(perebor_result *result, const assessment *assessment,
                                             const assess_arrays *arrays,
                                             const assess_options *options, perebor_error *error);

#endif
