// SPDX-License-Identifier: MIT
/**
 * @file gnb_learner.h
 * The learner "gnb": Gaussian naive Bayes.
 */
#ifndef PEREBOR_MODEL_GNB_GNB_LEARNER_H
#define PEREBOR_MODEL_GNB_GNB_LEARNER_H

#include "perebor/learner.h"

extern const perebor_learner model_gnb;

#endif
