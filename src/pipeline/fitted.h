// SPDX-License-Identifier: MIT
/**
 * @file fitted.h
 * What a fitted pipeline is made of.
 */
#ifndef PEREBOR_PIPELINE_FITTED_H
#define PEREBOR_PIPELINE_FITTED_H

#include "base/digest.h"
#include "h5/pages.h"
#include "perebor/calibration.h"
#include "perebor/fitted_pipeline.h"

struct perebor_fitted_pipeline {
    perebor_dataset *schema;     /**< Owned; NULL of a member that was read: the whole has it. */
    h5_pages *pages;             /**< Held: those that the model's trees lie in; NULL: none. */
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

    // A voting pipeline has these, and no preparation, model and form of its own.
    perebor_fitted_pipeline **members; /**< [n_members] owned; no member votes itself. */
    uint32_t *weights;                 /**< [n_members] above 0. */
    size_t n_members;                  /**< 0 of any other. */
};

/** What a voting pipeline has in place of a learner: its scores are shares. No space has it. */
extern const perebor_learner fitted_voting;

/** Most members of one. */
enum { FITTED_MOST_MEMBERS = 1024 };

/** Makes room for members, none of which is there yet. */
PEREBOR_MUST_CHECK perebor_status fitted_voting_create(perebor_fitted_pipeline **pipeline,
                                                       size_t n_members, perebor_error *error);

/** The weighted mean of what the members predict. Parameters as perebor_fitted_pipeline_score()
 * has them. */
PEREBOR_MUST_CHECK perebor_status fitted_voting_score(const perebor_fitted_pipeline *pipeline,
                                                      const perebor_dataset *dataset,
                                                      const uint32_t *rows, size_t n_rows,
                                                      perebor_workspace *workspace, double *scores,
                                                      perebor_error *error);

/** SHA-256 of the rows that a pipeline is fitted on: perebor_fitted_pipeline_fingerprint(). */
void fitted_take_fingerprint(perebor_fitted_pipeline *fitted, const perebor_dataset *dataset,
                             const uint32_t *rows, size_t n_rows);

#endif
