// SPDX-License-Identifier: MIT
/**
 * @file roc_auc.h
 * Area under the receiver operating characteristic, ties by average rank.
 */
#ifndef PEREBOR_METRIC_ROC_AUC_H
#define PEREBOR_METRIC_ROC_AUC_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/workspace.h"

/**
 * The share of (positive, negative) pairs that the scores put in the right order, a tie counting
 * half: an exact count of half pairs divided by twice the number of pairs, rounded once.
 *
 * @param[in] labels  [n_rows], 0 or 1.
 * @param[in] scores  [n_rows], no NaN; -0 equals +0.
 * @param  workspace  Left as it was.
 * @return NaN if a class is absent, or memory.
 */
double perebor_roc_auc(const uint8_t *labels, const double *scores, size_t n_rows,
                       perebor_workspace *workspace);

#endif
