// SPDX-License-Identifier: MIT
/* Any bytes at all as an experiment file. What comes before a byte 0x1e, if there is one, is a
 * --set key=value. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "perebor/experiment.h"

enum { max_parameters = 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Draws points here and there, so that whatever was accepted is also used. */
static void use(const perebor_experiment *experiment) {
    perebor_value values[max_parameters];
    uint64_t n = perebor_space_n_trials(experiment->space);
    const uint64_t trials[] = {0, 1, 2, 1000, n / 2, n - 1};
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
        if (trials[i] < n) {
            perebor_space_point(experiment->space, trials[i], values);
        }
    }
}

/** Cuts "key=value" in two. */
static perebor_override split_override(char *text) {
    char *equals = strchr(text, '=');
    if (equals == NULL) {
        return (perebor_override){text, ""};
    }
    *equals = '\0';
    return (perebor_override){text, equals + 1};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    if (text == NULL) {
        return 0;
    }
    if (size > 0) {
        memcpy(text, data, size);
    }
    text[size] = '\0';
    char *separator = memchr(text, 0x1e, size);
    perebor_override override = {NULL, NULL};
    const char *yaml = text;
    if (separator != NULL) {
        *separator = '\0';
        override = split_override(text);
        yaml = separator + 1;
    }
    perebor_experiment *experiment = NULL;
    perebor_error error;
    if (perebor_experiment_parse(&experiment, "fuzz.yaml", yaml, size - (size_t)(yaml - text),
                                 &override, separator != NULL, &error) == PEREBOR_OK) {
        use(experiment);
        perebor_experiment_free(experiment);
    }
    free(text);
    return 0;
}
