// SPDX-License-Identifier: MIT
/**
 * @file svc_learner.h
 * The learner "svc": support vector machines.
 */
#ifndef PEREBOR_MODEL_SVC_SVC_LEARNER_H
#define PEREBOR_MODEL_SVC_SVC_LEARNER_H

#include "perebor/learner.h"

extern const perebor_learner model_svc;

#endif
