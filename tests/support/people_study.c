// SPDX-License-Identifier: MIT
#include "people_study.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

perebor_experiment *people_experiment(const char *const *settings) {
    perebor_override overrides[16];
    size_t n = 0;
    for (; settings != NULL && settings[2 * n] != NULL; n++) {
        overrides[n] = (perebor_override){settings[2 * n], settings[2 * n + 1]};
    }
    perebor_experiment *experiment = NULL;
    perebor_error error = {0};
    if (perebor_experiment_read(&experiment, PEOPLE_FILE, overrides, n, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return experiment;
}

perebor_study *people_study(const char *const *settings) {
    perebor_study *study = NULL;
    perebor_error error = {0};
    if (perebor_study_load(&study, people_experiment(settings), true, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return study;
}

perebor_trials *people_trials(const perebor_study *study, uint64_t first, size_t n) {
    perebor_trials *trials = NULL;
    assert_int_equal(perebor_trials_create(&trials, study->experiment->space, first, n,
                                           study->folds.n_folds, NULL),
                     PEREBOR_OK);
    assert_int_equal(perebor_study_set_metrics(study, trials, NULL), PEREBOR_OK);
    return trials;
}

static void put_place(perebor_trials *trials, size_t trial) {
    trials->datetime_start[trial] = (double)(trials->first_trial + trial);
    trials->duration[trial] = 0.5;
    trials->mpi_rank[trial] = 0;
    trials->n_threads[trial] = 2;
    trials->host[trial] = perebor_trials_intern(trials, "node-1");
}

void people_finish(perebor_trials *trials, size_t trial, double score) {
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        perebor_fold_outcome outcome = {.test_score = score,
                                        .train_score = NAN,
                                        .fit_seconds = 0.25,
                                        .state = PEREBOR_TRIAL_COMPLETE,
                                        .converged = 1};
        perebor_trials_set_fold(trials, trial, fold, &outcome, NULL);
    }
    trials->state[trial] = PEREBOR_TRIAL_COMPLETE;
    put_place(trials, trial);
}

void people_fail(perebor_trials *trials, size_t trial, const char *reason) {
    perebor_fold_outcome outcome = {
        .test_score = NAN, .train_score = NAN, .state = PEREBOR_TRIAL_FAIL};
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        perebor_trials_set_fold(trials, trial, fold, &outcome, NULL);
    }
    trials->state[trial] = PEREBOR_TRIAL_FAIL;
    trials->error[trial] = perebor_trials_intern(trials, reason);
    put_place(trials, trial);
}

void people_facts_make(people_facts *self, const perebor_study *study, perebor_trials *trials) {
    perebor_fold_shape shape = perebor_evaluator_shape(study->evaluator);
    *self = (people_facts){
        .ranks = {.size = 1, .n_nodes = 1, .node_size = 1},
        .timings = {.wall = 2.0, .compute = 3.5, .wait = 0.5, .start = 0.25, .n_threads = 2},
        .stages = {.prepare = 0.5, .fit = 1.5, .score = 1.0, .metric = 0.25},
        .node = {.host = "node-1", .cpu = "Some CPU", .n_threads = 2},
    };
    assert_int_equal(perebor_plan_create(&self->plan, study->pipeline, study->experiment->space,
                                         trials->first_trial, trials->n_trials, NULL, true,
                                         study->folds.n_folds, &shape, NULL),
                     PEREBOR_OK);
    self->facts = (record_facts){.study = study,
                                 .plan = self->plan,
                                 .trials = trials,
                                 .ranks = &self->ranks,
                                 .timings = &self->timings,
                                 .stages = &self->stages,
                                 .nodes = &self->node,
                                 .end = {.end = 0.125, .whole = 2.375, .writing = 0.0625},
                                 .command_line = "perebor run people.yaml",
                                 .begun = 1767323045.9, // 2026-01-02T03:04:05Z
                                 .status = PEREBOR_RESULT_COMPLETE,
                                 .run_uuid = "00000000-0000-4000-8000-000000000001"};
}

void people_facts_release(people_facts *self) {
    perebor_plan_free(self->plan);
}

void people_write(const perebor_study *study, perebor_trials *trials, perebor_result_status status,
                  const char *path) {
    people_facts made;
    perebor_error error = {0};
    perebor_file_identity there = perebor_file_identify(path);
    people_facts_make(&made, study, trials);
    made.facts.status = status;
    if (record_write(&made.facts, path, &there, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    people_facts_release(&made);
}

perebor_result *people_read(const char *path) {
    perebor_result *result = NULL;
    perebor_error error = {0};
    if (perebor_result_read(&result, path, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return result;
}
