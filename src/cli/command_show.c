// SPDX-License-Identifier: MIT
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "cli/command.h"
#include "perebor/result_file.h"
#include "perebor/trial_list.h"

enum { KEY_TOP = 256, KEY_WHERE, KEY_FORMAT };

static const struct argp_option options[] = {
    {"top", KEY_TOP, "N", 0, "The best N (default: 10; 0: all)", 0},
    {"where", KEY_WHERE, "CONDITION", 0,
     "Only trials that satisfy, such as \"model=knn and mean_test_score>0.9\"", 0},
    {"format", KEY_FORMAT, "table|json|csv", 0, "How to write them (default: table)", 0},
    {0},
};

/** What the command line says. */
typedef struct show_arguments {
    const char *file, *where, *format;
    size_t top;
} show_arguments;

static error_t parse_option(int key, char *value, struct argp_state *state) {
    show_arguments *arguments = state->input;
    char *after = NULL;
    switch (key) {
    case KEY_TOP:
        arguments->top = strtoul(value, &after, 10);
        if (after == value || *after != '\0' || *value == '-') {
            argp_error(state, "--top %s: write a number", value);
        }
        return 0;
    case KEY_WHERE:
        arguments->where = value;
        return 0;
    case KEY_FORMAT:
        if (strcmp(value, "table") != 0 && strcmp(value, "json") != 0 &&
            strcmp(value, "csv") != 0) {
            argp_error(state, "--format %s: write table, json or csv", value);
        }
        arguments->format = value;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0) {
            argp_error(state, "one result file at a time; \"%s\" is one too many", value);
        }
        arguments->file = value;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "name a result file");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
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
    if (strcmp(arguments->format, "json") == 0) {
        status = perebor_trial_list_write_json(&list, stdout, error);
    } else if (strcmp(arguments->format, "csv") == 0) {
        status = perebor_trial_list_write_csv(&list, stdout, error);
    } else {
        status = perebor_trial_list_write_table(&list, stdout, error);
    }
done:
    perebor_trial_list_release(&list);
    perebor_result_free(result);
    return status;
}

static int run(int argc, char **argv) {
    show_arguments arguments = {.format = "table", .top = 10};
    perebor_error error = {0};
    argv[0] = (char[]){"perebor show"};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    return show(&arguments, &error) == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_show = {"show", "show the best trials of a result file", run};
