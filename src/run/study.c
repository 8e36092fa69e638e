// SPDX-License-Identifier: MIT
#include "run/study.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"

perebor_status perebor_study_bind(perebor_pipeline **pipeline, const perebor_experiment *experiment,
                                  perebor_error *error) {
    perebor_preset *presets = calloc(experiment->n_fixed + 1, sizeof *presets);
    if (presets == NULL) {
        return perebor_no_memory(error, "for the pipeline");
    }
    for (size_t i = 0; i < experiment->n_fixed; i++) {
        presets[i] = (perebor_preset){.name = experiment->fixed[i].name,
                                      .value = experiment->fixed[i].value,
                                      .line = experiment->fixed[i].at.line,
                                      .column = experiment->fixed[i].at.column,
                                      .source = experiment->fixed[i].at.source};
    }
    perebor_status status = perebor_pipeline_create(pipeline, experiment->space, experiment->file,
                                                    presets, experiment->n_fixed, error);
    free(presets);
    for (size_t i = 0; status == PEREBOR_OK && i < perebor_space_n_parameters(experiment->space) &&
                       experiment->sampler == PEREBOR_SAMPLER_GRIDDED;
         i++) {
        if (perebor_pipeline_decides_sharing(*pipeline, i)) {
            perebor_space_draw_by_block(experiment->space, i);
        }
    }
    return status;
}

/** Copies the labels, or the groups, of the training part. */
static void pick_rows(const perebor_study *study, uint8_t *labels, uint32_t *groups) {
    for (size_t i = 0; i < study->split.n_train; i++) {
        labels[i] = study->dataset->labels[study->split.train[i]];
        if (study->dataset->groups != NULL) {
            groups[i] = study->dataset->groups[study->split.train[i]];
        }
    }
}

/** Cuts the folds of the training part; with outer ones, those of nested cross-validation. */
static perebor_status cut_folds(perebor_study *study, size_t n_outer, perebor_error *error) {
    perebor_status status;
    const perebor_folds_settings *settings = &study->experiment->folds;
    bool grouped = study->dataset->groups != NULL;
    uint8_t *labels = malloc(study->split.n_train + 1);
    uint32_t *groups = malloc((study->split.n_train + 1) * sizeof *groups);
    if (labels == NULL || groups == NULL) {
        status = perebor_no_memory(error, "for the folds");
        goto done;
    }
    pick_rows(study, labels, groups);
    status = n_outer == 0 ? perebor_folds_make(&study->folds, labels, grouped ? groups : NULL,
                                               study->split.n_train, settings, error)
                          : nested_folds_make(study->nested, labels, grouped ? groups : NULL,
                                              study->split.n_train, n_outer, settings, error);
done:
    free(labels);
    free(groups);
    return status;
}

/** Where the experiment says so of a column: ":line:column", or nothing where that is not known. */
static void find_monotonic(const perebor_study *study, const char *name, char place[32]) {
    const perebor_roles *roles = &study->experiment->tables.roles;
    place[0] = '\0';
    for (size_t i = 0; i < roles->n_monotonic; i++) {
        const perebor_monotonic_column *named = &roles->monotonic[i];
        if (strcmp(named->name, name) == 0 && named->at.line > 0) {
            (void)snprintf(place, 32, ":%u:%u", (unsigned)named->at.line,
                           (unsigned)named->at.column);
        }
    }
}

/** Where the data say that scores may not rise or fall with a column, all learners must keep to it.
 */
static perebor_status check_monotonic(const perebor_study *study, perebor_error *error) {
    const perebor_learner *learner =
        perebor_pipeline_not_monotonic(study->pipeline, study->experiment->space);
    for (size_t i = 0; learner != NULL && i < study->dataset->n_columns; i++) {
        const perebor_column *column = &study->dataset->columns[i];
        if (column->monotonic != 0) {
            char place[32];
            find_monotonic(study, column->name, place);
            return perebor_fail(error, PEREBOR_ERR_FORMAT,
                                "%s%s: data.features.monotonic names \"%s\", which model %s does "
                                "not keep to; leave all but boost out of search.parameters.model",
                                study->experiment->file, place, column->name, learner->name);
        }
    }
    return PEREBOR_OK;
}

static void set_up_evaluator(perebor_study *study) {
    perebor_evaluator_set_metrics(study->evaluator, &study->experiment->metrics);
    perebor_evaluator_limit_memory(study->evaluator, (size_t)study->experiment->trial_memory_bytes);
}

perebor_status perebor_study_nest(perebor_study *study, size_t n_outer, bool share,
                                  perebor_error *error) {
    perebor_status status;
    perebor_evaluator *evaluator = NULL;
    assert(study->nested == NULL);
    study->nested = calloc(1, sizeof *study->nested);
    if (study->nested == NULL) {
        return perebor_no_memory(error, "for %zu outer folds", n_outer);
    }
    PEREBOR_TRY(done, cut_folds(study, n_outer, error));
    PEREBOR_TRY(done, perebor_evaluator_create_nested(&evaluator, study->dataset, &study->split,
                                                      study->nested, share, error));
    perebor_evaluator_free(study->evaluator);
    study->evaluator = evaluator;
    study->n_folds = study->nested->n_folds;
    set_up_evaluator(study);
done:
    return status;
}

perebor_status perebor_study_create(perebor_study **study, perebor_experiment *experiment,
                                    perebor_dataset *dataset, bool share, perebor_error *error) {
    perebor_status status;
    perebor_study *result = calloc(1, sizeof *result);
    if (result == NULL) {
        perebor_experiment_free(experiment);
        perebor_dataset_free(dataset);
        return perebor_no_memory(error, "for the experiment");
    }
    result->experiment = experiment;
    result->dataset = dataset;
    PEREBOR_TRY(done, perebor_study_bind(&result->pipeline, experiment, error));
    PEREBOR_TRY(done, check_monotonic(result, error));
    PEREBOR_TRY(done, perebor_split_make(&result->split, dataset->labels, dataset->groups,
                                         dataset->n_rows, &experiment->split, error));
    PEREBOR_TRY(done, cut_folds(result, 0, error));
    result->n_folds = result->folds.n_folds;
    PEREBOR_TRY(done, perebor_evaluator_create(&result->evaluator, dataset, &result->split,
                                               &result->folds, share,
                                               experiment->return_train_score, error));
    set_up_evaluator(result);
    *study = result;
    result = NULL;
done:
    perebor_study_free(result);
    return status;
}

perebor_status perebor_study_load(perebor_study **study, perebor_experiment *experiment, bool share,
                                  perebor_error *error) {
    perebor_status status;
    perebor_dataset *dataset = NULL;
    perebor_tables_report tables = {0};
    perebor_study *result = NULL;
    status = perebor_tables_load(&dataset, &tables, &experiment->tables, error);
    if (status != PEREBOR_OK) {
        perebor_experiment_free(experiment);
        return status;
    }
    status = perebor_study_create(&result, experiment, dataset, share, error);
    if (status != PEREBOR_OK) {
        perebor_tables_report_release(&tables);
        return status;
    }
    assert(result != NULL);
    result->tables = tables;
    *study = result;
    return PEREBOR_OK;
}

void perebor_study_free(perebor_study *study) {
    if (study != NULL) {
        perebor_evaluator_free(study->evaluator);
        perebor_pipeline_free(study->pipeline);
        perebor_folds_release(&study->folds);
        if (study->nested != NULL) {
            nested_folds_release(study->nested);
            free(study->nested);
        }
        perebor_split_release(&study->split);
        perebor_tables_report_release(&study->tables);
        perebor_dataset_free(study->dataset);
        perebor_experiment_free(study->experiment);
        path_choices_release(&study->paths);
        free(study);
    }
}

void perebor_study_move_dataset(perebor_study *study, perebor_dataset *dataset) {
    perebor_evaluator_move_dataset(study->evaluator, dataset);
    perebor_dataset_free(study->dataset);
    study->dataset = dataset;
}

bool perebor_study_shares(const perebor_experiment *experiment, bool share) {
    return share && experiment->trial_timeout_seconds <= 0.0 && experiment->trial_memory_bytes == 0;
}

perebor_fold_shape perebor_study_shape(const perebor_study *study) {
    perebor_fold_shape shape = perebor_evaluator_shape(study->evaluator);
    shape.divides = perebor_study_shares(study->experiment, true);
    return shape;
}

perebor_status perebor_study_identify(const perebor_study *study, perebor_search_identity *identity,
                                      perebor_error *error) {
    const perebor_experiment *experiment = study->experiment;
    const char *names[PEREBOR_MAX_METRICS] = {NULL};
    perebor_metric_list_names(&experiment->metrics, names);
    perebor_status status = perebor_search_identity_of_experiment(
        identity, experiment->seed, experiment->space, study->dataset, &study->folds, names,
        experiment->metrics.n, experiment->trial_memory_bytes, experiment->sha256, error);
    if (status == PEREBOR_OK && study->nested != NULL) {
        nested_folds_fingerprint(study->nested, identity->folds);
    }
    return status;
}

perebor_status perebor_study_set_metrics(const perebor_study *study, perebor_trials *trials,
                                         perebor_error *error) {
    const char *names[PEREBOR_MAX_METRICS] = {NULL};
    perebor_metric_list_names(&study->experiment->metrics, names);
    return perebor_trials_set_metrics(trials, names, study->experiment->metrics.n, error);
}

perebor_status perebor_study_inputs(const perebor_experiment *experiment, perebor_input **inputs,
                                    size_t *n_inputs, perebor_error *error) {
    const perebor_tables_spec *tables = &experiment->tables;
    perebor_input *list = calloc(tables->n_sources + 1, sizeof *list);
    if (list == NULL) {
        return perebor_no_memory(error, "for the names of the inputs");
    }
    list[0] = (perebor_input){experiment->file, "the experiment"};
    for (size_t i = 0; i < tables->n_sources; i++) {
        list[i + 1] = (perebor_input){tables->sources[i].path, "a table of the experiment"};
    }
    *inputs = list;
    *n_inputs = tables->n_sources + 1;
    return PEREBOR_OK;
}

uint64_t perebor_study_n_trials(const perebor_study *study) {
    uint64_t available = perebor_space_n_trials(study->experiment->space);
    uint64_t wanted = study->experiment->n_trials;
    return wanted < available ? wanted : available;
}
