// SPDX-License-Identifier: MIT
#include "cli/trial_script.h"

#include <stdlib.h>

#include "base/try.h"
#include "cli/command.h"
#include "cli/selection.h"
#include "export/sklearn_script.h"
#include "perebor/pipeline.h"
#include "run/ensemble_stage.h"
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

/** What scripts of a result file have in common. @param[out] roles  [result->n_columns] */
static sklearn_search search_of(const perebor_result *result, const char *file,
                                const selection_pipeline *opened, perebor_role *roles) {
    for (size_t i = 0; i < result->n_columns; i++) {
        roles[i] = result->columns[i].role;
    }
    return (sklearn_search){.file = file,
                            .roles = roles,
                            .n_columns = result->n_columns,
                            .n_splits = result->n_splits,
                            .n_repeats = result->n_repeats,
                            .metric = result->trials->metric_names[0],
                            .monotonic = opened->experiment->tables.roles.n_monotonic > 0};
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
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        scores[fold] = trials->folds[row * trials->n_folds + fold].test_score;
    }
    PEREBOR_TRY(done, selection_pipeline_open(&opened, result, file, folder, error));
    PEREBOR_TRY(done, resolve(&opened, trials->first_trial + row, &candidate, error));
    path_choice_settle(&candidate, trials->n_estimators[row]);
    const sklearn_trial trial = {.search = search_of(result, file, &opened, roles),
                                 .number = trials->first_trial + row,
                                 .candidate = &candidate,
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

/** Arrays of a script of trials that vote. */
typedef struct ensemble_arrays {
    perebor_role *roles;
    double *scores;
    perebor_candidate *candidates;
    uint64_t *numbers;
    uint32_t *weights;
} ensemble_arrays;

static void release_arrays(ensemble_arrays *arrays) {
    free(arrays->roles);
    free(arrays->scores);
    free(arrays->candidates);
    free(arrays->numbers);
    free(arrays->weights);
}

static perebor_status make_arrays(ensemble_arrays *arrays, const perebor_result *result,
                                  const ensemble *members, const selection_pipeline *opened,
                                  perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_trials *trials = result->trials;
    size_t n = members->n_members;
    *arrays = (ensemble_arrays){.roles = calloc(result->n_columns + 1, sizeof *arrays->roles),
                                .scores = calloc(result->n_splits + 1, sizeof *arrays->scores),
                                .candidates = calloc(n + 1, sizeof *arrays->candidates),
                                .numbers = calloc(n + 1, sizeof *arrays->numbers),
                                .weights = calloc(n + 1, sizeof *arrays->weights)};
    if (arrays->roles == NULL || arrays->scores == NULL || arrays->candidates == NULL ||
        arrays->numbers == NULL || arrays->weights == NULL) {
        return perebor_no_memory(error, "for a script");
    }
    for (size_t i = 0; i < n; i++) {
        uint64_t trial = members->members[i].trial;
        arrays->numbers[i] = trial;
        arrays->weights[i] = members->members[i].weight;
        PEREBOR_TRY(done, resolve(opened, trial, &arrays->candidates[i], error));
        path_choice_settle(&arrays->candidates[i],
                           trials->n_estimators[trial - trials->first_trial]);
    }
    status = ensemble_fold_scores(members, result, arrays->scores, error);
done:
    return status;
}

perebor_status trial_script_write_ensemble(const perebor_result *result, const char *file,
                                           const char *folder, FILE *stream, perebor_error *error) {
    perebor_status status;
    selection_pipeline opened = {0}; // candidates borrow its texts
    ensemble members = {0};
    ensemble_arrays arrays = {0};
    const char *difference = NULL;
    PEREBOR_TRY(done, ensemble_stage_load(&members, result, file, error));
    PEREBOR_TRY(done, selection_pipeline_open(&opened, result, file, folder, error));
    PEREBOR_TRY(done, make_arrays(&arrays, result, &members, &opened, error));
    const sklearn_ensemble script = {.search = search_of(result, file, &opened, arrays.roles),
                                     .n_members = members.n_members,
                                     .numbers = arrays.numbers,
                                     .weights = arrays.weights,
                                     .candidates = arrays.candidates,
                                     .scores = arrays.scores};
    status = sklearn_ensemble_write(&script, stream, &difference, error);
    if (difference != NULL) {
        command_warn(difference);
    }
done:
    selection_pipeline_close(&opened);
    ensemble_release(&members);
    release_arrays(&arrays);
    return status;
}
