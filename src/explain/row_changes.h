// SPDX-License-Identifier: MIT
/**
 * @file row_changes.h
 * The smallest changes (smallest_change.h) of many rows, in blocks.
 *
 * A model that has seen a row says of it what it has learnt by heart: nearest neighbours find the
 * row itself. So rows of the training part are asked of the model of the fold, of the first repeat,
 * in which they validate, with the probabilities that /model/out_of_fold has; all others of the
 * model itself.
 */
#ifndef PEREBOR_EXPLAIN_ROW_CHANGES_H
#define PEREBOR_EXPLAIN_ROW_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/explain_part.h"
#include "explain/recipe.h"
#include "explain/smallest_change.h"
#include "perebor/pipeline.h"
#include "trial/evaluate.h"

/** What is asked. Borrows everything. */
typedef struct changes_question {
    const perebor_fitted_pipeline *pipeline;
    explain_recipe recipe; /**< That the pipeline was fitted of. */
    const perebor_evaluator *evaluator;
    size_t n_splits; /**< Folds of a repeat. */
    const perebor_dataset *dataset;
    const change_space *space;
    double threshold;
    perebor_calibration_method method; /**< As the pipeline is calibrated. */
} changes_question;

/**
 * The smallest change of one row, by a model that has not seen it; which is fitted for it if need
 * be.
 *
 * @param[out] unseen  Whether that is the model of a fold.
 * @param[out] values  As of smallest_change_find().
 */
PEREBOR_MUST_CHECK perebor_status row_change_find(const changes_question *question, uint32_t row,
                                                  perebor_workspace *workspace, bool *unseen,
                                                  smallest_change *result, double *values,
                                                  perebor_error *error);

/** The answers for every row of the dataset; owns its arrays. */
typedef struct row_changes {
    changes_question question;
    uint32_t *rows;           /**< [n_rows] fold by fold, and then those of no fold. */
    size_t *first;            /**< [n_splits + 2] where they begin in it. */
    smallest_change *changes; /**< [n_rows] by row of the dataset. */
    double *values;           /**< [n_rows][space->n_domains] what the columns become. */
} row_changes;

/** @param[out] changes  Stays where it is; released with row_changes_release(). */
PEREBOR_MUST_CHECK perebor_status row_changes_begin(row_changes *changes,
                                                    const changes_question *question,
                                                    perebor_error *error);

void row_changes_release(row_changes *changes);

/** Its units: some rows of one model each, which fits the model. The changes must outlive the part.
 */
explain_part row_changes_part(row_changes *changes);

#endif
