// SPDX-License-Identifier: MIT
/**
 * @file trial_curves.h
 * The learning curves of a table of trials.
 */
#ifndef PEREBOR_TRIAL_TRIAL_CURVES_H
#define PEREBOR_TRIAL_TRIAL_CURVES_H

#include "perebor/trials.h"

/** Copies the curve of one trial. @pre As of perebor_trials_copy(). */
PEREBOR_MUST_CHECK perebor_status trial_curves_copy(perebor_trials *to, size_t to_trial,
                                                    const perebor_trials *from, size_t from_trial,
                                                    perebor_error *error);

/**
 * Where a complete trial scores best, by the mean over its folds: a point of its curve, or
 * @p n_points for all its estimators. The first of equal ones.
 *
 * @param[in] n_points  Points below its n_estimators.
 */
size_t trial_curves_best(const perebor_trials *trials, size_t trial, size_t n_points);

/** Frees them. */
void trial_curves_release(perebor_trials *trials);

#endif
