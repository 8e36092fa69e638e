// SPDX-License-Identifier: MIT
/**
 * @file assess_stage.h
 * How good the best trial of a search really is: the stage /predictions of a result file.
 *
 * The best trials are scored again out of fold, every row by models that have not seen it; from
 * these scores, without the test part, follow the winner's score without the luck of having been
 * chosen, intervals, calibration, thresholds and gains.
 */
#ifndef PEREBOR_RUN_ASSESS_STAGE_H
#define PEREBOR_RUN_ASSESS_STAGE_H

#include <stddef.h>
#include <stdint.h>

#include "metric/calibration_measures.h"
#include "metric/corrected_selection.h"
#include "metric/delong.h"
#include "metric/gain.h"
#include "metric/thresholds.h"
#include "perebor/result_file.h"
#include "perebor/status.h"
#include "run/calibration_word.h"
#include "run/study.h"
#include "statistics/resampled_t.h"

enum { ASSESS_BINS = 10 };

typedef struct assess_options {
    size_t top;         /**< So many of the best trials, equal points counted once. */
    size_t n_resamples; /**< How often the choice is made again. */
    int n_threads;
    calibration_word calibrate;    /**< How the best trial's probabilities are made. */
    perebor_threshold_terms terms; /**< A budget of 0 is a tenth of the rows. */
} assess_options;

/** What came of it. Released with assess_release(). */
typedef struct assessment {
    size_t n_trials;
    uint64_t *trials;              /**< [n_trials] their numbers, best first */
    perebor_resampled_mean *means; /**< [n_trials] of their folds' scores */
    perebor_corrected_score corrected;

    // What the best trial's probabilities say, out of fold, in the first repeat.
    size_t n_rows, n_positive;
    perebor_auc_interval pooled;
    double average_precision; /**< As the metric of that name has it. */
    perebor_reliability_bin bins[ASSESS_BINS];
    perebor_calibration_measures calibration;
    perebor_threshold thresholds[PEREBOR_THRESHOLD_RULES];
    perebor_gain_part gains[ASSESS_BINS];
} assessment;

/**
 * Scores the best trials again and puts the stage /predictions into the result in memory.
 *
 * @param[in] study  Of the result's experiment.
 *
 * @retval PEREBOR_ERR_ARGUMENT  The search did not select by roc_auc, or has no complete trial.
 * @retval PEREBOR_ERR_CONFLICT  A trial's scores are not those of the search.
 */
PEREBOR_MUST_CHECK perebor_status assess_stage_make(const perebor_study *study,
                                                    perebor_result *result,
                                                    const assess_options *options,
                                                    assessment *assessment, perebor_error *error);

void assess_release(assessment *assessment);

#endif
