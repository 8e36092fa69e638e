// SPDX-License-Identifier: MIT
#include "cli/trial_script.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/try.h"
#include "cli/command.h"
#include "config/yaml_tree.h"
#include "export/sklearn_script.h"
#include "perebor/pipeline.h"

enum { most_presets = 3 };

/** What the experiment fixed outside the search: data.missing of the settings in the file. */
static perebor_status read_presets(const perebor_result *result, const char *file,
                                   perebor_arena *arena, perebor_preset presets[most_presets],
                                   size_t *n, perebor_error *error) {
    yaml_node *root = NULL; // JSON is YAML
    perebor_status status = yaml_tree_parse(&root, arena, file, false, result->config_resolved,
                                            strlen(result->config_resolved), error);
    *n = 0;
    const yaml_node *data = status == PEREBOR_OK ? yaml_find(root, "data") : NULL;
    const yaml_node *missing = data != NULL ? yaml_find(data, "missing") : NULL;
    const yaml_node *node = missing != NULL ? missing->first : NULL;
    for (; node != NULL && *n < most_presets; node = node->next) {
        perebor_value value = {.kind = PEREBOR_VALUE_TEXT, .as.text = node->text};
        if (!node->quoted) {
            value =
                (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = strtod(node->text, NULL)};
        }
        presets[(*n)++] = (perebor_preset){.name = node->key, .value = value, .source = file};
    }
    return status;
}

/** A space of one point: the trial's. @param[out] values  [n_parameters] its values that count. */
static perebor_status make_space(const perebor_trials *trials, size_t row, const char *file,
                                 perebor_space **space, perebor_value *values,
                                 perebor_error *error) {
    size_t n = 0;
    perebor_parameter *parameters = calloc(trials->n_parameters + 1, sizeof *parameters);
    if (parameters == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for a point");
    }
    for (size_t i = 0; i < trials->n_parameters; i++) {
        values[n] = trials->values[row * trials->n_parameters + i];
        if (values[n].kind == PEREBOR_VALUE_NONE) {
            continue;
        }
        parameters[n] = (perebor_parameter){.name = trials->parameter_names[i],
                                            .distribution = PEREBOR_CATEGORICAL,
                                            .values = &values[n],
                                            .n_values = 1};
        n++;
    }
    perebor_status status =
        perebor_space_create(space, file, parameters, n, NULL, 0, PEREBOR_SEARCH_RANDOM, 0, error);
    free(parameters);
    return status;
}

static perebor_status resolve(const perebor_result *result, const char *file, size_t row,
                              perebor_candidate *candidate, perebor_space **space,
                              perebor_error *error) {
    perebor_status status;
    perebor_preset presets[most_presets];
    size_t n_presets = 0;
    perebor_arena arena = {0};
    perebor_pipeline *pipeline = NULL;
    perebor_value *values = calloc(result->trials->n_parameters + 1, sizeof *values);
    if (values == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for a point");
    }
    PEREBOR_TRY(done, read_presets(result, file, &arena, presets, &n_presets, error));
    PEREBOR_TRY(done, make_space(result->trials, row, file, space, values, error));
    PEREBOR_TRY(done, perebor_pipeline_create(&pipeline, *space, file, presets, n_presets, error));
    PEREBOR_TRY(done, perebor_pipeline_resolve(pipeline, values, candidate, error));
done:
    perebor_pipeline_free(pipeline);
    perebor_arena_release(&arena);
    free(values);
    return status;
}

perebor_status trial_script_write(const perebor_result *result, const char *file, size_t row,
                                  FILE *stream, perebor_error *error) {
    const perebor_trials *trials = result->trials;
    perebor_status status;
    perebor_space *space = NULL; // the candidate borrows its texts
    perebor_candidate candidate = {0};
    const char *difference = NULL;
    perebor_role *roles = calloc(result->n_columns + 1, sizeof *roles);
    double *scores = calloc(trials->n_folds + 1, sizeof *scores);
    if (roles == NULL || scores == NULL) {
        status = perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for a script");
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
    PEREBOR_TRY(done, resolve(result, file, row, &candidate, &space, error));
    const sklearn_trial trial = {.file = file,
                                 .number = trials->first_trial + row,
                                 .candidate = &candidate,
                                 .roles = roles,
                                 .n_columns = result->n_columns,
                                 .n_splits = result->n_splits,
                                 .n_repeats = result->n_repeats,
                                 .metric = trials->metric_names[0],
                                 .scores = scores};
    status = sklearn_script_write(&trial, stream, &difference, error);
    if (difference != NULL) {
        command_warn(difference);
    }
done:
    perebor_space_free(space);
    free(scores);
    free(roles);
    return status;
}
