// SPDX-License-Identifier: MIT
/**
 * @file setting_warnings.h
 * Trials whose settings no fit will accept, on stderr, before time is spent on the others.
 */
#ifndef PEREBOR_CLI_SETTING_WARNINGS_H
#define PEREBOR_CLI_SETTING_WARNINGS_H

#include <stddef.h>
#include <stdint.h>

#include "trial/plan.h"

/**
 * Warns once for each learner that will refuse trials, with their number and the first reason.
 *
 * @param[in] first_trial  Of the plan.
 * @return How many learners it warned of.
 */
size_t setting_warnings_print(const perebor_plan *plan, const perebor_fold_shape *shape,
                              uint64_t first_trial);

#endif
