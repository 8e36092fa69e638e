// SPDX-License-Identifier: MIT
/**
 * @file calibrators.h
 * Fitting maps from scores to probabilities, whatever the rows were scored by.
 */
#ifndef PEREBOR_MODEL_CALIBRATORS_H
#define PEREBOR_MODEL_CALIBRATORS_H

#include "base/arithmetic.h"
#include "perebor/calibration.h"

/** Rows that a map is fitted to. Borrows everything. */
typedef struct calibration_rows {
    const perebor_learner *learner; /**< Whose scores these are. */
    const double *scores;           /**< [n] finite. */
    const uint8_t *labels;          /**< [n] 0 or 1, both present. */
    size_t n;
} calibration_rows;

/** Where isotonic knots are written: [n] each. */
typedef struct calibration_room {
    double *knots, *values;
} calibration_room;

/** 1 / (1 + e^z), without leaving the finite numbers. */
PEREBOR_INLINE double calibration_sigmoid(double z) {
    if (z >= 0.0) {
        double power = perebor_exp(-z);
        return power / (1.0 + power);
    }
    return 1.0 / (1.0 + perebor_exp(z));
}

/** log(1 + e^z), without leaving the finite numbers. */
PEREBOR_INLINE double calibration_softplus(double z) {
    return z > 0.0 ? z + perebor_log1p(perebor_exp(-z)) : perebor_log1p(perebor_exp(z));
}

/** How many of the labels are 1. */
PEREBOR_INLINE size_t calibration_count_positives(const uint8_t *labels, size_t n) {
    size_t n_positive = 0;
    for (size_t row = 0; row < n; row++) {
        n_positive += labels[row];
    }
    return n_positive;
}

/** The probabilities that rows of either label are to have. */
void calibration_targets(const uint8_t *labels, size_t n, double targets[2]);

/** ln q and -ln(1 - q) of what the map gives before beta. */
void calibration_logs(const perebor_calibration *calibration, const perebor_learner *learner,
                      double score, double logs[2]);

/** The isotonic map at a score. */
double calibration_interpolate(const perebor_calibration *calibration, double score);

/** The beta map. @param[in] logs  [2] of ln q and -ln(1 - q). */
double calibration_beta(const perebor_calibration *calibration, const double logs[2]);

/**
 * Fits a, b and c.
 *
 * @param[in] logs  [2][n] ln q and -ln(1 - q).
 */
void calibration_fit_beta(perebor_calibration *calibration, const double *const logs[2],
                          const uint8_t *labels, size_t n);

/** Fits knots. @retval PEREBOR_ERR_MEMORY */
PEREBOR_MUST_CHECK perebor_status calibration_fit_isotonic(perebor_calibration *calibration,
                                                           const double *scores,
                                                           const uint8_t *labels, size_t n,
                                                           const calibration_room *room,
                                                           perebor_error *error);

PEREBOR_MUST_CHECK perebor_status calibration_take_room(calibration_room *room, size_t n,
                                                        perebor_workspace *workspace,
                                                        perebor_error *error);

/** Fits the map of a method other than the best. @param workspace  Left as it was. */
PEREBOR_MUST_CHECK perebor_status calibration_fit(perebor_calibration *calibration,
                                                  perebor_calibration_method method,
                                                  const calibration_rows *rows,
                                                  const calibration_room *room,
                                                  perebor_workspace *workspace,
                                                  perebor_error *error);

/**
 * Finds the method with the least log loss over folds.
 *
 * @param[in] fold_of  [rows->n]
 * @param workspace    Left as it was.
 */
PEREBOR_MUST_CHECK perebor_status calibration_choose(perebor_calibration_method *method,
                                                     const calibration_rows *rows,
                                                     const uint8_t *fold_of, size_t n_folds,
                                                     perebor_workspace *workspace,
                                                     perebor_error *error);

#endif
