// SPDX-License-Identifier: MIT
#include "perebor/array_search.h"

#include <stdlib.h>

#include "base/try.h"
#include "exec/sequence.h"
#include "perebor/pipeline.h"
#include "trial/equal_trials.h"
#include "trial/evaluate.h"
#include "trial/outcome_collector.h"
#include "trial/path_choices.h"
#include "trial/plan.h"

/** The training part of a search, divided and bound. */
typedef struct array_setup {
    perebor_split split;
    perebor_folds folds;
    perebor_pipeline *pipeline;
} array_setup;

/** A search while it runs: what the threads share, and for each what it has made. */
typedef struct array_run {
    perebor_evaluator *evaluator;
    perebor_plan *plan;
    outcome_collector collector;
    perebor_stage_seconds *stages; /**< [1] of this process, for the collector. */
    equal_trials equal;
    bool *skip; /**< [n_trials] that take over the outcome of an equal one. */
    size_t n_folds;
    int n_threads;
    perebor_workspace *workspaces;     /**< [n_threads] */
    perebor_member_outcome **outcomes; /**< [n_threads][most members of a bundle] */
} array_run;

static void setup_release(array_setup *setup) {
    perebor_pipeline_free(setup->pipeline);
    perebor_folds_release(&setup->folds);
    perebor_split_release(&setup->split);
}

/** Splits and folds the rows, and binds the space. */
static perebor_status setup_make(array_setup *setup, const perebor_array_search *search,
                                 perebor_error *error) {
    perebor_status status;
    const perebor_dataset *dataset = search->dataset;
    uint8_t *labels = NULL;
    uint32_t *groups = NULL;
    PEREBOR_TRY(done, perebor_split_make(&setup->split, dataset->labels, dataset->groups,
                                         dataset->n_rows, &search->split, error));
    size_t n_training = setup->split.n_train;
    labels = malloc(n_training + 1);
    groups = malloc((n_training + 1) * sizeof *groups);
    if (labels == NULL || groups == NULL) {
        status = perebor_no_memory(error, "for the folds");
        goto done;
    }
    for (size_t i = 0; i < n_training; i++) {
        labels[i] = dataset->labels[setup->split.train[i]];
        groups[i] = dataset->groups == NULL ? 0 : dataset->groups[setup->split.train[i]];
    }
    PEREBOR_TRY(done,
                perebor_folds_make(&setup->folds, labels, dataset->groups == NULL ? NULL : groups,
                                   n_training, &search->folds, error));
    PEREBOR_TRY(done,
                perebor_pipeline_create(&setup->pipeline, search->space, "space", NULL, 0, error));
done:
    free(groups);
    free(labels);
    return status;
}

/** Evaluates a unit; its outcomes stay with the thread until they are handed over. */
static perebor_status make_unit(void *context, uint64_t unit, int thread, perebor_error *error) {
    array_run *run = context;
    return perebor_evaluate(run->evaluator, run->plan, (size_t)(unit / run->n_folds),
                            (size_t)(unit % run->n_folds), &run->workspaces[thread],
                            run->outcomes[thread], NULL, error);
}

/** Puts the outcomes of a unit into the table of trials. */
static perebor_status hand_over_unit(void *context, uint64_t unit, int thread,
                                     perebor_error *error) {
    array_run *run = context;
    size_t bundle = (size_t)(unit / run->n_folds);
    size_t n_members = perebor_plan_bundle(run->plan, bundle)->n_members;
    perebor_member_outcome *outcomes = run->outcomes[thread];
    const outcome_header header = {.n_members = (uint32_t)n_members,
                                   .n_threads = (uint32_t)run->n_threads};
    perebor_status status = outcome_collector_add(
        &run->collector, bundle, (size_t)(unit % run->n_folds), 0, &header, outcomes, error);
    perebor_member_outcomes_release(outcomes, n_members);
    return status;
}

static perebor_status note_finished(void *context, size_t trial, perebor_error *error) {
    (void)context;
    (void)trial;
    (void)error;
    return PEREBOR_OK;
}

static perebor_status run_allocate(array_run *run, perebor_error *error) {
    size_t most = 1;
    for (size_t bundle = 0; bundle < perebor_plan_n_bundles(run->plan); bundle++) {
        size_t n = perebor_plan_bundle(run->plan, bundle)->n_members;
        most = n > most ? n : most;
    }
    size_t n_threads = (size_t)run->n_threads;
    run->workspaces = calloc(n_threads, sizeof *run->workspaces);
    run->outcomes = calloc(n_threads, sizeof(perebor_member_outcome *));
    run->stages = calloc(1, sizeof *run->stages);
    bool complete = run->workspaces != NULL && run->outcomes != NULL && run->stages != NULL;
    for (size_t thread = 0; complete && thread < n_threads; thread++) {
        run->outcomes[thread] = calloc(most, sizeof **run->outcomes);
        complete = run->outcomes[thread] != NULL;
    }
    return complete ? PEREBOR_OK : perebor_no_memory(error, "for %zu outcomes", most);
}

static void run_release(array_run *run) {
    for (int thread = 0; thread < run->n_threads; thread++) {
        if (run->workspaces != NULL) {
            perebor_workspace_release(&run->workspaces[thread]);
        }
        if (run->outcomes != NULL) {
            free(run->outcomes[thread]);
        }
    }
    free(run->workspaces);
    free(run->outcomes);
    free(run->stages);
    free(run->skip);
    equal_trials_release(&run->equal);
    perebor_plan_free(run->plan);
    perebor_evaluator_free(run->evaluator);
}

/** Gives the evaluator and the table the metrics that were asked for. */
static perebor_status run_set_metrics(const array_run *run, const perebor_metric_list *metrics,
                                      perebor_trials *trials, perebor_error *error) {
    const char *names[PEREBOR_MAX_METRICS] = {NULL};
    if (metrics->n == 0) {
        return PEREBOR_OK;
    }
    perebor_evaluator_set_metrics(run->evaluator, metrics);
    perebor_metric_list_names(metrics, names);
    return perebor_trials_set_metrics(trials, names, metrics->n, error);
}

/** Finds trials that are equal to earlier ones: they are not evaluated. */
static perebor_status run_skip_equal(array_run *run, const perebor_array_search *search,
                                     const array_setup *setup, perebor_error *error) {
    run->skip = calloc(search->n_trials, sizeof *run->skip);
    if (run->skip == NULL) {
        return perebor_no_memory(error, "for %zu trials", search->n_trials);
    }
    // NOLINTNEXTLINE(clang-analyzer-unix.Malloc): run_release() frees what is skipped
    perebor_status status =
        equal_trials_find(&run->equal, setup->pipeline, search->space, search->first_trial,
                          search->n_trials, run->skip, error);
    for (size_t trial = 0; status == PEREBOR_OK && trial < search->n_trials; trial++) {
        run->skip[trial] = run->equal.source[trial] != EQUAL_TRIALS_NONE;
    }
    return status;
}

static perebor_status run_prepare(array_run *run, const perebor_array_search *search,
                                  const array_setup *setup, perebor_trials *trials,
                                  perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, perebor_evaluator_create(&run->evaluator, search->dataset, &setup->split,
                                               &setup->folds, true, search->score_training, error));
    PEREBOR_TRY(done, run_set_metrics(run, &search->metrics, trials, error));
    perebor_fold_shape shape = perebor_evaluator_shape(run->evaluator);
    PEREBOR_TRY(done, run_skip_equal(run, search, setup, error));
    PEREBOR_TRY(done, perebor_plan_create(&run->plan, setup->pipeline, search->space,
                                          search->first_trial, search->n_trials, run->skip, true,
                                          run->n_folds, &shape, error));
    PEREBOR_TRY(done, run_allocate(run, error));
    run->collector = (outcome_collector){.plan = run->plan,
                                         .equal = &run->equal,
                                         .trials = trials,
                                         .stages = run->stages,
                                         .finished = note_finished};
    PEREBOR_TRY(done, outcome_collector_begin(&run->collector, error));
done:
    return status;
}

perebor_status perebor_array_search_run(const perebor_array_search *search, perebor_trials **trials,
                                        perebor_error *error) {
    perebor_status status;
    array_setup setup = {0};
    array_run run = {.n_threads = search->n_threads};
    perebor_trials *table = NULL;
    if (search->n_threads < 1 || search->n_trials == 0) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT, "a search needs a thread and a trial");
    }
    PEREBOR_TRY(done, setup_make(&setup, search, error));
    run.n_folds = setup.folds.n_folds;
    PEREBOR_TRY(done, perebor_trials_create(&table, search->space, search->first_trial,
                                            search->n_trials, run.n_folds, error));
    PEREBOR_TRY(done, run_prepare(&run, search, &setup, table, error));
    const perebor_sequence units = {.n_items = perebor_plan_n_units(run.plan),
                                    .n_threads = search->n_threads,
                                    .context = &run,
                                    .make = make_unit,
                                    .hand_over = hand_over_unit};
    PEREBOR_TRY(done, perebor_sequence_run(&units, error));
    *trials = table;
    table = NULL;
done:
    run_release(&run);
    perebor_trials_free(table);
    setup_release(&setup);
    return status;
}

perebor_status perebor_array_search_fit(const perebor_array_search *search,
                                        const perebor_trials *trials, uint64_t trial,
                                        perebor_fitted_pipeline **pipeline, perebor_error *error) {
    perebor_status status;
    array_setup setup = {0};
    perebor_candidate candidate = {0};
    perebor_value *point = NULL;
    PEREBOR_TRY(done, setup_make(&setup, search, error));
    point = calloc(perebor_space_n_parameters(search->space) + 1, sizeof *point);
    if (point == NULL) {
        status = perebor_no_memory(error, "for a point");
        goto done;
    }
    perebor_space_point(search->space, trial, point);
    PEREBOR_TRY(done, perebor_pipeline_resolve(setup.pipeline, point, &candidate, error));
    if (trials != NULL && trial >= trials->first_trial &&
        trial - trials->first_trial < trials->n_trials) {
        path_choice_settle(&candidate, trials->n_estimators[trial - trials->first_trial]);
    }
    PEREBOR_TRY(done, perebor_fitted_pipeline_fit(pipeline, &candidate, search->dataset,
                                                  setup.split.train, setup.split.n_train, error));
done:
    free(point);
    setup_release(&setup);
    return status;
}
