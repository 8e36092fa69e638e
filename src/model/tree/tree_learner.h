// SPDX-License-Identifier: MIT
/**
 * @file tree_learner.h
 * The learner "tree": decision trees.
 */
#ifndef PEREBOR_MODEL_TREE_TREE_LEARNER_H
#define PEREBOR_MODEL_TREE_TREE_LEARNER_H

#include "perebor/learner.h"

extern const perebor_learner model_tree;

#endif
