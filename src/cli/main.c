// SPDX-License-Identifier: MIT
#include <argp.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/simd.h"
#include "base/suggest.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "launch/shim.h"
#include "perebor/ranks.h"
#include "trial/machine_pace.h"

/** In the order in which people come to need them. */
static const command *const commands[] = {
    &command_init,    &command_profile,  &command_settings, &command_check,    &command_slurm,
    &command_run,     &command_status,   &command_watch,    &command_show,     &command_trial,
    &command_export,  &command_assess,   &command_nested,   &command_ensemble, &command_refit,
    &command_explain, &command_predict,  &command_segment,  &command_offers,   &command_campaign,
    &command_compare, &command_report,   &command_simulate, &command_verify,   &command_merge,
    &command_digest,  &command_generate,
};
enum { n_commands = sizeof commands / sizeof commands[0] };

static void print_help(FILE *stream) {
    fputs("Usage: perebor COMMAND [ARGUMENT...]\n"
          "Parallel hyperparameter search whose answer is the same anywhere.\n\n",
          stream);
    for (size_t i = 0; i < n_commands; i++) {
        fprintf(stream, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    }
    fputs("\n'perebor COMMAND --help' says more; 'perebor --version' says which build this is.\n",
          stream);
}

static const command *find_command(const char *name) {
    for (size_t i = 0; i < n_commands; i++) {
        if (strcmp(name, commands[i]->name) == 0) {
            return commands[i];
        }
    }
    return NULL;
}

/** "perebor help NAME". */
static int help_with(const command *found) {
    char name[32];
    char option[] = "--help";
    (void)snprintf(name, sizeof name, "%s", found->name);
    char *words[] = {name, option, NULL};
    return found->run(2, words);
}

/** Whether a word is one of two spellings. */
static bool is_word(const char *word, const char *one, const char *other) {
    return strcmp(word, one) == 0 || strcmp(word, other) == 0;
}

/** The command that a file by itself may have been meant for, or NULL. */
static const char *command_of_file(const char *name) {
    static const struct {
        const char *ending, *command;
    } files[] = {{".yaml", "run"}, {".yml", "run"}, {".h5", "show"}, {".csv", "init"}};
    const char *ending = strrchr(name, '.');
    for (size_t i = 0; ending != NULL && i < sizeof files / sizeof *files; i++) {
        if (strcmp(ending, files[i].ending) == 0) {
            return files[i].command;
        }
    }
    return NULL;
}

static int refuse(const char *name) {
    const char *names[n_commands];
    for (size_t i = 0; i < n_commands; i++) {
        names[i] = commands[i]->name;
    }
    const char *near = perebor_suggest(name, names, n_commands);
    const char *of_file = command_of_file(name);
    if (name[0] == '-') {
        fprintf(stderr,
                "perebor: %s: a command comes first, then its options, such as 'perebor run "
                "EXPERIMENT.yaml --threads 2'; 'perebor --help' lists the commands\n",
                name);
        return EXIT_USAGE;
    }
    if (of_file != NULL) {
        fprintf(stderr,
                "perebor: %s: a command comes first, such as 'perebor %s %s'; 'perebor --help' "
                "lists the commands\n",
                name, of_file, name);
        return EXIT_USAGE;
    }
    fprintf(stderr, "perebor: there is no command \"%s\"%s%s%s 'perebor --help' lists them\n", name,
            near != NULL ? "; did you mean \"" : ";", near != NULL ? near : "",
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
    bool help = is_word(argv[1], "--help", "help") || is_word(argv[1], "-h", "-?");
    const command *found = find_command(help && argc > 2 ? argv[2] : argv[1]);
    if (help && argc > 2) {
        return found != NULL ? help_with(found) : refuse(argv[2]);
    }
    if (help) {
        print_help(stdout);
        return EXIT_OK;
    }
    if (is_word(argv[1], "--version", "version") || strcmp(argv[1], "-V") == 0) {
        command_print_version();
        return EXIT_OK;
    }
    if (found == NULL) {
        return refuse(argv[1]);
    }
    perebor_error error = {0};
    if (perebor_simd_check(&error) != PEREBOR_OK || perebor_pace_check(&error) != PEREBOR_OK) {
        if (perebor_ranks_speaks(NULL)) {
            (void)command_fail(&error);
        }
        return EXIT_USAGE;
    }
    // A launcher may have started several of a command that knows nothing of ranks: one speaks.
    return found->on_ranks || perebor_ranks_speaks(NULL) ? found->run(argc - 1, argv + 1) : EXIT_OK;
}

int main(int argc, char **argv) {
    setlocale(LC_CTYPE, "C.UTF-8");
    argp_err_exit_status = EXIT_USAGE;
    (void)signal(SIGXFSZ, SIG_IGN); // a file that may not grow is an error that is said
    terminal_begin();
    keep_freed_memory();
    return terminal_end(run_command(argc, argv));
}
