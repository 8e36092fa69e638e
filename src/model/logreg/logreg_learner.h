// SPDX-License-Identifier: MIT
/**
 * @file logreg_learner.h
 * The learner "logreg": logistic regression.
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_LEARNER_H
#define PEREBOR_MODEL_LOGREG_LOGREG_LEARNER_H

#include "perebor/learner.h"

extern const perebor_learner model_logreg;

#endif
