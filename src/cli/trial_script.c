// SPDX-License-Identifier: MIT
#include "cli/trial_script.h"

#include <stdlib.h>

#include "base/try.h"
#include "cli/command.h"
#include "cli/selection.h"
#include "export/sklearn_script.h"
#include "perebor/pipeline.h"
#include "trial/path_choices.h"

/** The candidate that a trial is, from the experiment in the file. */
static perebor_status resolve(const selection_pipeline *opened, uint64_t trial,
                              perebor_candidate *candidate, perebor_error *error) {
    const perebor_space *space = opened->experiment->space;
    perebor_value *values = calloc(perebor_space_n_parameters(space) + 1, sizeof *values);
    if (values == NULL) {
        return perebor_no_memory(error, "for a point");
    }
    perebor_space_point(space, trial, values);
    perebor_status status = perebor_pipeline_resolve(opened->pipeline, values, candidate, error);
    free(values);
    return status;
}

perebor_status trial_script_write(const perebor_result *result, const char *file,
                                  const char *folder, size_t row, FILE *stream,
                                  perebor_error *error) {
    const perebor_trials *trials = result->trials;
    perebor_status status;
    selection_pipeline opened = {0}; // the candidate borrows its texts
    perebor_candidate candidate = {0};
    const char *difference = NULL;
    perebor_role *roles = calloc(result->n_columns + 1, sizeof *roles);
    double *scores = calloc(trials->n_folds + 1, sizeof *scores);
    if (roles == NULL || scores == NULL) {
        status = perebor_no_memory(error, "for a script");
        goto done;
    }
    if (trials->state[row] != PEREBOR_TRIAL_COMPLETE) {
        status = perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                              "the trial is %s: there is nothing to compute again",
                              perebor_trial_state_name(trials->state[row]));
        goto done;
    }
    for (size_t i = 0; i < result->n_columns; i++) {
        roles[i] = result->columns[i].role;
    }
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        scores[fold] = trials->folds[row * trials->n_folds + fold].test_score;
    }
    PEREBOR_TRY(done, selection_pipeline_open(&opened, result, file, folder, error));
    PEREBOR_TRY(done, resolve(&opened, trials->first_trial + row, &candidate, error));
    path_choice_settle(&candidate, trials->n_estimators[row]);
    const sklearn_trial trial = {.file = file,
                                 .number = trials->first_trial + row,
                                 .candidate = &candidate,
                                 .roles = roles,
                                 .n_columns = result->n_columns,
                                 .n_splits = result->n_splits,
                                 .n_repeats = result->n_repeats,
                                 .metric = trials->metric_names[0],
                                 .monotonic = opened.experiment->tables.roles.n_monotonic > 0,
                                 .scores = scores};
    status = sklearn_script_write(&trial, stream, &difference, error);
    if (difference != NULL) {
        command_warn(difference);
    }
done:
    selection_pipeline_close(&opened);
    free(scores);
    free(roles);
    return status;
}
