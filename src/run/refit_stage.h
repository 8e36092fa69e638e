// SPDX-License-Identifier: MIT
/**
 * @file refit_stage.h
 * A chosen trial refitted on the whole training part: the stage /model of a result file.
 */
#ifndef PEREBOR_RUN_REFIT_STAGE_H
#define PEREBOR_RUN_REFIT_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/result_file.h"
#include "perebor/status.h"
#include "run/study.h"
#include "trial/refit.h"

/**
 * Refits a trial and puts the stages /model and /test into the result in memory.
 *
 * /model is a fitted pipeline (perebor_fitted_pipeline_load() reads it), with margins calibrated,
 * and beside it: which trial and why, its scores, out-of-fold scores and probabilities of the
 * training rows, and how the columns were distributed there.
 *
 * @param[in]  study   Of the result's experiment.
 * @param[in]  row     Of result->trials.
 * @param[in]  rule    How it was chosen: "best".
 * @param[out] refit   Released with perebor_refit_release().
 */
PEREBOR_MUST_CHECK perebor_status refit_stage_make(const perebor_study *study,
                                                   perebor_result *result, size_t row,
                                                   const char *rule, perebor_refit *refit,
                                                   perebor_error *error);

#endif
