// SPDX-License-Identifier: MIT
/**
 * @file space_warnings.h
 * Parameters that are drawn where they do not matter, on stderr.
 */
#ifndef PEREBOR_CLI_SPACE_WARNINGS_H
#define PEREBOR_CLI_SPACE_WARNINGS_H

#include <stddef.h>

#include "run/study.h"

/** Warns once for each learner whose parameters are drawn for trials of other learners too.
 * @return How many it warned of. */
size_t space_warnings_print(const perebor_study *study);

#endif
