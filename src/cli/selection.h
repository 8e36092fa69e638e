// SPDX-License-Identifier: MIT
/**
 * @file selection.h
 * A trial as the command line names it: by its number or by a rule, "best" or "one_standard_error".
 */
#ifndef PEREBOR_CLI_SELECTION_H
#define PEREBOR_CLI_SELECTION_H

#include <argp.h>
#include <stdint.h>

#include "perebor/experiment.h"
#include "perebor/pipeline.h"
#include "perebor/result_file.h"

typedef enum selection_rule {
    SELECTION_BEST = 0,
    SELECTION_ONE_STANDARD_ERROR = 1,
    SELECTION_NUMBER = 2,
} selection_rule;

typedef struct selection {
    selection_rule rule;
    uint64_t number;
} selection;

/** Reads one; ends the program with a usage error if it is none. */
selection selection_read(const struct argp_state *state, const char *text);

/** What is written of it: "best", "one_standard_error", "number". */
const char *selection_rule_name(selection_rule rule);

/** The pipeline of a result file's experiment, which rules and verdicts need. Starts as {0}. */
typedef struct selection_pipeline {
    perebor_experiment *experiment;
    perebor_pipeline *pipeline;
} selection_pipeline;

PEREBOR_MUST_CHECK perebor_status selection_pipeline_open(selection_pipeline *opened,
                                                          const perebor_result *result,
                                                          const char *file, const char *folder,
                                                          perebor_error *error);
void selection_pipeline_close(selection_pipeline *opened);

/**
 * Finds the trial.
 *
 * @param[out] row  Of result->trials.
 *
 * @retval PEREBOR_ERR_ARGUMENT  The file has no such trial, or it is not complete; or, by a rule,
 * no complete trial.
 */
PEREBOR_MUST_CHECK perebor_status selection_find(const selection *selection,
                                                 const perebor_result *result, const char *file,
                                                 const char *folder, size_t *row,
                                                 perebor_error *error);

#endif
