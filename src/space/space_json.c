// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/json.h"
#include "space/definition.h"

static void write_range(perebor_json *json, const perebor_parameter *parameter) {
    perebor_json_put_text(json, "distribution", perebor_distribution_name(parameter->distribution));
    switch (parameter->distribution) {
    case PEREBOR_CATEGORICAL:
    case PEREBOR_CONSTANT:
        return;
    case PEREBOR_NORMAL:
    case PEREBOR_Q_NORMAL:
    case PEREBOR_LOG_NORMAL:
        perebor_json_put_real(json, "mu", parameter->mu);
        perebor_json_put_real(json, "sigma", parameter->sigma);
        break;
    case PEREBOR_INT_UNIFORM:
        perebor_json_put_integer(json, "min", (int64_t)parameter->min);
        perebor_json_put_integer(json, "max", (int64_t)parameter->max);
        break;
    default:
        perebor_json_put_real(json, "min", parameter->min);
        perebor_json_put_real(json, "max", parameter->max);
    }
    if (parameter->q > 0.0) {
        perebor_json_put_real(json, "q", parameter->q);
    }
}

static void write_list(perebor_json *json, const perebor_parameter *parameter) {
    perebor_json_key(json, "values");
    perebor_values_write_json(json, parameter->values, parameter->n_values);
    if (parameter->probabilities != NULL) {
        perebor_json_key(json, "probabilities");
        perebor_json_begin_array(json);
        for (size_t i = 0; i < parameter->n_values; i++) {
            perebor_json_real(json, parameter->probabilities[i]);
        }
        perebor_json_end_array(json);
    }
}

static void write_parameter(perebor_json *json, const perebor_parameter *parameter) {
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "name", parameter->name);
    if (parameter->distribution == PEREBOR_CATEGORICAL) {
        write_list(json, parameter);
    } else if (parameter->distribution == PEREBOR_CONSTANT) {
        perebor_json_key(json, "value");
        perebor_value_write_json(json, parameter->values[0]);
    } else {
        write_range(json, parameter);
    }
    if (parameter->n_conditions > 0) {
        perebor_json_key(json, "when");
        perebor_json_begin_object(json);
        for (size_t i = 0; i < parameter->n_conditions; i++) {
            perebor_json_key(json, parameter->conditions[i].parameter);
            perebor_values_write_json(json, parameter->conditions[i].values,
                                      parameter->conditions[i].n_values);
        }
        perebor_json_end_object(json);
    }
    perebor_json_end_object(json);
}

static void write_enqueued(perebor_json *json, const perebor_space *space, size_t point) {
    perebor_json_begin_object(json);
    for (size_t i = 0; i < space->n_parameters; i++) {
        if (space->given[point * space->n_parameters + i]) {
            perebor_json_key(json, space->parameters[i].name);
            perebor_value_write_json(json, space->enqueued[point * space->n_parameters + i]);
        }
    }
    perebor_json_end_object(json);
}

char *perebor_space_json(const perebor_space *space) {
    perebor_json json = {0};
    perebor_json_begin_object(&json);
    perebor_json_put_text(&json, "method",
                          space->method == PEREBOR_SEARCH_GRID ? "grid" : "random");
    perebor_json_put_unsigned(&json, "seed", space->seed);
    perebor_json_key(&json, "parameters");
    perebor_json_begin_array(&json);
    for (size_t i = 0; i < space->n_parameters; i++) {
        write_parameter(&json, &space->parameters[i]);
    }
    perebor_json_end_array(&json);
    perebor_json_key(&json, "enqueue");
    perebor_json_begin_array(&json);
    for (size_t i = 0; i < space->n_enqueued; i++) {
        write_enqueued(&json, space, i);
    }
    perebor_json_end_array(&json);
    perebor_json_end_object(&json);
    return perebor_json_take(&json);
}
