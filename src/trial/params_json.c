// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "perebor/trials.h"

/** A text that grows; failed once an allocation did. */
struct growing {
    char *text;
    size_t length, capacity;
    bool failed;
};

static char *reserve(struct growing *json, size_t size) {
    if (json->failed) {
        return NULL;
    }
    if (json->capacity - json->length < size + 1) {
        size_t capacity = 2 * (json->capacity + size + 1);
        char *text = realloc(json->text, capacity);
        if (text == NULL) {
            json->failed = true;
            return NULL;
        }
        json->text = text;
        json->capacity = capacity;
    }
    return json->text + json->length;
}

static void append_text(struct growing *json, const char *text) {
    size_t length = strlen(text);
    char *to = reserve(json, length);
    if (to != NULL) {
        memcpy(to, text, length + 1);
        json->length += length;
    }
}

static void append_value(struct growing *json, perebor_value value) {
    size_t length = perebor_value_format(value, NULL, 0);
    char *to = reserve(json, length);
    if (to != NULL) {
        json->length += perebor_value_format(value, to, length + 1);
    }
}

static int compare_names(const void *left, const void *right) {
    return strcmp(**(char **const *)left, **(char **const *)right);
}

/** Pointers into parameter_names, in the order of bytes. */
static char ***sort_names(const perebor_trials *trials) {
    char ***sorted = malloc((trials->n_parameters + 1) * sizeof *sorted);
    for (size_t parameter = 0; sorted != NULL && parameter < trials->n_parameters; parameter++) {
        sorted[parameter] = &trials->parameter_names[parameter];
    }
    if (sorted != NULL) {
        qsort(sorted, trials->n_parameters, sizeof *sorted, compare_names);
    }
    return sorted;
}

char *perebor_trials_params_json(const perebor_trials *trials, size_t trial) {
    const perebor_value *point = trials->values + trial * trials->n_parameters;
    char ***sorted = sort_names(trials);
    if (sorted == NULL) {
        return NULL;
    }
    struct growing json = {0};
    const char *separator = "{";
    for (size_t place = 0; place < trials->n_parameters; place++) {
        size_t parameter = (size_t)(sorted[place] - trials->parameter_names);
        if (point[parameter].kind != PEREBOR_VALUE_NONE) {
            perebor_value name = {.kind = PEREBOR_VALUE_TEXT, .as.text = *sorted[place]};
            append_text(&json, separator);
            append_value(&json, name);
            append_text(&json, ": ");
            append_value(&json, point[parameter]);
            separator = ", ";
        }
    }
    append_text(&json, json.length == 0 ? "{}" : "}");
    free(sorted);
    if (json.failed) {
        free(json.text);
        return NULL;
    }
    return json.text;
}
