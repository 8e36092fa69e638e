// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "perebor/trials.h"

static int compare_names(const void *left, const void *right) {
    return strcmp(**(char **const *)left, **(char **const *)right);
}

/** Pointers into parameter_names, in the order of bytes. */
static char ***sort_names(const perebor_trials *trials) {
    char ***sorted = malloc((trials->n_parameters + 1) * sizeof *sorted);
    if (sorted == NULL) {
        return NULL;
    }
    for (size_t parameter = 0; parameter < trials->n_parameters; parameter++) {
        sorted[parameter] = &trials->parameter_names[parameter];
    }
    qsort(sorted, trials->n_parameters, sizeof *sorted, compare_names);
    return sorted;
}

char *perebor_trials_params_json(const perebor_trials *trials, size_t trial) {
    const perebor_value *point = trials->values + trial * trials->n_parameters;
    char ***sorted = sort_names(trials);
    if (sorted == NULL) {
        return NULL;
    }
    perebor_json json = {0};
    perebor_json_begin_object(&json);
    for (size_t place = 0; place < trials->n_parameters; place++) {
        size_t parameter = (size_t)(sorted[place] - trials->parameter_names);
        if (point[parameter].kind != PEREBOR_VALUE_NONE) {
            perebor_json_key(&json, *sorted[place]);
            perebor_value_write_json(&json, point[parameter]);
        }
    }
    perebor_json_end_object(&json);
    free(sorted);
    return perebor_json_take(&json);
}
