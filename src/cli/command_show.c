// SPDX-License-Identifier: MIT
#include <argp.h>
#include <stdio.h>

#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "perebor/result_file.h"
#include "perebor/trial_list.h"

enum { KEY_TOP = 256, KEY_WHERE, KEY_FORMAT };

#define FORMATS "table|json|csv"

/** In the order of FORMATS. */
typedef perebor_status writer(const perebor_trial_list *list, FILE *stream, perebor_error *error);
static writer *const writers[] = {perebor_trial_list_write_table, perebor_trial_list_write_json,
                                  perebor_trial_list_write_csv};

static const struct argp_option options[] = {
    {"top", KEY_TOP, "N", 0, "The best N (default: 10; 0: all)", 0},
    {"where", KEY_WHERE, "CONDITION", 0,
     "Only trials that satisfy, such as \"model=knn and mean_test_score>0.9\"", 0},
    {"format", KEY_FORMAT, FORMATS, 0, "How to write them (default: table)", 0},
    {0},
};

/** What the command line says. */
typedef struct show_arguments {
    const char *file, *where;
    size_t top;
    writer *write;
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
        arguments->write = writers[argument_choice(state, "--format", value, FORMATS)];
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

static perebor_status show(const show_arguments *arguments, perebor_error *error) {
    perebor_status status;
    perebor_result *result = NULL;
    perebor_trial_list list = {0};
    PEREBOR_TRY(done, perebor_result_read(&result, arguments->file, error));
    PEREBOR_TRY(done, perebor_trial_list_choose(&list, result->trials, arguments->where,
                                                PEREBOR_BY_RANK, arguments->top, error));
    status = arguments->write(&list, stdout, error);
done:
    perebor_trial_list_release(&list);
    perebor_result_free(result);
    return status;
}

static int run(int argc, char **argv) {
    show_arguments arguments = {.write = perebor_trial_list_write_table, .top = 10};
    perebor_error error = {0};
    command_parse(&parser, argc, argv, &arguments);
    if (arguments.write != perebor_trial_list_write_table) {
        terminal_print_data();
    }
    return show(&arguments, &error) == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_show = {"show", "show the best trials of a result file", run};
