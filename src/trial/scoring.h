// SPDX-License-Identifier: MIT
/**
 * @file scoring.h
 * From the scores that a model gives some rows to what the metrics of a search make of them.
 *
 * In two steps, so that others may look at the predictions between them: scoring_predict() makes
 * of scores the probabilities and classes that the metrics ask for, scoring_measure() the numbers.
 */
#ifndef PEREBOR_TRIAL_SCORING_H
#define PEREBOR_TRIAL_SCORING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/calibration.h"
#include "perebor/learner.h"
#include "perebor/metric.h"
#include "perebor/status.h"
#include "perebor/workspace.h"

/** Rows of one part with their labels and the scores that a model gave them. Borrowed. */
typedef struct scored_part {
    const uint8_t *labels; /**< [n_rows] */
    const double *scores;  /**< [n_rows], finite. */
    size_t n_rows;
} scored_part;

/** Whether every score is a finite number. */
bool scoring_all_finite(const double *scores, size_t n);

/**
 * Makes of scores what the metrics need.
 *
 * @param[in]  calibration  Looked at only if a metric needs probabilities.
 * @param      workspace    Holds what was made.
 * @param[out] predictions  Borrows the part.
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status
scoring_predict(perebor_predictions *predictions, const perebor_metric_list *metrics,
                const perebor_learner *learner, const perebor_calibration *calibration,
                const scored_part *part, perebor_workspace *workspace, perebor_error *error);

/**
 * Scores predictions by every metric.
 *
 * @param[out] values  [metrics->n] NaN where a class is absent that the metric needs, or if memory
 *                     is short.
 */
void scoring_measure(double *values, const perebor_metric_list *metrics,
                     const perebor_predictions *predictions, perebor_workspace *workspace);

#endif
