// SPDX-License-Identifier: MIT
/**
 * @file selection.h
 * A trial as the command line names it: by its number, or by a rule: "best", "one_standard_error",
 * or a learner such as "knn", which is the best trial of it. "per_model" names several trials, the
 * best of every learner.
 */
#ifndef PEREBOR_CLI_SELECTION_H
#define PEREBOR_CLI_SELECTION_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/experiment.h"
#include "perebor/learner.h"
#include "perebor/pipeline.h"
#include "perebor/result_file.h"

typedef enum selection_rule {
    SELECTION_BEST = 0,
    SELECTION_ONE_STANDARD_ERROR = 1,
    SELECTION_NUMBER = 2,
    SELECTION_PER_MODEL = 3,
    SELECTION_MODEL = 4,
} selection_rule;

typedef struct selection {
    selection_rule rule;
    uint64_t number;
    const perebor_learner *learner;
} selection;

/** Tells whether a text names trials. @param[out] read  Which. */
bool selection_is(const char *text, selection *read);

/** Reads one that may name several trials; ends the program with a usage error if it is none. */
selection selection_read(const struct argp_state *state, const char *text);

/** Reads one that names one trial. @param[in] why  That of several none can be taken: for the error
 * that refuses "per_model". */
selection selection_read_one(const struct argp_state *state, const char *text, const char *why);

/** What is written of it: "best", "one_standard_error", "number", or the learner. */
const char *selection_name(const selection *selection);

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
 * Finds the trials.
 *
 * @param[out] rows  [*n] of result->trials, the best first; at least one. The caller frees it.
 *
 * @retval PEREBOR_ERR_ARGUMENT  The file has no such trial, or it is not complete; or, by a rule,
 * no complete trial.
 */
PEREBOR_MUST_CHECK perebor_status selection_find_all(const selection *selection,
                                                     const perebor_result *result, const char *file,
                                                     const char *folder, size_t **rows, size_t *n,
                                                     perebor_error *error);

/** The same of a selection that names one trial. */
PEREBOR_MUST_CHECK perebor_status selection_find(const selection *selection,
                                                 const perebor_result *result, const char *file,
                                                 const char *folder, size_t *row,
                                                 perebor_error *error);

#endif
