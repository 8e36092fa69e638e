// SPDX-License-Identifier: MIT
/**
 * @file trial_metrics.h
 * The metrics of a table of trials, and the scores by those beside the first.
 */
#ifndef PEREBOR_TRIAL_TRIAL_METRICS_H
#define PEREBOR_TRIAL_TRIAL_METRICS_H

#include "perebor/trials.h"

/** The metric of a table that is told of none. */
#define TRIAL_DEFAULT_METRIC "roc_auc"

/** Copies the further scores of one trial. @pre As of perebor_trials_copy(). */
void trial_metrics_copy(perebor_trials *to, size_t to_trial, const perebor_trials *from,
                        size_t from_trial);

/** Frees the names and the scores. */
void trial_metrics_release(perebor_trials *trials);

#endif
