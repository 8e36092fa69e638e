// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "base/mix.h"
#include "base/try.h"
#include "perebor/trials.h"

static uint64_t value_bits(perebor_value value) {
    uint64_t bits = 0;
    switch (value.kind) {
    case PEREBOR_VALUE_NONE:
    case PEREBOR_VALUE_NULL:
        break;
    case PEREBOR_VALUE_BOOLEAN:
        bits = value.as.boolean;
        break;
    case PEREBOR_VALUE_INTEGER:
        bits = (uint64_t)value.as.integer;
        break;
    case PEREBOR_VALUE_REAL:
        memcpy(&bits, &value.as.real, sizeof bits);
        break;
    case PEREBOR_VALUE_TEXT: // interned: equal texts have one address
        bits = (uint64_t)(uintptr_t)value.as.text;
        break;
    }
    return bits;
}

static uint64_t hash_point(const perebor_trials *trials, size_t trial) {
    uint64_t hash = 0;
    for (size_t parameter = 0; parameter < trials->n_parameters; parameter++) {
        perebor_value value = trials->values[trial * trials->n_parameters + parameter];
        hash = perebor_mix_in(perebor_mix_in(hash, value.kind), value_bits(value));
    }
    return hash;
}

static bool points_equal(const perebor_trials *trials, size_t a, size_t b) {
    const perebor_value *left = trials->values + a * trials->n_parameters;
    const perebor_value *right = trials->values + b * trials->n_parameters;
    for (size_t parameter = 0; parameter < trials->n_parameters; parameter++) {
        if (!perebor_value_equal(left[parameter], right[parameter])) {
            return false;
        }
    }
    return true;
}

perebor_status perebor_trials_mark_same(perebor_trials *trials, perebor_error *error) {
    size_t n_slots = 16;
    while (n_slots / 2 < trials->n_trials) {
        n_slots *= 2;
    }
    size_t *first = calloc(n_slots, sizeof *first); // trial + 1; 0 where empty
    if (first == NULL) {
        return perebor_no_memory(error, "to compare %zu points", trials->n_trials);
    }
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        size_t slot = (size_t)hash_point(trials, trial) & (n_slots - 1);
        while (first[slot] != 0 && !points_equal(trials, first[slot] - 1, trial)) {
            slot = (slot + 1) & (n_slots - 1);
        }
        if (first[slot] == 0) {
            first[slot] = trial + 1;
        }
        trials->same_as[trial] = trials->first_trial + (first[slot] - 1);
    }
    free(first);
    return PEREBOR_OK;
}

static perebor_status take_point(perebor_trials *trials, const perebor_space *space, size_t trial,
                                 perebor_error *error) {
    perebor_value *point = trials->values + trial * trials->n_parameters;
    perebor_space_point(space, trials->first_trial + trial, point);
    for (size_t parameter = 0; parameter < trials->n_parameters; parameter++) {
        if (point[parameter].kind == PEREBOR_VALUE_TEXT) {
            point[parameter].as.text = perebor_trials_intern(trials, point[parameter].as.text);
            if (point[parameter].as.text == NULL) {
                return perebor_no_memory(error, "for the point of "
                                                "a trial");
            }
        }
    }
    return PEREBOR_OK;
}

perebor_status perebor_trials_create(perebor_trials **trials, const perebor_space *space,
                                     uint64_t first_trial, size_t n_trials, size_t n_folds,
                                     perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_trials *result = NULL;
    size_t n_parameters = perebor_space_n_parameters(space);
    const char **names = calloc(n_parameters > 0 ? n_parameters : 1, sizeof *names);
    if (names == NULL) {
        return perebor_no_memory(error, "for a table of trials");
    }
    for (size_t parameter = 0; parameter < n_parameters; parameter++) {
        names[parameter] = perebor_space_parameter(space, parameter)->name;
    }
    PEREBOR_TRY(done, perebor_trials_create_empty(&result, names, n_parameters, first_trial,
                                                  n_trials, n_folds, error));
    for (size_t trial = 0; trial < n_trials; trial++) {
        PEREBOR_TRY(done, take_point(result, space, trial, error));
    }
    PEREBOR_TRY(done, perebor_trials_mark_same(result, error));
    *trials = result;
    result = NULL;
done:
    perebor_trials_free(result);
    free(names);
    return status;
}

/** The text that a parameter of a name has in a trial; NULL if none. */
static const char *text_of(const perebor_trials *trials, size_t trial, const char *name) {
    const perebor_value *values = trials->values + trial * trials->n_parameters;
    for (size_t i = 0; i < trials->n_parameters; i++) {
        if (values[i].kind == PEREBOR_VALUE_TEXT && strcmp(trials->parameter_names[i], name) == 0) {
            return values[i].as.text;
        }
    }
    return NULL;
}

const char *perebor_trials_model(const perebor_trials *trials, size_t trial) {
    const char *model = text_of(trials, trial, "model");
    const char *splitter = text_of(trials, trial, "forest__splitter");
    bool is_drawn = model != NULL && splitter != NULL && strcmp(model, "forest") == 0 &&
                    strcmp(splitter, "random") == 0;
    return is_drawn ? "extra_trees" : model != NULL ? model : "";
}
