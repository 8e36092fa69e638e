// SPDX-License-Identifier: MIT
/**
 * @file evaluate_fitted.h
 * What a fitted pipeline is worth on some rows, by the metrics of an evaluator.
 */
#ifndef PEREBOR_TRIAL_EVALUATE_FITTED_H
#define PEREBOR_TRIAL_EVALUATE_FITTED_H

#include "perebor/fitted_pipeline.h"
#include "trial/evaluator.h"

/**
 * Scores rows of the evaluator's dataset by its metrics.
 *
 * @param[in]  rows, labels  [n_rows]
 * @param      workspace     To compute in; left as it was.
 * @param[out] score    By the selecting metric; NaN without rows.
 * @param[out] further  [PEREBOR_MAX_METRICS - 1] By the others; NaN where there is none.
 *
 * @retval PEREBOR_ERR_NUMERIC  A score is not finite.
 */
PEREBOR_MUST_CHECK perebor_status evaluate_fitted_measure(
    const perebor_fitted_pipeline *pipeline, const perebor_evaluator *evaluator,
    const uint32_t *rows, const uint8_t *labels, size_t n_rows, perebor_workspace *workspace,
    double *score, double *further, perebor_error *error);

#endif
