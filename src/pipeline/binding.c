// SPDX-License-Identifier: MIT
#include "pipeline/binding.h"

#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "base/try.h"
#include "perebor/learners.h"

perebor_status binding_refuse(perebor_error *error, const binding_origin *from,
                              const char *reason) {
    if (from->line == 0) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: %s: %s",
                            from->source != NULL ? from->source : from->file, from->name, reason);
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

size_t binding_find_learner(const char *name, size_t length) {
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

/** Says which name is likely meant where none was right, or which learner is nearest to a method.
 */
static void hint_at_learner(const char *word, const char *const *names, size_t n_names, char *hint,
                            size_t size) {
    const char *near = binding_synonym(word);
    const char *like = near == NULL ? binding_nearest(word) : NULL;
    near = near != NULL || like != NULL ? near : perebor_suggest(word, names, n_names);
    hint[0] = '\0';
    if (like != NULL) {
        snprintf(hint, size, " (it is not available; nearest to it is \"%s\")", like);
    } else if (near != NULL) {
        snprintf(hint, size, " (did you mean \"%s\"?)", near);
    }
}

/** Lists the settings of that name, step by step: "knn__p". @return Whether there are any. */
static bool list_owners(const char *setting, char *list, size_t size) {
    size_t n = 0;
    char name[80];
    const perebor_preparation_step *steps = perebor_preparation_steps(&n);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < steps[i].n_settings; k++) {
            if (steps[i].settings[k].name[0] != '\0' &&
                strcmp(steps[i].settings[k].name, setting) == 0) {
                snprintf(name, sizeof name, "%s__%s", steps[i].name, setting);
                append_name(list, size, name);
            }
        }
    }
    const perebor_learner *const *learners = perebor_learners(&n);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < learners[i]->n_settings; k++) {
            if (strcmp(learners[i]->settings[k].name, setting) == 0) {
                snprintf(name, sizeof name, "%s__%s", learners[i]->name, setting);
                append_name(list, size, name);
            }
        }
    }
    return list[0] != '\0';
}

static perebor_status unknown_step(const binding_origin *from, const char *step,
                                   const char *setting, perebor_error *error) {
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
    char hint[160];
    char owners[256] = "";
    char reason[900];
    hint_at_learner(step, names, n_names, hint, sizeof hint);
    // A name without a step, or with one that is nobody's ("clf__C"): whose settings it could
    // be.
    if (hint[0] == '\0' &&
        list_owners(setting[0] != '\0' ? setting : step, owners, sizeof owners)) {
        snprintf(reason, sizeof reason,
                 "there is no step \"%s\"; a setting has its step's name: %s", step, owners);
    } else {
        snprintf(reason, sizeof reason, "there is no step \"%s\"%s; the steps are %s", step, hint,
                 list);
    }
    return binding_refuse(error, from, reason);
}

static perebor_status unknown_setting(const binding_origin *from, const char *step,
                                      const char *setting, const perebor_setting *settings,
                                      size_t n_settings, perebor_error *error) {
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
    char hint[256] = "";
    char owners[160] = "";
    const char *near = perebor_suggest(setting, names, n_names);
    if (near != NULL) {
        snprintf(hint, sizeof hint, " (did you mean \"%s\"?)", near);
    } else if (!binding_setting_hint(setting, settings, n_settings, hint, sizeof hint) &&
               list_owners(setting, owners, sizeof owners)) {
        snprintf(hint, sizeof hint, ", but there is %s", owners);
    }
    if (setting[0] == '\0') {
        snprintf(reason, sizeof reason, "name one of its settings, as in %s__%s: %s", step,
                 n_names > 0 ? names[0] : "", list);
    } else {
        snprintf(reason, sizeof reason, "%s has no setting \"%s\"%s; it has %s", step, setting,
                 hint, n_names > 0 ? list : "none");
    }
    return binding_refuse(error, from, reason);
}

/** `model` chooses the learner; its settings have the learner's name. */
static perebor_status refuse_model_setting(const binding_origin *from, const char *setting,
                                           perebor_error *error) {
    char list[256] = "";
    char reason[600];
    if (list_owners(setting, list, sizeof list)) {
        snprintf(reason, sizeof reason,
                 "model chooses the learner, whose settings have its name: %s", list);
    } else {
        snprintf(reason, sizeof reason,
                 "model chooses the learner, whose settings have its name, as in logreg__C; no "
                 "learner has a setting \"%s\"",
                 setting);
    }
    return binding_refuse(error, from, reason);
}

perebor_status binding_find(binding *target, const binding_origin *from, perebor_error *error) {
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
    if (strcmp(step, "model") == 0) {
        return refuse_model_setting(from, setting, error);
    }
    target->step = find_step(from->name, length);
    if (target->step != NULL) {
        settings = target->step->settings;
        n_settings = target->step->n_settings;
    } else {
        size_t n_learners = 0;
        const perebor_learner *const *learners = perebor_learners(&n_learners);
        target->learner = binding_find_learner(from->name, length);
        if (target->learner == SIZE_MAX) {
            return unknown_step(from, step, setting, error);
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
perebor_status binding_accept_model(perebor_value value, size_t *learner,
                                    const binding_origin *from, perebor_error *error) {
    size_t n_learners = 0;
    const perebor_learner *const *learners = perebor_learners(&n_learners);
    if (value.kind == PEREBOR_VALUE_TEXT) {
        *learner = binding_find_learner(value.as.text, strlen(value.as.text));
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
    char hint[160] = "";
    if (value.kind == PEREBOR_VALUE_TEXT) {
        hint_at_learner(value.as.text, names, n_learners < 64 ? n_learners : 64, hint, sizeof hint);
    }
    char reason[600];
    snprintf(reason, sizeof reason, "there is no learner %s%s; the learners are %s", shown, hint,
             list);
    return binding_refuse(error, from, reason);
}

/** Checks one value that a parameter can take. */
perebor_status binding_check_value(const binding *binding, perebor_value value,
                                   const binding_origin *from, perebor_error *error) {
    if (binding->model) {
        size_t learner = 0;
        return binding_accept_model(value, &learner, from, error);
    }
    perebor_value accepted;
    perebor_error reason = {0};
    if (perebor_setting_accept(binding->setting, value, &accepted, &reason) != PEREBOR_OK) {
        return binding_refuse(error, from, reason.message);
    }
    return PEREBOR_OK;
}
