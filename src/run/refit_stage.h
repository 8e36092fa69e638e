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

#include "h5/file_tree.h"
#include "perebor/fitted_pipeline.h"
#include "perebor/result_file.h"
#include "perebor/status.h"
#include "run/calibration_word.h"
#include "run/ensemble_stage.h"
#include "run/study.h"
#include "trial/refit.h"

/** What was decided of it. */
typedef struct refit_choice {
    const char *rule; /**< How the trial was chosen: "best". */
    calibration_word calibrate;
} refit_choice;

/**
 * Refits a trial and puts the stages /model and /test into the result in memory.
 *
 * /model is a fitted pipeline (perebor_fitted_pipeline_load() reads it), calibrated as was chosen,
 * and beside it: which trial and why, its scores, out-of-fold scores and probabilities of the
 * training rows, and how the columns were distributed there.
 *
 * @param[in]  study   Of the result's experiment.
 * @param[in]  row     Of result->trials.
 * @param[out] refit   Released with perebor_refit_release().
 */
PEREBOR_MUST_CHECK perebor_status refit_stage_make(const perebor_study *study,
                                                   perebor_result *result, size_t row,
                                                   const refit_choice *choice, perebor_refit *refit,
                                                   perebor_error *error);

/**
 * Refits the trials of /ensemble, which vote, and puts the stages /model and /test into the result
 * in memory: as refit_stage_make() does, but that /model names no trial. Members are calibrated as
 * they were when the ensemble was chosen.
 *
 * @param[in]  members  Of the result's current /ensemble.
 * @param[out] refit    Released with perebor_refit_release().
 */
PEREBOR_MUST_CHECK perebor_status refit_stage_make_ensemble(const perebor_study *study,
                                                            perebor_result *result,
                                                            const ensemble *members,
                                                            perebor_refit *refit,
                                                            perebor_error *error);

/**
 * Remembers in the stage /test of the result in memory that a refitted trial was scored on the test
 * part, if there is one.
 */
PEREBOR_MUST_CHECK perebor_status refit_note_look(perebor_result *result, size_t row,
                                                  const perebor_refit *refit, perebor_error *error);

/**
 * The pipeline of a current /model.
 *
 * @param[out] pipeline  Freed with perebor_fitted_pipeline_free().
 * @param[out] model     The group, with what else it has.
 * @param[in]  file      What to call the result in messages.
 *
 * @retval PEREBOR_ERR_CONFLICT  There is no model, or it is not of the search as it is.
 * @retval PEREBOR_ERR_FORMAT    The group is not a fitted pipeline.
 */
PEREBOR_MUST_CHECK perebor_status refit_stage_load(perebor_fitted_pipeline **pipeline,
                                                   const h5_node **model,
                                                   const perebor_result *result, const char *file,
                                                   perebor_error *error);

/** The number of the trial that a /model was fitted of. @retval PEREBOR_ERR_FORMAT  It has none. */
PEREBOR_MUST_CHECK perebor_status refit_stage_trial(const h5_node *model, const char *file,
                                                    uint64_t *trial, perebor_error *error);

/**
 * How refit makes probabilities of its models: also of those of the folds, whose probabilities
 * /model/out_of_fold has. Where it chooses (auto), each model has what is best for it.
 *
 * @retval PEREBOR_ERR_FORMAT  A method of another version.
 */
PEREBOR_MUST_CHECK perebor_status refit_stage_method(const h5_node *model, const char *file,
                                                     const perebor_learner *learner,
                                                     perebor_calibration_method *method,
                                                     perebor_error *error);

#endif
