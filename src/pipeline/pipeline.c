// SPDX-License-Identifier: MIT
#include "perebor/pipeline.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "perebor/learners.h"
#include "pipeline/binding.h"

struct perebor_pipeline {
    binding *bindings; /**< [n_parameters] of the space */
    size_t n_parameters;
    size_t n_learners;
    perebor_candidate *defaults; /**< [n_learners] */
    size_t default_learner;      /**< Used where `model` is not varied. */
};

static perebor_status set_defaults(perebor_pipeline *pipeline, perebor_error *error) {
    size_t n_steps = 0;
    const perebor_preparation_step *steps = perebor_preparation_steps(&n_steps);
    const perebor_learner *const *learners = perebor_learners(&pipeline->n_learners);
    pipeline->defaults = calloc(pipeline->n_learners + 1, sizeof *pipeline->defaults);
    if (pipeline->defaults == NULL) {
        return perebor_no_memory(error, "for the pipeline");
    }
    for (size_t learner = 0; learner < pipeline->n_learners; learner++) {
        perebor_candidate *candidate = &pipeline->defaults[learner];
        candidate->learner = learners[learner];
        for (size_t i = 0; i < learners[learner]->n_settings; i++) {
            assert(!learners[learner]->settings[i].optional ||
                   learners[learner]->settings[i].default_value.kind == PEREBOR_VALUE_NONE);
            candidate->settings[i] = learners[learner]->settings[i].default_value;
        }
        for (size_t step = 0; step < n_steps; step++) {
            for (size_t i = 0; i < steps[step].n_settings; i++) {
                perebor_preparation_set(&candidate->preparation, steps[step].name,
                                        steps[step].settings[i].name,
                                        steps[step].settings[i].default_value);
            }
        }
    }
    return PEREBOR_OK;
}

/** Puts an accepted value where it belongs in a candidate. */
static perebor_status apply(const binding *binding, perebor_value value,
                            perebor_candidate *candidate, perebor_error *error) {
    perebor_status status;
    perebor_value accepted;
    PEREBOR_TRY(done, perebor_setting_accept(binding->setting, value, &accepted, error));
    if (binding->step != NULL) {
        perebor_preparation_set(&candidate->preparation, binding->step->name,
                                binding->setting->name, accepted);
    } else {
        candidate->settings[binding->index] = accepted;
    }
done:
    return status;
}

static perebor_status apply_preset(perebor_pipeline *pipeline, const char *file,
                                   const perebor_preset *preset, perebor_error *error) {
    perebor_status status;
    binding binding;
    binding_origin from = {file, preset->name, preset->line, preset->column, preset->source};
    PEREBOR_TRY(done, binding_find(&binding, &from, error));
    PEREBOR_TRY(done, binding_check_value(&binding, preset->value, &from, error));
    if (binding.model) {
        return binding_accept_model(preset->value, &pipeline->default_learner, &from, error);
    }
    for (size_t learner = 0; learner < pipeline->n_learners; learner++) {
        if (binding.step != NULL || binding.learner == learner) {
            PEREBOR_TRY(done, apply(&binding, preset->value, &pipeline->defaults[learner], error));
        }
    }
done:
    return status;
}

/** What an enqueued point gives may lie outside of what is drawn: log_normal has no bounds. */
static perebor_status check_enqueued(const perebor_pipeline *pipeline, const perebor_space *space,
                                     const char *file, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t point = 0; point < perebor_space_n_enqueued(space); point++) {
        for (size_t i = 0; i < pipeline->n_parameters; i++) {
            perebor_value value;
            perebor_enqueued place;
            if (perebor_space_enqueued(space, point, i, &value, &place)) {
                binding_origin from = {file, perebor_space_parameter(space, i)->name, place.line,
                                       place.column, place.source};
                PEREBOR_TRY(done, binding_check_value(&pipeline->bindings[i], value, &from, error));
            }
        }
    }
done:
    return status;
}

static perebor_status bind_parameters(perebor_pipeline *pipeline, const perebor_space *space,
                                      const char *file, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    bool model_varies = pipeline->default_learner != SIZE_MAX;
    for (size_t i = 0; i < pipeline->n_parameters; i++) {
        const perebor_parameter *parameter = perebor_space_parameter(space, i);
        binding_origin from = {file, parameter->name, parameter->line, parameter->column,
                               parameter->source};
        PEREBOR_TRY(done, binding_find(&pipeline->bindings[i], &from, error));
        PEREBOR_TRY(done, binding_check_parameter(&pipeline->bindings[i], parameter, &from, error));
        if (pipeline->bindings[i].model) {
            model_varies = true;
            if (parameter->n_conditions > 0) {
                return binding_refuse(error, &from, "`model` is always active; remove its when:");
            }
        }
    }
    if (!model_varies) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s: search.parameters does not say which learner to use; add "
                            "model: {values: [logreg, knn, tree, svc]}",
                            file);
    }
done:
    return status;
}

perebor_status perebor_pipeline_create(perebor_pipeline **pipeline, const perebor_space *space,
                                       const char *file, const perebor_preset *presets,
                                       size_t n_presets, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_pipeline *result = calloc(1, sizeof *result);
    if (result == NULL) {
        return perebor_no_memory(error, "for the pipeline");
    }
    result->default_learner = SIZE_MAX;
    result->n_parameters = perebor_space_n_parameters(space);
    result->bindings = calloc(result->n_parameters + 1, sizeof *result->bindings);
    if (result->bindings == NULL) {
        status = perebor_no_memory(error, "for the pipeline");
        goto done;
    }
    PEREBOR_TRY(done, set_defaults(result, error));
    for (size_t i = 0; i < n_presets; i++) {
        PEREBOR_TRY(done, apply_preset(result, file, &presets[i], error));
    }
    PEREBOR_TRY(done, bind_parameters(result, space, file, error));
    PEREBOR_TRY(done, check_enqueued(result, space, file, error));
    *pipeline = result;
    result = NULL;
done:
    perebor_pipeline_free(result);
    return status;
}

void perebor_pipeline_free(perebor_pipeline *pipeline) {
    if (pipeline != NULL) {
        free(pipeline->bindings);
        free(pipeline->defaults);
        free(pipeline);
    }
}

bool perebor_pipeline_decides_sharing(const perebor_pipeline *pipeline, size_t parameter) {
    const binding *binding = &pipeline->bindings[parameter];
    return binding->model || binding->step != NULL || binding->setting->part_of_key;
}

/** The learner that a point chooses. */
static perebor_status choose_learner(const perebor_pipeline *pipeline, const perebor_value *values,
                                     size_t *learner, perebor_error *error) {
    *learner = pipeline->default_learner;
    for (size_t i = 0; i < pipeline->n_parameters; i++) {
        if (pipeline->bindings[i].model) {
            binding_origin from = {.file = "a point", .name = "model"};
            return binding_accept_model(values[i], learner, &from, error);
        }
    }
    return PEREBOR_OK;
}

perebor_status perebor_pipeline_resolve(const perebor_pipeline *pipeline,
                                        const perebor_value *values, perebor_candidate *candidate,
                                        perebor_error *error) {
    perebor_status status;
    size_t learner = 0;
    PEREBOR_TRY(done, choose_learner(pipeline, values, &learner, error));
    *candidate = pipeline->defaults[learner];
    for (size_t i = 0; i < pipeline->n_parameters; i++) {
        const binding *binding = &pipeline->bindings[i];
        bool concerns = binding->step != NULL || binding->learner == learner;
        if (concerns && values[i].kind != PEREBOR_VALUE_NONE) {
            PEREBOR_TRY(done, apply(binding, values[i], candidate, error));
        }
    }
    const perebor_learner *chosen = candidate->learner;
    if (chosen->ignores_scale != NULL && chosen->ignores_scale(candidate->settings)) {
        candidate->preparation.scale = PEREBOR_SCALE_NONE;
    }
done:
    return status;
}

static int compare_numbers(uint64_t a, uint64_t b) {
    return (a > b) - (a < b);
}

int perebor_candidate_compare(const perebor_candidate *a, const perebor_candidate *b) {
    int order = perebor_preparation_settings_compare(&a->preparation, &b->preparation);
    if (order == 0 && a->learner != b->learner) {
        order = strcmp(a->learner->name, b->learner->name);
    }
    if (order == 0 && a->learner->share_key != NULL) {
        order =
            compare_numbers(a->learner->share_key(a->settings), b->learner->share_key(b->settings));
    }
    for (size_t i = 0; order == 0 && i < a->learner->n_settings; i++) {
        order = perebor_value_compare(a->settings[i], b->settings[i]);
    }
    return order;
}

const perebor_learner *perebor_pipeline_not_monotonic(const perebor_pipeline *pipeline,
                                                      const perebor_space *space) {
    const perebor_learner *found = NULL;
    bool varies = false;
    for (size_t i = 0; i < pipeline->n_parameters; i++) {
        const perebor_parameter *parameter = perebor_space_parameter(space, i);
        for (size_t k = 0; pipeline->bindings[i].model && k < parameter->n_values; k++) {
            const char *name = parameter->values[k].as.text;
            const perebor_learner *learner =
                pipeline->defaults[binding_find_learner(name, strlen(name))].learner;
            varies = true;
            found = found == NULL && !learner->keeps_monotonic ? learner : found;
        }
    }
    if (!varies && !pipeline->defaults[pipeline->default_learner].learner->keeps_monotonic) {
        found = pipeline->defaults[pipeline->default_learner].learner;
    }
    return found;
}
