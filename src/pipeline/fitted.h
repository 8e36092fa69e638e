// SPDX-License-Identifier: MIT
/**
 * @file fitted.h
 * What a fitted pipeline is made of.
 */
#ifndef PEREBOR_PIPELINE_FITTED_H
#define PEREBOR_PIPELINE_FITTED_H

#include "base/digest.h"
#include "perebor/calibration.h"
#include "perebor/fitted_pipeline.h"

struct perebor_fitted_pipeline {
    perebor_dataset *schema;     /**< Owned. */
    perebor_workspace workspace; /**< Owns what follows. */
    perebor_preparation *preparation;
    const perebor_learner *learner;
    perebor_model *model;
    perebor_model_form form;
    perebor_fit_report report;
    bool calibrated; /**< Scores can become probabilities. */
    perebor_calibration calibration;
    bool fingerprinted;                       /**< Else it cannot be saved. */
    uint8_t fingerprint[PEREBOR_SHA256_SIZE]; /**< Zeros if it is not. */
};

#endif
