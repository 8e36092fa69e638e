// SPDX-License-Identifier: MIT
/**
 * @file calibration.h
 * From scores to probabilities: the sigmoid of log-odds, shares as they are, or a map that is
 * fitted to scores of rows that the model was not fitted on.
 *
 * Such scores come from five stratified folds of the training rows, in the order in which the rows
 * stand and hence without randomness. Margins, such as those of a support vector machine, take
 * Platt's sigmoid: what scikit-learn's CalibratedClassifierCV(model, cv=5, ensemble=False) does,
 * and what searches do. A pipeline can be calibrated by other maps too, whatever its learner. Every
 * map is monotone: no two rows change places, but for scores that differ in their last bits, and
 * those that the isotonic one does not keep apart tie.
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

/** What a score is mapped by. */
typedef enum perebor_calibration_kind {
    /** p = 1 / (1 + exp(slope * score + offset)); shares are probabilities already. */
    PEREBOR_CALIBRATION_SIGMOID,
    /** logit p = a ln q - b ln(1 - q) + c, a, b >= 0, q the probability that the sigmoid gives; of
     * a share s, floor + (1 - 2 floor) s, which is never 0 or 1. */
    PEREBOR_CALIBRATION_BETA,
    /** Straight lines between knots, level beyond the first and the last. */
    PEREBOR_CALIBRATION_ISOTONIC,
} perebor_calibration_kind;

/** A map from scores to probabilities. {.slope = -1} is the sigmoid of log-odds. */
typedef struct perebor_calibration {
    double slope, offset;  /**< slope is negative where scores tell the classes. */
    double a, b, c, floor; /**< Coefficients of beta. */
    const double *knots;   /**< What isotonic has: [n_knots] scores, rising; borrowed, */
    const double *values;  /**< and their probabilities, not falling. */
    size_t n_knots;        /**< At least 1 of isotonic. */
    perebor_calibration_kind kind;
} perebor_calibration;

/** How a map is found. */
typedef enum perebor_calibration_method {
    PEREBOR_CALIBRATE_USUALLY,  /**< Margins by a sigmoid, others by no fit: perebor_calibrate(). */
    PEREBOR_CALIBRATE_SIGMOID,  /**< Margins and log-odds. */
    PEREBOR_CALIBRATE_BETA,     /**< On top of the usual map. */
    PEREBOR_CALIBRATE_ISOTONIC, /**< By isotonic regression of scores. */
    PEREBOR_CALIBRATE_BEST,     /**< The one of those with the least log loss out of fold. */
} perebor_calibration_method;

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
 * Calibrates by a method, on the same out-of-fold scores of the training rows.
 *
 * The usual map, the sigmoid, beta and isotonic are fitted to the same targets: Platt's,
 * (n1 + 1) / (n1 + 2) for positive rows and 1 / (n0 + 2) for negative ones, so that no row is
 * promised anything for certain. Beta calibration is that of Kull, Silva Filho and Flach, "Beyond
 * sigmoids", Electronic Journal of Statistics 11 (2017), isotonic that of Zadrozny and Elkan (KDD
 * 2002) by pooling adjacent violators, equal scores pooled first. The best is found by leaving out
 * each of the five folds once more, fitting every map to the scores of the others; of equal ones it
 * is the first in the order above.
 *
 * @param[out] calibration  Isotonic knots are in the workspace.
 * @param      workspace    Left as it was but for knots, for which up to 16 bytes a row are taken.
 * @retval PEREBOR_ERR_ARGUMENT  A sigmoid, of shares.
 * @retval others                As perebor_calibrate(), of whatever learner.
 */
PEREBOR_MUST_CHECK perebor_status perebor_calibrate_by(
    perebor_calibration *calibration, perebor_calibration_method method,
    const perebor_learner *learner, const perebor_training *training, const perebor_value *settings,
    perebor_workspace *workspace, perebor_error *error);

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
 * @param[in]  calibration    As perebor_calibrate() gave it; a sigmoid leaves shares as they are.
 * @param[out] probabilities  [n] in [0, 1]; may be @p scores itself.
 */
void perebor_calibration_apply(const perebor_calibration *calibration,
                               const perebor_learner *learner, const double *scores, size_t n,
                               double *probabilities);

PEREBOR_END_DECLS

#endif
