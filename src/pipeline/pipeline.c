// SPDX-License-Identifier: MIT
#include "perebor/pipeline.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "base/try.h"
#include "perebor/learners.h"

/** What a parameter or a preset sets. */
typedef struct binding {
    const perebor_setting *setting;
    const perebor_preparation_step *step; /**< Of preparation, or NULL. */
    size_t learner;                       /**< Index of the learner, if it is not preparation's. */
    size_t index;                         /**< Of the setting among the learner's. */
    bool model;                           /**< Chooses the learner. */
} binding;

struct perebor_pipeline {
    binding *bindings; /**< [n_parameters] of the space */
    size_t n_parameters;
    size_t n_learners;
    perebor_candidate *defaults; /**< [n_learners] */
    size_t default_learner;      /**< Used where `model` is not varied. */
};

/** Where a name comes from, for messages. */
typedef struct origin {
    const char *file, *name;
    unsigned line, column;
} origin;

static perebor_status complain(perebor_error *error, const origin *from, const char *reason) {
    if (from->line == 0) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: %s: %s", from->file, from->name,
                            reason);
    }
    return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s:%u:%u: %s: %s", from->file, from->line,
                        from->column, from->name, reason);
}

static const perebor_preparation_step *find_step(const char *name, size_t length) {
    size_t n_steps = 0;
    const perebor_preparation_step *steps = perebor_preparation_steps(&n_steps);
    for (size_t step = 0; step < n_steps; step++) {
        if (strlen(steps[step].name) == length && strncmp(steps[step].name, name, length) == 0) {
            return &steps[step];
        }
    }
    return NULL;
}

static size_t find_learner(const char *name, size_t length) {
    size_t n_learners = 0;
    const perebor_learner *const *learners = perebor_learners(&n_learners);
    for (size_t learner = 0; learner < n_learners; learner++) {
        if (strlen(learners[learner]->name) == length &&
            strncmp(learners[learner]->name, name, length) == 0) {
            return learner;
        }
    }
    return SIZE_MAX;
}

/** Writes ", or a, b, c" style lists: the names separated by commas. */
static void append_name(char *list, size_t size, const char *name) {
    size_t used = strlen(list);
    snprintf(list + used, size - used, "%s%s", used > 0 ? ", " : "", name);
}

static perebor_status unknown_step(const origin *from, const char *step, perebor_error *error) {
    const char *names[64] = {0};
    size_t n_names = 0;
    size_t n = 0;
    char list[512] = "";
    names[n_names++] = "model";
    const perebor_preparation_step *steps = perebor_preparation_steps(&n);
    for (size_t i = 0; i < n && n_names < 64; i++) {
        names[n_names++] = steps[i].name;
    }
    const perebor_learner *const *learners = perebor_learners(&n);
    for (size_t i = 0; i < n && n_names < 64; i++) {
        names[n_names++] = learners[i]->name;
    }
    for (size_t i = 0; i < n_names; i++) {
        append_name(list, sizeof list, names[i]);
    }
    const char *near = perebor_suggest(step, names, n_names);
    char reason[900];
    snprintf(reason, sizeof reason, "there is no step \"%s\"%s%s%s; the steps are %s", step,
             near != NULL ? " (did you mean \"" : "", near != NULL ? near : "",
             near != NULL ? "\"?)" : "", list);
    return complain(error, from, reason);
}

static perebor_status unknown_setting(const origin *from, const char *step, const char *setting,
                                      const perebor_setting *settings, size_t n_settings,
                                      perebor_error *error) {
    const char *names[PEREBOR_MAX_SETTINGS] = {0};
    size_t n_names = 0;
    char list[512] = "";
    for (size_t i = 0; i < n_settings && n_names < PEREBOR_MAX_SETTINGS; i++) {
        if (settings[i].name[0] != '\0') {
            names[n_names++] = settings[i].name;
            append_name(list, sizeof list, settings[i].name);
        }
    }
    char reason[900];
    const char *near = perebor_suggest(setting, names, n_names);
    if (setting[0] == '\0') {
        snprintf(reason, sizeof reason, "name one of its settings, as in %s__%s: %s", step,
                 n_names > 0 ? names[0] : "", list);
    } else {
        snprintf(reason, sizeof reason, "%s has no setting \"%s\"%s%s%s; it has %s", step, setting,
                 near != NULL ? " (did you mean \"" : "", near != NULL ? near : "",
                 near != NULL ? "\"?)" : "", n_names > 0 ? list : "none");
    }
    return complain(error, from, reason);
}

/** Finds what a name sets. */
static perebor_status bind_name(binding *target, const origin *from, perebor_error *error) {
    const char *separator = strstr(from->name, "__");
    size_t length = separator != NULL ? (size_t)(separator - from->name) : strlen(from->name);
    const char *setting = separator != NULL ? separator + 2 : "";
    char step[64];
    snprintf(step, sizeof step, "%.*s", (int)(length < 63 ? length : 63), from->name);

    *target = (binding){.learner = SIZE_MAX};
    const perebor_setting *settings = NULL;
    size_t n_settings = 0;
    if (strcmp(from->name, "model") == 0) {
        target->model = true;
        return PEREBOR_OK;
    }
    target->step = find_step(from->name, length);
    if (target->step != NULL) {
        settings = target->step->settings;
        n_settings = target->step->n_settings;
    } else {
        size_t n_learners = 0;
        const perebor_learner *const *learners = perebor_learners(&n_learners);
        target->learner = find_learner(from->name, length);
        if (target->learner == SIZE_MAX) {
            return unknown_step(from, step, error);
        }
        settings = learners[target->learner]->settings;
        n_settings = learners[target->learner]->n_settings;
    }
    for (size_t i = 0; i < n_settings; i++) {
        if (strcmp(settings[i].name, setting) == 0) {
            target->setting = &settings[i];
            target->index = i;
            return PEREBOR_OK;
        }
    }
    return unknown_setting(from, step, setting, settings, n_settings, error);
}

/** The learner that a value of `model` names. */
static perebor_status accept_model(perebor_value value, size_t *learner, const origin *from,
                                   perebor_error *error) {
    size_t n_learners = 0;
    const perebor_learner *const *learners = perebor_learners(&n_learners);
    if (value.kind == PEREBOR_VALUE_TEXT) {
        *learner = find_learner(value.as.text, strlen(value.as.text));
        if (*learner != SIZE_MAX) {
            return PEREBOR_OK;
        }
    }
    char list[256] = "";
    const char *names[64] = {0};
    for (size_t i = 0; i < n_learners && i < 64; i++) {
        names[i] = learners[i]->name;
        append_name(list, sizeof list, names[i]);
    }
    char shown[128];
    perebor_value_format(value, shown, sizeof shown);
    const char *near =
        value.kind == PEREBOR_VALUE_TEXT
            ? perebor_suggest(value.as.text, names, n_learners < 64 ? n_learners : 64)
            : NULL;
    char reason[600];
    snprintf(reason, sizeof reason, "there is no learner %s%s%s%s; the learners are %s", shown,
             near != NULL ? " (did you mean \"" : "", near != NULL ? near : "",
             near != NULL ? "\"?)" : "", list);
    return complain(error, from, reason);
}

/** Checks one value that a parameter can take. */
static perebor_status check_value(const binding *binding, perebor_value value, const origin *from,
                                  perebor_error *error) {
    if (binding->model) {
        size_t learner = 0;
        return accept_model(value, &learner, from, error);
    }
    perebor_value accepted;
    perebor_error reason = {0};
    if (perebor_setting_accept(binding->setting, value, &accepted, &reason) != PEREBOR_OK) {
        return complain(error, from, reason.message);
    }
    return PEREBOR_OK;
}

/** Checks every value of a list, or the ends of a range: settings' ranges are intervals. */
static perebor_status check_parameter(const binding *binding, const perebor_parameter *parameter,
                                      const origin *from, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    bool whole = parameter->distribution == PEREBOR_INT_UNIFORM;
    switch (parameter->distribution) {
    case PEREBOR_CATEGORICAL:
    case PEREBOR_CONSTANT:
        for (size_t i = 0; i < parameter->n_values; i++) {
            PEREBOR_TRY(done, check_value(binding, parameter->values[i], from, error));
        }
        break;
    case PEREBOR_NORMAL:
    case PEREBOR_Q_NORMAL:
    case PEREBOR_LOG_NORMAL:
        if (binding->model) {
            return complain(error, from, "choose learners by values, not by a distribution");
        }
        if (parameter->distribution != PEREBOR_LOG_NORMAL && binding->setting != NULL &&
            binding->setting->min <= binding->setting->max) {
            return complain(error, from,
                            "a normal distribution has no bounds but this setting does; use "
                            "uniform or log_normal");
        }
        break;
    case PEREBOR_UNIFORM:
    case PEREBOR_INT_UNIFORM:
    case PEREBOR_Q_UNIFORM:
    case PEREBOR_LOG_UNIFORM_VALUES:
    case PEREBOR_Q_LOG_UNIFORM_VALUES:
        for (int end = 0; end < 2; end++) {
            double limit = end == 0 ? parameter->min : parameter->max;
            perebor_value value = {.kind = PEREBOR_VALUE_REAL, .as.real = limit};
            if (whole) {
                value =
                    (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = (int64_t)limit};
            }
            PEREBOR_TRY(done, check_value(binding, value, from, error));
        }
        break;
    }
done:
    return status;
}

static perebor_status set_defaults(perebor_pipeline *pipeline, perebor_error *error) {
    size_t n_steps = 0;
    const perebor_preparation_step *steps = perebor_preparation_steps(&n_steps);
    const perebor_learner *const *learners = perebor_learners(&pipeline->n_learners);
    pipeline->defaults = calloc(pipeline->n_learners + 1, sizeof *pipeline->defaults);
    if (pipeline->defaults == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for the pipeline");
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
static void apply(const binding *binding, perebor_value value, perebor_candidate *candidate) {
    perebor_value accepted;
    if (perebor_setting_accept(binding->setting, value, &accepted, NULL) != PEREBOR_OK) {
        assert(false); // every value of every parameter was accepted when it was bound
        return;
    }
    if (binding->step != NULL) {
        perebor_preparation_set(&candidate->preparation, binding->step->name,
                                binding->setting->name, accepted);
    } else {
        candidate->settings[binding->index] = accepted;
    }
}

static perebor_status apply_preset(perebor_pipeline *pipeline, const char *file,
                                   const perebor_preset *preset, perebor_error *error) {
    perebor_status status;
    binding binding;
    origin from = {file, preset->name, preset->line, preset->column};
    PEREBOR_TRY(done, bind_name(&binding, &from, error));
    PEREBOR_TRY(done, check_value(&binding, preset->value, &from, error));
    if (binding.model) {
        return accept_model(preset->value, &pipeline->default_learner, &from, error);
    }
    for (size_t learner = 0; learner < pipeline->n_learners; learner++) {
        if (binding.step != NULL || binding.learner == learner) {
            apply(&binding, preset->value, &pipeline->defaults[learner]);
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
        origin from = {file, parameter->name, parameter->line, parameter->column};
        PEREBOR_TRY(done, bind_name(&pipeline->bindings[i], &from, error));
        PEREBOR_TRY(done, check_parameter(&pipeline->bindings[i], parameter, &from, error));
        if (pipeline->bindings[i].model) {
            model_varies = true;
            if (parameter->n_conditions > 0) {
                return complain(error, &from, "`model` is always active; remove its when:");
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
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for the pipeline");
    }
    result->default_learner = SIZE_MAX;
    result->n_parameters = perebor_space_n_parameters(space);
    result->bindings = calloc(result->n_parameters + 1, sizeof *result->bindings);
    if (result->bindings == NULL) {
        status = perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for the pipeline");
        goto done;
    }
    PEREBOR_TRY(done, set_defaults(result, error));
    for (size_t i = 0; i < n_presets; i++) {
        PEREBOR_TRY(done, apply_preset(result, file, &presets[i], error));
    }
    PEREBOR_TRY(done, bind_parameters(result, space, file, error));
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

void perebor_pipeline_resolve(const perebor_pipeline *pipeline, const perebor_value *values,
                              perebor_candidate *candidate) {
    size_t learner = pipeline->default_learner;
    for (size_t i = 0; i < pipeline->n_parameters; i++) {
        if (pipeline->bindings[i].model) {
            learner = find_learner(values[i].as.text, strlen(values[i].as.text));
        }
    }
    *candidate = pipeline->defaults[learner];
    for (size_t i = 0; i < pipeline->n_parameters; i++) {
        const binding *binding = &pipeline->bindings[i];
        bool concerns = binding->step != NULL || binding->learner == learner;
        if (concerns && values[i].kind != PEREBOR_VALUE_NONE) {
            apply(binding, values[i], candidate);
        }
    }
    const perebor_learner *chosen = candidate->learner;
    if (chosen->ignores_scale != NULL && chosen->ignores_scale(candidate->settings)) {
        candidate->preparation.scale = PEREBOR_SCALE_NONE;
    }
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
