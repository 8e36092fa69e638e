// SPDX-License-Identifier: MIT
/**
 * @file forest_learner.h
 * The learner "forest": random forests and extra trees.
 */
#ifndef PEREBOR_MODEL_FOREST_FOREST_LEARNER_H
#define PEREBOR_MODEL_FOREST_FOREST_LEARNER_H

#include "perebor/learner.h"

extern const perebor_learner model_forest;

#endif
