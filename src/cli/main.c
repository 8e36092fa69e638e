// SPDX-License-Identifier: MIT
#include <argp.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "base/version.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "perebor/shim.h"

static const command *const commands[] = {
    &command_run,    &command_check,  &command_show,     &command_trial,
    &command_digest, &command_export, &command_generate, &command_status,
    &command_merge,  &command_verify, &command_profile,  &command_settings,
};
enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

static void print_help(FILE *stream) {
    fputs("Usage: perebor COMMAND [ARGUMENT...]\n"
          "Parallel hyperparameter search whose answer is the same anywhere.\n\n",
          stream);
    for (size_t i = 0; i < N_COMMANDS; i++) {
        fprintf(stream, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    }
    fputs("\n'perebor COMMAND --help' says more; 'perebor --version' says which build this is.\n",
          stream);
}

static int refuse(const char *name) {
    const char *names[N_COMMANDS];
    for (size_t i = 0; i < N_COMMANDS; i++) {
        names[i] = commands[i]->name;
    }
    const char *near = perebor_suggest(name, names, N_COMMANDS);
    fprintf(stderr, "perebor: there is no command \"%s\"%s%s%s; 'perebor --help' lists them\n",
            name, near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
            near != NULL ? "\"?" : "");
    return EXIT_USAGE;
}

/** Matrices of some megabytes come and go with every candidate. Left to itself the C library maps
 * each anew, to be cleared page by page: an eighth of the time of a search. */
static void keep_freed_memory(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
#endif
}

static int run_command(int argc, char **argv) {
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return EXIT_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("perebor %s\n", perebor_version());
        return EXIT_OK;
    }
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (strcmp(argv[1], commands[i]->name) == 0) {
            return commands[i]->run(argc - 1, argv + 1);
        }
    }
    return refuse(argv[1]);
}

int main(int argc, char **argv) {
    setlocale(LC_CTYPE, "C.UTF-8");
    argp_err_exit_status = EXIT_USAGE;
    (void)signal(SIGXFSZ, SIG_IGN); // a file that may not grow is an error that is said
    terminal_begin();
    keep_freed_memory();
    return terminal_end(run_command(argc, argv));
}
