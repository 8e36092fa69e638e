// SPDX-License-Identifier: MIT
/**
 * @file svc_family.h
 * What settings of a support vector machine have in common on one fold: kernel values, where
 * kernel, gamma, degree and coef0 are equal.
 */
#ifndef PEREBOR_MODEL_SVC_SVC_FAMILY_H
#define PEREBOR_MODEL_SVC_SVC_FAMILY_H

#include "perebor/learner.h"

/** As perebor_learner's score_family. */
PEREBOR_MUST_CHECK perebor_status svc_score_family(const perebor_family *family,
                                                   perebor_family_deliver *deliver, void *context,
                                                   perebor_error *error);

#endif
