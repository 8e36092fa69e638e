// SPDX-License-Identifier: MIT
/**
 * @file out_of_fold.h
 * What a candidate says of rows that it was not fitted on.
 */
#ifndef PEREBOR_TRIAL_OUT_OF_FOLD_H
#define PEREBOR_TRIAL_OUT_OF_FOLD_H

#include <stddef.h>

#include "perebor/calibration.h"
#include "perebor/pipeline.h"
#include "perebor/status.h"
#include "trial/evaluate.h"

/**
 * Fits a candidate on some folds and scores the validation rows of each: of the folds of one
 * repeat, every row of the training part once.
 *
 * @param[in]  first_fold, n_folds  Which folds of the evaluator.
 * @param[in]  method         How probabilities are made; read where they are wanted.
 * @param[out] scores         [n_rows of the dataset] as they were given by the fold's model.
 * @param[out] probabilities  [n_rows] of the positive class; NULL: not wanted, and margins are not
 *                            calibrated.
 *
 * Rows that validate in none of these folds are left alone.
 *
 * @retval others  As perebor_fitted_pipeline_fit_unsaved() and perebor_fitted_pipeline_score().
 */
PEREBOR_MUST_CHECK perebor_status out_of_fold(const perebor_evaluator *evaluator,
                                              const perebor_candidate *candidate, size_t first_fold,
                                              size_t n_folds, perebor_calibration_method method,
                                              double *scores, double *probabilities,
                                              perebor_error *error);

#endif
