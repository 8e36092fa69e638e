// SPDX-License-Identifier: MIT
#include <argp.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/number_argument.h"
#include "cli/preview.h"

enum { KEY_SET = 256, KEY_TRIALS };

static const struct argp_option options[] = {
    {"trials", KEY_TRIALS, "N|A:B", 0, "Predict the cost of so many trials, or of A to B-1", 0},
    {"set", KEY_SET, "KEY=VALUE", 0, "Override a key of the experiment", 0},
    {0},
};

/** What the command line says. */
typedef struct check_arguments {
    perebor_search_options search;
    override_list overrides;
} check_arguments;

static error_t parse_option(int key, char *value, struct argp_state *state) {
    check_arguments *arguments = state->input;
    perebor_error error;
    switch (key) {
    case KEY_SET:
        if (override_list_add(&arguments->overrides, value, &error) != PEREBOR_OK) {
            argp_error(state, "%s", error.message);
        }
        return 0;
    case KEY_TRIALS:
        if (!number_argument_trials(value, &arguments->search)) {
            argp_error(state, "--trials %s: write a number (500) or a range (500:1000)", value);
        }
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0) {
            argp_error(state, "one experiment at a time; \"%s\" is one too many", value);
        }
        arguments->search.experiment = value;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "name an experiment file");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "EXPERIMENT.yaml",
    .doc = "Check an experiment: its file, its tables, its space; show three of its trials and "
           "predict what the search will cost.",
};

static int run(int argc, char **argv) {
    check_arguments arguments = {.search = {.share = true}};
    argv[0] = (char[]){"perebor check"};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    arguments.search.overrides = arguments.overrides.items;
    arguments.search.n_overrides = arguments.overrides.n;
    int code = preview_print(&arguments.search, 1);
    override_list_release(&arguments.overrides);
    return code;
}

const command command_check = {"check", "check an experiment and predict its cost", run};
