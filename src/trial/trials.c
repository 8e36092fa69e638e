// SPDX-License-Identifier: MIT
#include "perebor/trials.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "trial/trial_curves.h"
#include "trial/trial_metrics.h"
#include "trial/trial_texts.h"

static const char *const default_metric = TRIAL_DEFAULT_METRIC;

const char *const perebor_trial_state_names[] = {
    [PEREBOR_TRIAL_RUNNING] = "RUNNING", [PEREBOR_TRIAL_COMPLETE] = "COMPLETE",
    [PEREBOR_TRIAL_PRUNED] = "PRUNED",   [PEREBOR_TRIAL_FAIL] = "FAIL",
    [PEREBOR_TRIAL_WAITING] = "WAITING", NULL,
};

const char *perebor_trial_state_name(uint8_t state) {
    return state <= PEREBOR_TRIAL_WAITING ? perebor_trial_state_names[state] : "UNKNOWN";
}

/** calloc of at least one element, refusing products that overflow. */
static void *allocate(size_t n_rows, size_t n_columns, size_t size) {
    if (n_columns != 0 && n_rows > SIZE_MAX / n_columns) {
        return NULL;
    }
    size_t n = n_rows * n_columns;
    return calloc(n > 0 ? n : 1, size);
}

static perebor_status allocate_arrays(perebor_trials *trials, perebor_error *error) {
    size_t n = trials->n_trials;
    trials->parameter_names = allocate(trials->n_parameters, 1, sizeof(char *));
    trials->values = allocate(n, trials->n_parameters, sizeof(perebor_value));
    trials->state = allocate(n, 1, sizeof(uint8_t));
    trials->folds = allocate(n, trials->n_folds, sizeof(perebor_fold_outcome));
    trials->curves = allocate(n, 1, sizeof(perebor_trial_curve *));
    trials->n_estimators = allocate(n, 1, sizeof(uint32_t));
    trials->fold_done = allocate(n, trials->n_folds, sizeof(uint8_t));
    trials->same_as = allocate(n, 1, sizeof(uint64_t));
    trials->error = allocate(n, 1, sizeof(char *));
    trials->datetime_start = allocate(n, 1, sizeof(double));
    trials->duration = allocate(n, 1, sizeof(double));
    trials->mpi_rank = allocate(n, 1, sizeof(int32_t));
    trials->host = allocate(n, 1, sizeof(char *));
    trials->n_threads = allocate(n, 1, sizeof(int32_t));
    trials->texts = trial_texts_create();
    if (trials->parameter_names && trials->values && trials->state && trials->folds &&
        trials->curves && trials->n_estimators && trials->fold_done && trials->same_as &&
        trials->error && trials->datetime_start && trials->duration && trials->mpi_rank &&
        trials->host && trials->n_threads && trials->texts) {
        return PEREBOR_OK;
    }
    return perebor_no_memory(error, "for a table of %zu trials of %zu folds", n, trials->n_folds);
}

static perebor_status copy_names(perebor_trials *trials, const char *const *names,
                                 perebor_error *error) {
    for (size_t parameter = 0; parameter < trials->n_parameters; parameter++) {
        trials->parameter_names[parameter] = strdup(names[parameter]);
        if (trials->parameter_names[parameter] == NULL) {
            return perebor_no_memory(error, "for a table of trials");
        }
    }
    return PEREBOR_OK;
}

static void set_waiting(perebor_trials *trials) {
    const perebor_fold_outcome unknown = {
        .test_score = NAN, .train_score = NAN, .oob_score = NAN, .state = PEREBOR_TRIAL_WAITING};
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        trials->state[trial] = PEREBOR_TRIAL_WAITING;
        trials->same_as[trial] = trials->first_trial + trial;
        trials->datetime_start[trial] = NAN;
        trials->mpi_rank[trial] = -1;
        for (size_t fold = 0; fold < trials->n_folds; fold++) {
            trials->folds[trial * trials->n_folds + fold] = unknown;
        }
    }
}

perebor_status perebor_trials_create_empty(perebor_trials **trials,
                                           const char *const *parameter_names, size_t n_parameters,
                                           uint64_t first_trial, size_t n_trials, size_t n_folds,
                                           perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_trials *result = malloc(sizeof *result);
    if (result == NULL) {
        return perebor_no_memory(error, "for a table of trials");
    }
    *result = (perebor_trials){.first_trial = first_trial,
                               .n_trials = n_trials,
                               .n_folds = n_folds,
                               .n_parameters = n_parameters};
    PEREBOR_TRY(failed, allocate_arrays(result, error));
    PEREBOR_TRY(failed, copy_names(result, parameter_names, error));
    PEREBOR_TRY(failed, perebor_trials_set_metrics(result, &default_metric, 1, error));
    set_waiting(result);
    *trials = result;
    return PEREBOR_OK;
failed:
    perebor_trials_free(result);
    return status;
}

void perebor_trials_free(perebor_trials *trials) {
    if (trials == NULL) {
        return;
    }
    for (size_t parameter = 0; trials->parameter_names && parameter < trials->n_parameters;
         parameter++) {
        free(trials->parameter_names[parameter]);
    }
    free(trials->parameter_names);
    free(trials->values);
    free(trials->state);
    trial_metrics_release(trials);
    trial_curves_release(trials);
    free(trials->folds);
    free(trials->n_estimators);
    free(trials->fold_done);
    free(trials->same_as);
    free(trials->error);
    free(trials->datetime_start);
    free(trials->duration);
    free(trials->mpi_rank);
    free(trials->host);
    free(trials->n_threads);
    trial_texts_free(trials->texts);
    free(trials);
}

const char *perebor_trials_intern(perebor_trials *trials, const char *text) {
    return trial_texts_keep(trials->texts, text);
}

bool perebor_trials_finished(const perebor_trials *trials, size_t trial) {
    return trials->state[trial] == PEREBOR_TRIAL_COMPLETE ||
           trials->state[trial] == PEREBOR_TRIAL_FAIL;
}

size_t perebor_trials_n_finished(const perebor_trials *trials) {
    size_t n_finished = 0;
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        n_finished += perebor_trials_finished(trials, trial);
    }
    return n_finished;
}

/** Copies a text from another table. */
static perebor_status copy_text(perebor_trials *to, const char **into, const char *from,
                                perebor_error *error) {
    *into = from != NULL ? perebor_trials_intern(to, from) : NULL;
    if (from != NULL && *into == NULL) {
        return perebor_no_memory(error, "for a table of trials");
    }
    return PEREBOR_OK;
}

perebor_status perebor_trials_copy(perebor_trials *to, size_t to_trial, const perebor_trials *from,
                                   size_t from_trial, perebor_error *error) {
    perebor_status status;
    size_t n_folds = to->n_folds;
    PEREBOR_TRY(done, copy_text(to, &to->error[to_trial], from->error[from_trial], error));
    PEREBOR_TRY(done, copy_text(to, &to->host[to_trial], from->host[from_trial], error));
    PEREBOR_TRY(done, trial_curves_copy(to, to_trial, from, from_trial, error));
    memcpy(to->folds + to_trial * n_folds, from->folds + from_trial * n_folds,
           n_folds * sizeof *to->folds);
    trial_metrics_copy(to, to_trial, from, from_trial);
    memcpy(to->fold_done + to_trial * n_folds, from->fold_done + from_trial * n_folds, n_folds);
    to->state[to_trial] = from->state[from_trial];
    to->datetime_start[to_trial] = from->datetime_start[from_trial];
    to->n_estimators[to_trial] = from->n_estimators[from_trial];
    to->duration[to_trial] = from->duration[from_trial];
    to->mpi_rank[to_trial] = from->mpi_rank[from_trial];
    to->n_threads[to_trial] = from->n_threads[from_trial];
done:
    return status;
}
