// SPDX-License-Identifier: MIT
#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "base/try.h"
#include "cli/command.h"
#include "perebor/result_file.h"
#include "perebor/trial_list.h"

enum { KEY_WHAT = 256, KEY_FORMAT };

static const struct argp_option options[] = {
    {"what", KEY_WHAT, "trials|folds", 0, "What to write (default: trials)", 0},
    {"format", KEY_FORMAT, "csv|json", 0, "How to write it (default: csv)", 0},
    {0},
};

/** What the command line says. */
typedef struct export_arguments {
    const char *file, *what, *format;
} export_arguments;

static error_t parse_option(int key, char *value, struct argp_state *state) {
    export_arguments *arguments = state->input;
    switch (key) {
    case KEY_WHAT:
        if (strcmp(value, "trials") != 0 && strcmp(value, "folds") != 0) {
            argp_error(state, "--what %s: write trials or folds", value);
        }
        arguments->what = value;
        return 0;
    case KEY_FORMAT:
        if (strcmp(value, "csv") != 0 && strcmp(value, "json") != 0) {
            argp_error(state, "--format %s: write csv or json", value);
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
    .doc = "Write the trials of a result file, in the order of their numbers, or the fold of every "
           "row, on standard output.",
};

/** A row of the experiment's data: its place, its part and its folds. */
static void write_row(const perebor_result *result, size_t row, bool json) {
    const char *part = result->part[row] == 0 ? "train" : "test";
    printf(json ? "{\"row\":%zu,\"source_row\":%u,\"part\":\"%s\",\"test_fold\":[" : "%zu,%u,%s",
           row, (unsigned)result->source_rows[row], part);
    for (size_t repeat = 0; repeat < result->n_repeats; repeat++) {
        printf(json && repeat == 0 ? "%d" : ",%d",
               (int)result->test_fold[repeat * result->n_rows + row]);
    }
    fputs(json ? "]}" : "\r\n", stdout);
}

static perebor_status write_folds(const perebor_result *result, bool json, perebor_error *error) {
    if (json) {
        putchar('[');
    } else {
        printf("row,source_row,part");
        for (size_t repeat = 0; repeat < result->n_repeats; repeat++) {
            printf(",test_fold_%zu", repeat);
        }
        fputs("\r\n", stdout);
    }
    for (size_t row = 0; row < result->n_rows; row++) {
        if (json && row > 0) {
            fputs(",\n ", stdout);
        }
        write_row(result, row, json);
    }
    fputs(json ? "]\n" : "", stdout);
    if (fflush(stdout) != 0) {
        return perebor_fail(error, PEREBOR_ERR_IO, "the folds could not be written");
    }
    return PEREBOR_OK;
}

static perebor_status export_result(const export_arguments *arguments, perebor_error *error) {
    perebor_status status;
    perebor_result *result = NULL;
    perebor_trial_list list = {0};
    bool json = strcmp(arguments->format, "json") == 0;
    PEREBOR_TRY(done, perebor_result_read(&result, arguments->file, error));
    if (strcmp(arguments->what, "folds") == 0) {
        status = write_folds(result, json, error);
        goto done;
    }
    PEREBOR_TRY(
        done, perebor_trial_list_choose(&list, result->trials, NULL, PEREBOR_BY_NUMBER, 0, error));
    status = json ? perebor_trial_list_write_json(&list, stdout, error)
                  : perebor_trial_list_write_csv(&list, stdout, error);
done:
    perebor_trial_list_release(&list);
    perebor_result_free(result);
    return status;
}

static int run(int argc, char **argv) {
    export_arguments arguments = {.what = "trials", .format = "csv"};
    perebor_error error = {0};
    argv[0] = (char[]){"perebor export"};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    return export_result(&arguments, &error) == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_export = {"export", "write trials or folds as CSV or JSON", run};
