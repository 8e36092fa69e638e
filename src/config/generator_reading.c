// SPDX-License-Identifier: MIT
#include "config/generator_reading.h"

#include <string.h>

#include "base/suggest.h"
#include "base/try.h"

perebor_generator *generator_draft_of(const config_reading *reading) {
    return &((const generator_reading *)reading)->draft->generator;
}

perebor_status generator_find_name(const config_reading *reading, const yaml_node *node,
                                   const char *name, const char *what, const char *const *names,
                                   size_t n, size_t *index) {
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], name) == 0) {
            *index = i;
            return PEREBOR_OK;
        }
    }
    const char *near = perebor_suggest(name, names, n);
    return yaml_refuse(node, reading->error, "there is no %s \"%s\"%s%s%s", what, name,
                       near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
                       near != NULL ? "\"?" : "");
}

perebor_status generator_find_variable(const config_reading *reading, const yaml_node *node,
                                       const char *name, size_t *index) {
    const perebor_generator *generator = generator_draft_of(reading);
    return generator_find_name(reading, node, name, "variable", generator->variables,
                               generator->n_variables, index);
}

perebor_status generator_read_variable(const config_reading *reading, const yaml_node *node,
                                       void *field) {
    const char *name = NULL;
    perebor_status status = config_read_text(reading, node, &name);
    return status == PEREBOR_OK ? generator_find_variable(reading, node, name, field) : status;
}

perebor_status generator_read_reals(const config_reading *reading, const yaml_node *node, size_t n,
                                    const double **values) {
    perebor_status status = PEREBOR_OK;
    if (node->kind != YAML_LIST || node->n == 0) {
        return yaml_refuse(node, reading->error, "a list of numbers is wanted here");
    }
    if (n != 0 && node->n != n) {
        return yaml_refuse(node, reading->error, "a list of %zu numbers is wanted here, not %zu", n,
                           node->n);
    }
    double *read = perebor_arena_allocate(reading->arena, node->n, sizeof *read);
    if (read == NULL) {
        return config_no_memory(reading);
    }
    size_t i = 0;
    for (const yaml_node *item = node->first; item != NULL; item = item->next) {
        PEREBOR_TRY(done, config_read_real(reading, item, &read[i++]));
    }
    *values = read;
done:
    return status;
}
