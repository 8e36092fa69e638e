// SPDX-License-Identifier: MIT
/**
 * @file calibration.h
 * From scores to probabilities: the sigmoid of log-odds, or the one that is fitted to margins.
 *
 * Margins, such as those of a support vector machine, are calibrated as Platt proposes: a sigmoid
 * is fitted to scores of rows that the model was not fitted on. They come from five stratified
 * folds of the training rows, in the order in which the rows stand and hence without randomness:
 * what scikit-learn's CalibratedClassifierCV(model, cv=5, ensemble=False) does.
 */
#ifndef PEREBOR_CALIBRATION_H
#define PEREBOR_CALIBRATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/learner.h"
#include "perebor/status.h"
#include "perebor/workspace.h"

PEREBOR_BEGIN_DECLS

/** Folds that margins are calibrated on: as many models are fitted beside the one itself. */
enum { PEREBOR_CALIBRATION_FOLDS = 5 };

/** p = 1 / (1 + exp(slope * score + offset)); slope is negative where scores tell the classes. */
typedef struct perebor_calibration {
    double slope, offset;
} perebor_calibration;

/** Whether the learner's probabilities take a calibration of its own. */
bool perebor_calibration_needed(const perebor_learner *learner);

/**
 * Calibrates a learner with given settings on one training part.
 *
 * @param[out] calibration  That of log-odds, at no cost, if none of its own is needed.
 * @param      workspace    Left as it was.
 * @retval PEREBOR_ERR_NUMERIC  A class has one row only, or a score is not finite.
 * @retval others               As learner->fit().
 */
PEREBOR_MUST_CHECK perebor_status perebor_calibrate(perebor_calibration *calibration,
                                                    const perebor_learner *learner,
                                                    const perebor_training *training,
                                                    const perebor_value *settings,
                                                    perebor_workspace *workspace,
                                                    perebor_error *error);

/**
 * Fits the sigmoid to scores, by Lin, Lin and Weng, A note on Platt's probabilistic outputs for
 * support vector machines (Machine Learning 68, 2007), algorithm 1.
 *
 * @param[in] scores  [n], finite.
 * @param[in] labels  [n], 0 or 1.
 */
perebor_calibration perebor_calibration_fit(const double *scores, const uint8_t *labels, size_t n);

/**
 * Probabilities of class 1.
 *
 * @param[in]  calibration    As perebor_calibrate() gave it; not looked at for shares.
 * @param[out] probabilities  [n] in [0, 1]; may be @p scores itself.
 */
void perebor_calibration_apply(const perebor_calibration *calibration,
                               const perebor_learner *learner, const double *scores, size_t n,
                               double *probabilities);

PEREBOR_END_DECLS

#endif
