// SPDX-License-Identifier: MIT
#include "cli/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/simd.h"
#include "base/text.h"
#include "base/version.h"
#include "h5/hdf5_write.h"
#include "perebor/ranks.h"

/** Prints a message on one line, whatever names are in it. */
static void print_message(const char *kind, const char *message) {
    size_t length = strlen(message);
    char *escaped = malloc(4 * length + 1);
    if (escaped != NULL) {
        (void)perebor_text_escape(escaped, message, length, PEREBOR_ESCAPE_BREAKS);
    }
    fprintf(stderr, "perebor: %s%s\n", kind, escaped != NULL ? escaped : "no memory for a message");
    free(escaped);
}

int command_fail(const perebor_error *error) {
    print_message("", error->message);
    return EXIT_FAILED;
}

void command_warn(const char *message) {
    print_message("warning: ", message);
}

void command_print_version(void) {
    printf("perebor %s\n", perebor_version());
    printf("compiler  %s\n", perebor_build());
    printf("simd      %s\n", perebor_simd_level_name(perebor_simd_pick()));
    printf("mpi       %s\n", perebor_ranks_library());
    printf("hdf5      %s\n", h5_library_version());
}

/** Takes -h for --help, which argp spells -?, and answers --version, up to a "--". */
static void take_usual_options(int argc, char **argv) {
    static char help[] = "--help";
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "-h") == 0) {
            argv[i] = help;
        } else if (strcmp(argv[i], "--version") == 0 || strcmp(argv[i], "-V") == 0) {
            command_print_version();
            exit(EXIT_OK);
        }
    }
}

void command_parse(const struct argp *parser, int argc, char **argv, void *arguments) {
    static char name[40]; // argp keeps it for its messages
    (void)snprintf(name, sizeof name, "perebor %s", argv[0]);
    argv[0] = name;
    take_usual_options(argc, argv);
    argp_parse(parser, argc, argv, 0, NULL, arguments);
}
