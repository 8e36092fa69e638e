// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "trial/trials_tree.h"

enum { max_name = 256 };

static void add_params(h5_tree *tree, h5_node *group, const perebor_trials *trials) {
    h5_node *node = h5_add_dataset(tree, group, "params", H5_TEXT, 1, trials->n_trials, 0);
    if (node == NULL) {
        return;
    }
    node->scales[0] = "trial";
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        char *json = perebor_trials_params_json(trials, trial);
        tree->failed = tree->failed || json == NULL;
        ((const char **)node->array.data)[trial] = h5_keep_text(tree, json);
        free(json);
    }
    h5_set_text(tree, node, "long_name", "active parameters as JSON; the exact values");
}

/** How the values of a parameter are kept: texts if any is one, numbers, or truth values. */
static h5_kind parameter_kind(const perebor_trials *trials, size_t parameter) {
    bool has_number = false, has_boolean = false;
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        perebor_value_kind kind = trials->values[trial * trials->n_parameters + parameter].kind;
        if (kind == PEREBOR_VALUE_TEXT) {
            return H5_TEXT;
        }
        has_boolean = has_boolean || kind == PEREBOR_VALUE_BOOLEAN;
        has_number = has_number || kind == PEREBOR_VALUE_INTEGER || kind == PEREBOR_VALUE_REAL;
    }
    return has_boolean ? (has_number ? H5_TEXT : H5_INT8) : H5_DOUBLE;
}

/** A value among texts: text as it is, the rest as in JSON, "" if inactive. */
static const char *value_text(h5_tree *tree, perebor_value value) {
    char text[PEREBOR_REAL_TEXT_SIZE] = "";
    switch (value.kind) {
    case PEREBOR_VALUE_NONE:
        break;
    case PEREBOR_VALUE_NULL:
        return h5_keep_text(tree, "null");
    case PEREBOR_VALUE_BOOLEAN:
        return h5_keep_text(tree, value.as.boolean ? "true" : "false");
    case PEREBOR_VALUE_INTEGER:
        (void)snprintf(text, sizeof text, "%lld", (long long)value.as.integer);
        break;
    case PEREBOR_VALUE_REAL:
        (void)perebor_real_format(value.as.real, text);
        break;
    case PEREBOR_VALUE_TEXT:
        return h5_keep_text(tree, value.as.text);
    }
    return h5_keep_text(tree, text);
}

static double value_real(perebor_value value) {
    return value.kind == PEREBOR_VALUE_INTEGER ? (double)value.as.integer
           : value.kind == PEREBOR_VALUE_REAL  ? value.as.real
                                               : (double)NAN;
}

static int8_t value_flag(perebor_value value) {
    return value.kind == PEREBOR_VALUE_BOOLEAN ? (int8_t)value.as.boolean : -1;
}

static void add_parameter(h5_tree *tree, h5_node *group, const perebor_trials *trials,
                          size_t parameter) {
    char name[max_name];
    h5_kind kind = parameter_kind(trials, parameter);
    (void)snprintf(name, sizeof name, "param_%s", trials->parameter_names[parameter]);
    h5_node *node = h5_add_dataset(tree, group, name, kind, 1, trials->n_trials, 0);
    if (node == NULL) {
        return;
    }
    node->scales[0] = "trial";
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        perebor_value value = trials->values[trial * trials->n_parameters + parameter];
        if (kind == H5_TEXT) {
            ((const char **)node->array.data)[trial] = value_text(tree, value);
        } else if (kind == H5_INT8) {
            ((int8_t *)node->array.data)[trial] = value_flag(value);
        } else {
            ((double *)node->array.data)[trial] = value_real(value);
        }
    }
    if (kind == H5_INT8) {
        h5_attribute *fill = h5_add_attribute(tree, node, "_FillValue", H5_INT8, 0, 0);
        if (fill != NULL) {
            *(int8_t *)fill->value.data = -1;
        }
    }
}

/** The names in the order of the space; columns alone do not tell it. */
static void set_parameter_names(h5_tree *tree, h5_node *group, const perebor_trials *trials) {
    h5_attribute *names =
        h5_add_attribute(tree, group, "parameters", H5_TEXT, 1, trials->n_parameters);
    for (size_t i = 0; names != NULL && i < trials->n_parameters; i++) {
        ((const char **)names->value.data)[i] = h5_keep_text(tree, trials->parameter_names[i]);
    }
}

void parameters_to_tree(const perebor_trials *trials, h5_tree *tree, h5_node *group) {
    set_parameter_names(tree, group, trials);
    add_params(tree, group, trials);
    for (size_t parameter = 0; parameter < trials->n_parameters; parameter++) {
        add_parameter(tree, group, trials, parameter);
    }
}
