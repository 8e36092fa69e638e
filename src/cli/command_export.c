// SPDX-License-Identifier: MIT
#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "perebor/result_file.h"
#include "report/fold_list.h"
#include "report/trial_list.h"

enum { KEY_WHAT = 256, KEY_FORMAT };

#define WHATS "trials|folds"
#define FORMATS "csv|json"

static const struct argp_option options[] = {
    {"what", KEY_WHAT, WHATS, 0, "What to write (default: trials)", 0},
    {"format", KEY_FORMAT, FORMATS, 0, "How to write it (default: csv)", 0},
    {0},
};

/** What the command line says. */
typedef struct export_arguments {
    const char *file;
    bool folds, json;
} export_arguments;

static error_t parse_option(int key, char *value, struct argp_state *state) {
    export_arguments *arguments = state->input;
    switch (key) {
    case KEY_WHAT:
        arguments->folds = argument_choice(state, "--what", value, WHATS) == 1;
        return 0;
    case KEY_FORMAT:
        arguments->json = argument_choice(state, "--format", value, FORMATS) == 1;
        return 0;
    default:
        return argument_file(key, value, state, ARGUMENT_RESULT, &arguments->file);
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FILE.h5",
    .doc = "Write the trials of a result file, in the order of their numbers, or the fold of every "
           "row, on standard output.",
};

static perebor_status export_result(const export_arguments *arguments, perebor_error *error) {
    perebor_status status;
    perebor_result *result = NULL;
    perebor_trial_list list = {0};
    PEREBOR_TRY(done, perebor_result_read(&result, arguments->file, error));
    if (arguments->folds) {
        status = (arguments->json ? perebor_fold_list_write_json
                                  : perebor_fold_list_write_csv)(result, stdout, error);
        goto done;
    }
    PEREBOR_TRY(
        done, perebor_trial_list_choose(&list, result->trials, NULL, PEREBOR_BY_NUMBER, 0, error));
    status = (arguments->json ? perebor_trial_list_write_json
                              : perebor_trial_list_write_csv)(&list, stdout, error);
done:
    perebor_trial_list_release(&list);
    perebor_result_free(result);
    return status;
}

static int run(int argc, char **argv) {
    export_arguments arguments = {0};
    perebor_error error = {0};
    command_parse(&parser, argc, argv, &arguments);
    terminal_print_data();
    return export_result(&arguments, &error) == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_export = {"export", "write trials or folds as CSV or JSON", run,
                                .on_ranks = false};
