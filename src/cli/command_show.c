// SPDX-License-Identifier: MIT
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "cli/verdict.h"
#include "perebor/result_file.h"
#include "report/trial_list.h"

enum { KEY_TOP = 256, KEY_WHERE, KEY_FORMAT };

#define FORMATS "table|json|csv"

enum { FORMAT_TABLE, FORMAT_JSON, FORMAT_CSV };

static const struct argp_option options[] = {
    {"top", KEY_TOP, "N", 0, "The best N (default: 10; 0: all)", 0},
    {"where", KEY_WHERE, "CONDITION", 0,
     "Only trials that satisfy, such as \"model=knn and roc_auc>0.9\"", 0},
    {"format", KEY_FORMAT, FORMATS, 0, "How to write them (default: table)", 0},
    {0},
};

/** What the command line says. */
typedef struct show_arguments {
    const char *file, *where;
    size_t top;
    size_t format; /**< Its place in FORMATS. */
} show_arguments;

static error_t parse_option(int key, char *value, struct argp_state *state) {
    show_arguments *arguments = state->input;
    switch (key) {
    case KEY_TOP:
        arguments->top = argument_number(state, "--top", value, 0, INT64_MAX);
        return 0;
    case KEY_WHERE:
        arguments->where = value;
        return 0;
    case KEY_FORMAT:
        arguments->format = argument_choice(state, "--format", value, FORMATS);
        return 0;
    default:
        return argument_file(key, value, state, ARGUMENT_RESULT, &arguments->file);
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FILE.h5",
    .doc = "Show the trials of a result file, best first.",
};

/** How the line of the best trial begins: with its rank, in five columns. */
static const char *const best_line = "    1 ";

static perebor_status write_table(perebor_trial_list *list, const show_arguments *arguments,
                                  perebor_error *error) {
    size_t n = list->n;
    size_t n_waiting = 0;
    for (size_t i = 0; i < n; i++) {
        n_waiting += list->trials->state[list->rows[i]] == PEREBOR_TRIAL_WAITING;
    }
    perebor_status status = perebor_trial_list_merge_equal(list, arguments->top, error);
    if (status == PEREBOR_OK) {
        terminal_emphasize(stdout, best_line);
        status = perebor_trial_list_write_table(list, terminal_width(), stdout, error);
        terminal_emphasize(stdout, NULL);
    }
    if (status == PEREBOR_OK && n_waiting > 0) {
        printf("%zu trial%s not run yet\n", n_waiting, n_waiting == 1 ? " is" : "s are");
    }
    return status;
}

/** The trials are what was asked for: that a verdict cannot be had is a warning. */
static void write_verdict(const perebor_result *result, const char *file) {
    perebor_error error = {0};
    if (verdict_write(result, file, stdout, &error) != PEREBOR_OK) {
        char line[sizeof error.message + 64];
        (void)snprintf(line, sizeof line, "nothing can be said of the best of each model: %s",
                       error.message);
        command_warn(line);
    }
}

static perebor_status show(const show_arguments *arguments, perebor_error *error) {
    perebor_status status;
    perebor_result *result = NULL;
    perebor_trial_list list = {0};
    bool table = arguments->format == FORMAT_TABLE;
    PEREBOR_TRY(done, perebor_result_read(&result, arguments->file, error));
    PEREBOR_TRY(done,
                perebor_trial_list_choose(&list, result->trials, arguments->where, PEREBOR_BY_RANK,
                                          table ? 0 : arguments->top, error));
    if (list.n == 0 && arguments->where != NULL) {
        fprintf(stderr, "perebor: none of %zu trials satisfies --where \"%s\"\n",
                result->trials->n_trials, arguments->where);
    }
    if (table) {
        PEREBOR_TRY(done, write_table(&list, arguments, error));
        if (arguments->where == NULL) {
            write_verdict(result, arguments->file);
        }
    } else {
        status =
            (arguments->format == FORMAT_JSON ? perebor_trial_list_write_json
                                              : perebor_trial_list_write_csv)(&list, stdout, error);
    }
done:
    perebor_trial_list_release(&list);
    perebor_result_free(result);
    return status;
}

static int run(int argc, char **argv) {
    show_arguments arguments = {.format = FORMAT_TABLE, .top = 10};
    perebor_error error = {0};
    command_parse(&parser, argc, argv, &arguments);
    if (arguments.format != FORMAT_TABLE) {
        terminal_print_data();
    }
    return show(&arguments, &error) == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_show = {"show", "show the best trials of a result file", run,
                              .on_ranks = false};
