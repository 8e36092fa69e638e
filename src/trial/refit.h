// SPDX-License-Identifier: MIT
/**
 * @file refit.h
 * One candidate fitted on the whole training part and scored on both parts.
 */
#ifndef PEREBOR_TRIAL_REFIT_H
#define PEREBOR_TRIAL_REFIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/fitted_pipeline.h"
#include "perebor/learner.h"
#include "perebor/pipeline.h"
#include "perebor/status.h"
#include "trial/evaluate.h"

/** A candidate refitted on the whole training part. Released with perebor_refit_release(). */
typedef struct perebor_refit {
    double train_score, test_score; /**< By the selecting metric; test NaN without a test part. */
    perebor_further_scores further; /**< By the other metrics of the evaluator. */
    perebor_fit_report report;
    char **columns; /**< [n_columns] names of the prepared columns that it used. */
    size_t n_columns;
    perebor_fitted_pipeline *pipeline; /**< Whoever keeps it sets this to NULL and frees it. */
} perebor_refit;

/**
 * Refits a candidate on the whole training part and scores both parts.
 *
 * @param[in] method  How to make probabilities, whatever the metrics; NULL: as these ask for it.
 *
 * @retval PEREBOR_ERR_NUMERIC  A score is not finite.
 * @retval others               As perebor_fitted_pipeline_fit_calibrated_by().
 */
PEREBOR_MUST_CHECK perebor_status perebor_refit_candidate(const perebor_evaluator *evaluator,
                                                          const perebor_candidate *candidate,
                                                          const perebor_calibration_method *method,
                                                          perebor_refit *refit,
                                                          perebor_error *error);

/**
 * Refits candidates that vote, as perebor_fitted_pipeline_fit_voting() does, and scores both parts.
 * Such a refit has no columns.
 *
 * @param[in] candidates, weights  [n]
 *
 * @retval PEREBOR_ERR_NUMERIC  A score is not finite.
 * @retval others               As perebor_fitted_pipeline_fit_voting().
 */
PEREBOR_MUST_CHECK perebor_status perebor_refit_voting(const perebor_evaluator *evaluator,
                                                       const perebor_candidate *candidates,
                                                       const uint32_t *weights, size_t n,
                                                       perebor_refit *refit, perebor_error *error);

void perebor_refit_release(perebor_refit *refit);

#endif
