// SPDX-License-Identifier: MIT
/**
 * @file xgboost_model.h
 * A model of trees as XGBoost reads it, with everything that comes before the trees.
 *
 * XGBoost computes in single precision: it rounds a value to float, goes left where it is less than
 * a node's float, and goes a way that the node names where the value is missing. So a node here has
 * the least float that the model sends right, found among all floats by the model's own arithmetic:
 * of a row whose numbers are floats XGBoost takes the same way. What the preparation does to a
 * number is in that float, what it fills in for a missing value in the way that the node names.
 *
 * Features are the prepared columns: numbers as the table has them, 0 or 1 for the level of a
 * one-hot column, a code for an encoded one; missing values are missing.
 */
#ifndef PEREBOR_EXPORT_XGBOOST_MODEL_H
#define PEREBOR_EXPORT_XGBOOST_MODEL_H

#include "base/json.h"
#include "perebor/fitted_pipeline.h"

/**
 * Writes the model, whose predictions are the pipeline's probabilities, or scores where it is not
 * calibrated, in single precision.
 *
 * @retval PEREBOR_ERR_ARGUMENT  It is not of trees, or a calibration stands behind several.
 */
PEREBOR_MUST_CHECK perebor_status xgboost_model_put(const perebor_fitted_pipeline *pipeline,
                                                    perebor_json *json, perebor_error *error);

#endif
