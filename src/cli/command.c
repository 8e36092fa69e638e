// SPDX-License-Identifier: MIT
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/** Prints a message on one line, whatever names are in it. */
static void print_message(const char *kind, const char *message) {
    char escaped[4 * sizeof(perebor_error) + 1];
    size_t length = strlen(message);
    size_t most = sizeof escaped / 4 - 1;
    (void)perebor_text_escape(escaped, message, length < most ? length : most,
                              PEREBOR_ESCAPE_BREAKS);
    fprintf(stderr, "perebor: %s%s\n", kind, escaped);
}

int command_fail(const perebor_error *error) {
    print_message("", error->message);
    return EXIT_FAILED;
}

void command_warn(const char *message) {
    print_message("warning: ", message);
}

void command_parse(const struct argp *parser, int argc, char **argv, void *arguments) {
    static char name[40]; // argp keeps it for its messages
    (void)snprintf(name, sizeof name, "perebor %s", argv[0]);
    argv[0] = name;
    argp_parse(parser, argc, argv, 0, NULL, arguments);
}
