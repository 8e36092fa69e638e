// SPDX-License-Identifier: MIT
#include "cli/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int command_fail(const perebor_error *error) {
    fprintf(stderr, "perebor: %s\n", error->message);
    return EXIT_FAILED;
}

perebor_status override_list_add(override_list *list, char *assignment, perebor_error *error) {
    char *equals = strchr(assignment, '=');
    if (equals == NULL || equals == assignment) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "--set %s: write key=value, such as --set search.run_cap=100",
                            assignment);
    }
    perebor_override *grown = realloc(list->items, (list->n + 1) * sizeof *grown);
    if (grown == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for --set");
    }
    *equals = '\0';
    list->items = grown;
    list->items[list->n++] = (perebor_override){.key = assignment, .value = equals + 1};
    return PEREBOR_OK;
}

void override_list_release(override_list *list) {
    free(list->items);
    *list = (override_list){0};
}
