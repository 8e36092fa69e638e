// SPDX-License-Identifier: MIT
/**
 * @file logreg.h
 * What a fitted logistic regression says: its weights, for explanations and reports.
 */
#ifndef PEREBOR_MODEL_LOGREG_H
#define PEREBOR_MODEL_LOGREG_H

#include "perebor/learner.h"

/**
 * The weights of a model that the learner "logreg" fitted: log-odds = intercept + sum of
 * coefficient * value, over the columns of the training matrix.
 *
 * @param[out] n_columns  How many there are; may be NULL.
 * @param[out] intercept  May be NULL.
 * @return [n_columns], borrowed from the model.
 */
const double *perebor_logreg_coefficients(const perebor_model *model, size_t *n_columns,
                                          double *intercept);

#endif
