// SPDX-License-Identifier: MIT
/**
 * @file tree_family.h
 * Many trees on the same training rows, for little more than one.
 */
#ifndef PEREBOR_MODEL_TREE_TREE_FAMILY_H
#define PEREBOR_MODEL_TREE_TREE_FAMILY_H

#include "perebor/learner.h"

/** perebor_learner.score_family of the tree. */
PEREBOR_MUST_CHECK perebor_status tree_score_family(const perebor_family *family,
                                                    perebor_family_deliver *deliver, void *context,
                                                    perebor_error *error);

/** How trees share columns in order: perebor/learner.h. */
extern const perebor_learner_layout tree_shared_layout;

#endif
