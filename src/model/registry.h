// SPDX-License-Identifier: MIT
/**
 * @file registry.h
 * The learners there are. To add one, declare it here and list it in learner.c.
 */
#ifndef PEREBOR_MODEL_REGISTRY_H
#define PEREBOR_MODEL_REGISTRY_H

#include "perebor/learner.h"

extern const perebor_learner model_knn;
extern const perebor_learner model_logreg;
extern const perebor_learner model_svc;
extern const perebor_learner model_tree;

#endif
