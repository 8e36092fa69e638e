// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/suggest.h"
#include "space/definition.h"

size_t perebor_space_find(const perebor_space *space, const char *name) {
    for (size_t i = 0; i < space->n_parameters; i++) {
        if (strcmp(space->parameters[i].name, name) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

const char *space_nearest_name(const perebor_space *space, const char *name) {
    const char *names[SPACE_MAX_PARAMETERS];
    for (size_t i = 0; i < space->n_parameters; i++) {
        names[i] = space->parameters[i].name;
    }
    return perebor_suggest(name, names, space->n_parameters);
}
