// SPDX-License-Identifier: MIT
/**
 * @file selection_variance.h
 * How sure the rows are of the mean over folds of a trial's AUC: DeLong's variance of it.
 */
#ifndef PEREBOR_METRIC_SELECTION_VARIANCE_H
#define PEREBOR_METRIC_SELECTION_VARIANCE_H

#include "metric/selection_order.h"

/** How each row bears on the mean of the folds' AUCs of a trial. */
typedef struct selection_influence {
    const perebor_selection *selection;
    double *effect; /**< [n_rows] */
    double *share;  /**< [n_rows] of pairs in one fold that a row is right in. */
    double n_folds; /**< With both classes. */
} selection_influence;

/**
 * Makes room. selection_influence_free() frees it, whatever the status.
 *
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status selection_influence_make(selection_influence *influence,
                                                           const perebor_selection *selection,
                                                           perebor_error *error);

void selection_influence_free(selection_influence *influence);

/** The variance of a trial's mean AUC; NaN where a class has no more rows than folds. */
double selection_variance(selection_influence *influence, size_t trial);

#endif
