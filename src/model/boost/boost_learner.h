// SPDX-License-Identifier: MIT
/**
 * @file boost_learner.h
 * The learner "boost": gradient boosting of trees on histograms.
 */
#ifndef PEREBOR_MODEL_BOOST_BOOST_LEARNER_H
#define PEREBOR_MODEL_BOOST_BOOST_LEARNER_H

#include "perebor/learner.h"

extern const perebor_learner model_boost;

#endif
