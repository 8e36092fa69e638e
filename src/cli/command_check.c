// SPDX-License-Identifier: MIT
#include <argp.h>
#include <stdio.h>

#include "cli/argument.h"
#include "cli/command.h"
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
    argument_overrides overrides;
} check_arguments;

static error_t parse_option(int key, char *value, struct argp_state *state) {
    check_arguments *arguments = state->input;
    switch (key) {
    case KEY_SET:
        argument_set(state, &arguments->overrides, value);
        return 0;
    case KEY_TRIALS:
        argument_trials(state, value, &arguments->search);
        return 0;
    default:
        return argument_file(key, value, state, ARGUMENT_EXPERIMENT, &arguments->search.experiment);
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
    command_parse(&parser, argc, argv, &arguments);
    arguments.search.overrides = arguments.overrides.items;
    arguments.search.n_overrides = arguments.overrides.n;
    int code = preview_print(&arguments.search, 1, NULL);
    argument_overrides_release(&arguments.overrides);
    return code;
}

const command command_check = {"check", "check an experiment and predict its cost", run,
                               .on_ranks = false};
