// SPDX-License-Identifier: MIT
/**
 * @file learners.h
 * The learners there are.
 */
#ifndef PEREBOR_LEARNERS_H
#define PEREBOR_LEARNERS_H

#include "perebor/learner.h"

PEREBOR_BEGIN_DECLS

/** Every learner there is, and how many. */
const perebor_learner *const *perebor_learners(size_t *n_learners);

/** The learner of that name, or NULL. */
const perebor_learner *perebor_learner_find(const char *name);

PEREBOR_END_DECLS

#endif
