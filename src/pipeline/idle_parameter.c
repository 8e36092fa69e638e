// SPDX-License-Identifier: MIT
#include <string.h>

#include "perebor/learners.h"
#include "pipeline/binding.h"

/** Whether a list of values of `model` has the learner, and whether it has another. */
static void look_at_values(const perebor_value *values, size_t n, const char *learner, bool *own,
                           bool *other) {
    for (size_t i = 0; i < n; i++) {
        bool same = values[i].kind == PEREBOR_VALUE_TEXT && strcmp(values[i].as.text, learner) == 0;
        *own = *own || same;
        *other = *other || !same;
    }
}

/** Whether conditions keep a parameter to one learner, by themselves or through a parent's. */
static bool is_kept_to(const perebor_space *space, size_t index, const char *learner) {
    const perebor_parameter *parameter = perebor_space_parameter(space, index);
    for (size_t i = 0; i < parameter->n_conditions; i++) {
        const perebor_condition *condition = &parameter->conditions[i];
        bool own = false;
        bool other = false;
        if (strcmp(condition->parameter, "model") == 0) {
            look_at_values(condition->values, condition->n_values, learner, &own, &other);
            if (!other) {
                return true;
            }
        } else if (is_kept_to(space, perebor_space_find(space, condition->parameter), learner)) {
            return true;
        }
    }
    return false;
}

const perebor_learner *perebor_pipeline_idle_parameter(const perebor_space *space, size_t index,
                                                       bool *never) {
    const perebor_parameter *parameter = perebor_space_parameter(space, index);
    const char *separator = strstr(parameter->name, "__");
    size_t length =
        separator == NULL ? strlen(parameter->name) : (size_t)(separator - parameter->name);
    size_t place = binding_find_learner(parameter->name, length);
    if (place == SIZE_MAX) {
        return NULL;
    }
    size_t n_learners = 0;
    const perebor_learner *learner = perebor_learners(&n_learners)[place];
    bool own = false;
    bool other = false;
    size_t model = perebor_space_find(space, "model");
    if (model != SIZE_MAX) {
        const perebor_parameter *chooses = perebor_space_parameter(space, model);
        look_at_values(chooses->values, chooses->n_values, learner->name, &own, &other);
    }
    *never = !own;
    return other && !is_kept_to(space, index, learner->name) ? learner : NULL;
}
