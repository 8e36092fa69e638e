// SPDX-License-Identifier: MIT
/**
 * @file calibration_folds.h
 * The folds that margins are calibrated on.
 */
#ifndef PEREBOR_MODEL_CALIBRATION_FOLDS_H
#define PEREBOR_MODEL_CALIBRATION_FOLDS_H

#include <stddef.h>
#include <stdint.h>

/**
 * Cuts stratified folds in the order of the rows: those of perebor_folds_make() without a shuffle,
 * which are scikit-learn's, but with no memory of their own.
 *
 * @param[in]  labels   [n] both classes present.
 * @param[in]  n_folds  From 2 to PEREBOR_CALIBRATION_FOLDS.
 * @param[out] fold_of  [n]
 */
void calibration_assign_folds(const uint8_t *labels, size_t n, size_t n_folds, uint8_t *fold_of);

#endif
