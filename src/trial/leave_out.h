// SPDX-License-Identifier: MIT
/**
 * @file leave_out.h
 * What trials score when some columns of the data are left out: retraining for importance.
 */
#ifndef PEREBOR_TRIAL_LEAVE_OUT_H
#define PEREBOR_TRIAL_LEAVE_OUT_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/status.h"
#include "trial/evaluate.h"

/**
 * The dataset without some columns. It borrows what the dataset has.
 *
 * @param[in] left_out   [dataset->n_columns] not all of them.
 * @param     workspace  Owns the list of the columns that are left.
 */
PEREBOR_MUST_CHECK perebor_status leave_out_columns(perebor_dataset *rest,
                                                    const perebor_dataset *dataset,
                                                    const bool *left_out,
                                                    perebor_workspace *workspace,
                                                    perebor_error *error);

/**
 * Evaluates a bundle on one fold as perebor_evaluate() does, on the dataset without some columns:
 * the bits of a search over tables that never had them, with the same split and folds.
 *
 * @param[in]  left_out  [n_columns of the dataset] not all of them.
 * @param[in]  plan      Of the trials to be retrained; it may be of the whole dataset.
 * @param[out] outcomes  [bundle->n_members]
 *
 * Predictions are not handed to the evaluator's receiver.
 */
PEREBOR_MUST_CHECK perebor_status evaluate_without(const perebor_evaluator *evaluator,
                                                   const bool *left_out, const perebor_plan *plan,
                                                   size_t bundle, size_t fold,
                                                   perebor_workspace *workspace,
                                                   perebor_member_outcome *outcomes,
                                                   perebor_error *error);

#endif
