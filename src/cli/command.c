// SPDX-License-Identifier: MIT
#include "cli/command.h"

#include <stdio.h>

int command_fail(const perebor_error *error) {
    fprintf(stderr, "perebor: %s\n", error->message);
    return EXIT_FAILED;
}

void command_warn(const char *message) {
    fprintf(stderr, "perebor: warning: %s\n", message);
}

void command_parse(const struct argp *parser, int argc, char **argv, void *arguments) {
    static char name[40]; // argp keeps it for its messages
    (void)snprintf(name, sizeof name, "perebor %s", argv[0]);
    argv[0] = name;
    argp_parse(parser, argc, argv, 0, NULL, arguments);
}
