// SPDX-License-Identifier: MIT
/**
 * @file shown_trial.h
 * Everything about one trial, for people and as JSON, on standard output.
 */
#ifndef PEREBOR_CLI_SHOWN_TRIAL_H
#define PEREBOR_CLI_SHOWN_TRIAL_H

#include <stddef.h>

#include "perebor/status.h"
#include "perebor/trials.h"
#include "trial/refit.h"

/** A trial found in a file, and what refitting it gave. */
typedef struct shown_trial {
    const perebor_trials *trials;
    size_t row;
    const perebor_refit *refit; /**< NULL if not asked for. */
} shown_trial;

void shown_trial_print(const shown_trial *shown_trial);

PEREBOR_MUST_CHECK perebor_status shown_trial_print_json(const shown_trial *shown_trial,
                                                         perebor_error *error);

#endif
