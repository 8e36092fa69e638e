// SPDX-License-Identifier: MIT
/**
 * @file nested_text.h
 * What nested cross-validation came to, in a few lines for a person.
 */
#ifndef PEREBOR_CLI_NESTED_TEXT_H
#define PEREBOR_CLI_NESTED_TEXT_H

#include <stdio.h>

#include "perebor/result_file.h"
#include "perebor/trials.h"
#include "run/nested_stage.h"

/** A line a rule: what it chose, what it seemed to be worth there, and what it was. */
void nested_text_write(const nested_outcome *outcome, const perebor_trials *trials, FILE *stream);

/** One line of a stage that is in the file: for the lists of assess and show; nothing if there is
 * none, or one of a search that has gone on. */
void nested_text_write_stage(const perebor_result *result, FILE *stream);

#endif
