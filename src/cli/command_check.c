// SPDX-License-Identifier: MIT
#include <argp.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/preview.h"

enum { KEY_SET = 256 };

static const struct argp_option options[] = {
    {"set", KEY_SET, "KEY=VALUE", 0, "Override a key of the experiment", 0},
    {0},
};

/** What the command line says. */
typedef struct check_arguments {
    const char *experiment;
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
    case ARGP_KEY_ARG:
        if (state->arg_num > 0) {
            argp_error(state, "one experiment at a time; \"%s\" is one too many", value);
        }
        arguments->experiment = value;
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
    check_arguments arguments = {0};
    argv[0] = (char[]){"perebor check"};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    perebor_search_options search = {.experiment = arguments.experiment,
                                     .overrides = arguments.overrides.items,
                                     .n_overrides = arguments.overrides.n,
                                     .share = true};
    int code = preview_print(&search, 1);
    override_list_release(&arguments.overrides);
    return code;
}

const command command_check = {"check", "check an experiment and predict its cost", run};
