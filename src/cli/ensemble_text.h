// SPDX-License-Identifier: MIT
/**
 * @file ensemble_text.h
 * What people read of an ensemble of trials.
 */
#ifndef PEREBOR_CLI_ENSEMBLE_TEXT_H
#define PEREBOR_CLI_ENSEMBLE_TEXT_H

#include <stdio.h>

#include "perebor/result_file.h"
#include "run/ensemble_stage.h"

/** Its members, a line each: weight, trial, learner, score. */
void ensemble_text_write_members(const ensemble *made, const perebor_trials *trials, FILE *stream);

/** Its score, beside that of the best trial by itself. */
void ensemble_text_write_scores(const ensemble *made, FILE *stream);

/** A line of its score, if the result has a current ensemble. */
void ensemble_text_write_stage(const perebor_result *result, FILE *stream);

#endif
