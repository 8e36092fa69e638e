// SPDX-License-Identifier: MIT
/**
 * @file fitted_pipeline.h
 * A fitted pipeline: the columns that it was fitted on, its preparation, its model, and what scores
 * mean as probabilities. Refitting, predicting, explaining and saving all use this one object.
 *
 * It owns what it needs and is independent of the dataset that it was fitted on. Once made it never
 * changes, so any number of threads may score with one. Its scores have the same bits before
 * saving and after loading, on every machine.
 */
#ifndef PEREBOR_FITTED_PIPELINE_H
#define PEREBOR_FITTED_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/calibration.h"
#include "perebor/dataset.h"
#include "perebor/learner.h"
#include "perebor/matrix.h"
#include "perebor/model_form.h"
#include "perebor/pipeline.h"
#include "perebor/status.h"

PEREBOR_BEGIN_DECLS

typedef struct perebor_fitted_pipeline perebor_fitted_pipeline;

/**
 * Fits a candidate.
 *
 * @param[in] rows  [n_rows] row numbers of the dataset: what it is fitted on.
 *
 * @retval PEREBOR_ERR_ARGUMENT  No rows, rows without labels or with levels that their column does
 *         not have, or settings that contradict them.
 * @retval PEREBOR_ERR_NUMERIC   The rows have one class only, a column is all missing values, or a
 *         computation left the finite numbers.
 */
PEREBOR_MUST_CHECK perebor_status perebor_fitted_pipeline_fit(perebor_fitted_pipeline **pipeline,
                                                              const perebor_candidate *candidate,
                                                              const perebor_dataset *dataset,
                                                              const uint32_t *rows, size_t n_rows,
                                                              perebor_error *error);

/**
 * Fits a candidate, and calibrates its scores if they are margins: five further fits then, and
 * none for learners whose scores are log-odds or shares.
 *
 * @retval PEREBOR_ERR_NUMERIC  Also if margins cannot be calibrated: a class has one row only.
 * @retval others               As perebor_fitted_pipeline_fit().
 */
PEREBOR_MUST_CHECK perebor_status perebor_fitted_pipeline_fit_calibrated(
    perebor_fitted_pipeline **pipeline, const perebor_candidate *candidate,
    const perebor_dataset *dataset, const uint32_t *rows, size_t n_rows, perebor_error *error);

/**
 * Fits a candidate, and calibrates its scores by a method, of whatever learner: five further fits,
 * but for scores that the usual method leaves as they are.
 *
 * @retval PEREBOR_ERR_ARGUMENT  Also a method that the learner's scores do not take.
 * @retval others                As perebor_fitted_pipeline_fit_calibrated().
 */
PEREBOR_MUST_CHECK perebor_status perebor_fitted_pipeline_fit_calibrated_by(
    perebor_fitted_pipeline **pipeline, const perebor_candidate *candidate,
    const perebor_dataset *dataset, const uint32_t *rows, size_t n_rows,
    perebor_calibration_method method, perebor_error *error);

/**
 * Fits a candidate to score with here and now: the same pipeline, without the fingerprint of its
 * rows, which takes longer than many a fit. It cannot be saved.
 *
 * @param[in] method  How to calibrate, as by perebor_fitted_pipeline_fit_calibrated_by(); NULL: as
 *                    perebor_fitted_pipeline_fit() does.
 * @retval others     As those functions.
 */
PEREBOR_MUST_CHECK perebor_status perebor_fitted_pipeline_fit_unsaved(
    perebor_fitted_pipeline **pipeline, const perebor_candidate *candidate,
    const perebor_dataset *dataset, const uint32_t *rows, size_t n_rows,
    const perebor_calibration_method *method, perebor_error *error);

/**
 * Fits several candidates that vote: what they score is the mean of their probabilities, each
 * calibrated as by perebor_fitted_pipeline_fit_calibrated(), by weights. (scikit-learn's
 * VotingClassifier with voting="soft" and weights.) Such a pipeline has no preparation and form of
 * its own, but members.
 *
 * @param[in] candidates, weights  [n_members]; weights above 0.
 * @retval PEREBOR_ERR_ARGUMENT  Also no members, more than 1024, or a weight of 0.
 * @retval others                As perebor_fitted_pipeline_fit_calibrated().
 */
PEREBOR_MUST_CHECK perebor_status perebor_fitted_pipeline_fit_voting(
    perebor_fitted_pipeline **pipeline, const perebor_candidate *candidates,
    const uint32_t *weights, size_t n_members, const perebor_dataset *dataset, const uint32_t *rows,
    size_t n_rows, perebor_error *error);

/** How many pipelines vote in it; 0 of a pipeline that is not of members. */
size_t perebor_fitted_pipeline_n_members(const perebor_fitted_pipeline *pipeline);

/** One that votes. Its schema is that of the whole; its own may be NULL. @param[out] weight  Of its
 * probabilities. */
const perebor_fitted_pipeline *
perebor_fitted_pipeline_member(const perebor_fitted_pipeline *pipeline, size_t member,
                               uint32_t *weight);

void perebor_fitted_pipeline_free(perebor_fitted_pipeline *pipeline);

/**
 * Scores rows: the larger, the more likely the positive class.
 *
 * @param[in]  dataset  The one fitted on, or one with the same columns, roles and levels, such as
 *                      perebor_tables_load_frozen() makes. Its labels are not looked at. A nominal
 *                      value that is no level is unknown: 0 in every one-hot column, -1 as a code.
 * @param[in]  rows     [n_rows] The score of a row does not depend on the others.
 * @param      workspace  To compute in; left as it was.
 * @param[out] scores   [n_rows], finite.
 *
 * @retval PEREBOR_ERR_CONFLICT  A dataset with other columns.
 * @retval PEREBOR_ERR_NUMERIC   A score is not finite: values are far beyond those of training.
 */
PEREBOR_MUST_CHECK perebor_status perebor_fitted_pipeline_score(
    const perebor_fitted_pipeline *pipeline, const perebor_dataset *dataset, const uint32_t *rows,
    size_t n_rows, perebor_workspace *workspace, double *scores, perebor_error *error);

/**
 * Scores rows that are prepared already, as perebor_preparation_transform() of the pipeline's
 * preparation makes them; the bits are those of perebor_fitted_pipeline_score().
 *
 * @param[in]  rows    [n][n_columns] of perebor_fitted_pipeline_form().
 * @param[out] scores  [n], finite.
 *
 * @retval PEREBOR_ERR_ARGUMENT  Rows with another number of columns, or a pipeline with members.
 * @retval PEREBOR_ERR_NUMERIC   As of perebor_fitted_pipeline_score().
 */
PEREBOR_MUST_CHECK perebor_status perebor_fitted_pipeline_score_prepared(
    const perebor_fitted_pipeline *pipeline, const perebor_matrix *rows,
    perebor_workspace *workspace, double *scores, perebor_error *error);

/**
 * Predicts probabilities of the positive class: the sigmoid of log-odds, shares as they are,
 * margins by their calibration; or what another method of calibration made of any of them. The
 * order of rows is that of their scores.
 *
 * @param[in]  dataset, rows, workspace  As perebor_fitted_pipeline_score() takes them.
 * @param[out] probabilities             [n_rows] in [0, 1].
 *
 * @retval PEREBOR_ERR_CONFLICT  A dataset with other columns, or margins without a calibration.
 * @retval PEREBOR_ERR_NUMERIC   As of perebor_fitted_pipeline_score().
 */
PEREBOR_MUST_CHECK perebor_status perebor_fitted_pipeline_predict(
    const perebor_fitted_pipeline *pipeline, const perebor_dataset *dataset, const uint32_t *rows,
    size_t n_rows, perebor_workspace *workspace, double *probabilities, perebor_error *error);

/** How its scores become probabilities; NULL if they are margins that were not calibrated. */
const perebor_calibration *
perebor_fitted_pipeline_calibration(const perebor_fitted_pipeline *pipeline);

/** Columns, target and identifier of what it was fitted on, without rows. */
const perebor_dataset *perebor_fitted_pipeline_schema(const perebor_fitted_pipeline *pipeline);

/** Its learner; of one with members what stands for it, "voting", which no space has. */
const perebor_learner *perebor_fitted_pipeline_learner(const perebor_fitted_pipeline *pipeline);

/** What the model computes from prepared rows; nothing, with no columns, of one with members. */
const perebor_model_form *perebor_fitted_pipeline_form(const perebor_fitted_pipeline *pipeline);

/** The preparation, frozen: names and sources of the prepared columns; NULL of one with members. */
const perebor_preparation *
perebor_fitted_pipeline_preparation(const perebor_fitted_pipeline *pipeline);

/** What fitting had to say; of a loaded pipeline the seconds are 0. */
const perebor_fit_report *perebor_fitted_pipeline_report(const perebor_fitted_pipeline *pipeline);

/**
 * SHA-256 of the rows that it was fitted on: identifiers ("" where there are none), values and
 * labels, in the order given. Two pipelines of equal fingerprint, learner and settings are equal.
 * Zeros of a pipeline that perebor_fitted_pipeline_fit_unsaved() made.
 */
void perebor_fitted_pipeline_fingerprint(const perebor_fitted_pipeline *pipeline,
                                         uint8_t fingerprint[32]);

/**
 * Writes it to an HDF5 file of its own, in the group /model. Equal pipelines give equal bytes.
 *
 * @param[in] overwrite  Replace a file that is there.
 * @retval PEREBOR_ERR_ARGUMENT  It is of perebor_fitted_pipeline_fit_unsaved().
 * @retval PEREBOR_ERR_CONFLICT  The file is there.
 * @retval PEREBOR_ERR_IO        It cannot be written.
 */
PEREBOR_MUST_CHECK perebor_status
perebor_fitted_pipeline_save(const perebor_fitted_pipeline *pipeline, const char *path,
                             bool overwrite, perebor_error *error);

/**
 * Reads the group /model of a file, from whatever source: a damaged or hostile file is an error.
 *
 * @retval PEREBOR_ERR_IO      The file cannot be read.
 * @retval PEREBOR_ERR_FORMAT  It has no model, or one of a later version, or a broken one.
 */
PEREBOR_MUST_CHECK perebor_status perebor_fitted_pipeline_load(perebor_fitted_pipeline **pipeline,
                                                               const char *path,
                                                               perebor_error *error);

PEREBOR_END_DECLS

#endif
