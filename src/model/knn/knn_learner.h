// SPDX-License-Identifier: MIT
/**
 * @file knn_learner.h
 * The learner "knn": nearest neighbours.
 */
#ifndef PEREBOR_MODEL_KNN_KNN_LEARNER_H
#define PEREBOR_MODEL_KNN_KNN_LEARNER_H

#include "perebor/learner.h"

extern const perebor_learner model_knn;

#endif
