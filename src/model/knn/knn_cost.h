// SPDX-License-Identifier: MIT
/**
 * @file knn_cost.h
 * What nearest neighbours are foretold to take.
 */
#ifndef PEREBOR_MODEL_KNN_KNN_COST_H
#define PEREBOR_MODEL_KNN_KNN_COST_H

#include "model/knn/knn_model.h"
#include "perebor/learner.h"

/** CPU seconds of a fit and of the scores of its rows, with AVX-512. */
double knn_cost(const knn_options *options, const perebor_table_shape *shape);

#endif
