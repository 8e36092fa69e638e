// SPDX-License-Identifier: MIT
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "cli/command.h"
#include "perebor/generator_file.h"

enum { KEY_ROWS = 256, KEY_SEED, KEY_SCENARIO, KEY_CLEAN, KEY_OVERWRITE };

static const struct argp_option options[] = {
    {"rows", KEY_ROWS, "N", 0, "Customers (default: as the file says)", 0},
    {"seed", KEY_SEED, "S", 0, "Seed instead of the file's", 0},
    {"scenario", KEY_SCENARIO, "NAME", 0,
     "retail; null: the target is random; logit: its probabilities are known; leak_id: rows are "
     "sorted by class; drift: the same customers later; campaign: some are treated, with known "
     "effect; dirt_extreme: more faults (default: retail)",
     0},
    {"clean", KEY_CLEAN, NULL, 0, "Without dirt", 0},
    {"output", 'o', "DIR", 0, "Folder for the tables", 0},
    {"overwrite", KEY_OVERWRITE, NULL, 0, "Replace files that exist", 0},
    {0},
};

/** What the command line says. */
typedef struct generate_arguments {
    const char *file;
    perebor_generate_options options;
    bool rows_given, seed_given;
} generate_arguments;

static uint64_t read_number(struct argp_state *state, const char *name, const char *text) {
    char *after = NULL;
    unsigned long long value = strtoull(text, &after, 10);
    if (*after != '\0' || *text < '0' || *text > '9') {
        argp_error(state, "--%s %s: write a whole number", name, text);
    }
    return value;
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
    generate_arguments *arguments = state->input;
    size_t scenario = 0;
    switch (key) {
    case KEY_ROWS:
        arguments->options.n_rows = read_number(state, "rows", value);
        arguments->rows_given = true;
        return 0;
    case KEY_SEED:
        arguments->options.seed = read_number(state, "seed", value);
        arguments->seed_given = true;
        return 0;
    case KEY_SCENARIO:
        while (perebor_scenario_names[scenario] != NULL &&
               strcmp(perebor_scenario_names[scenario], value) != 0) {
            scenario++;
        }
        if (perebor_scenario_names[scenario] == NULL) {
            argp_error(state,
                       "--scenario %s: write retail, null, logit, leak_id, drift, campaign or "
                       "dirt_extreme",
                       value);
        }
        arguments->options.scenario = (perebor_scenario)scenario;
        return 0;
    case KEY_CLEAN:
        arguments->options.clean = true;
        return 0;
    case 'o':
        arguments->options.folder = value;
        return 0;
    case KEY_OVERWRITE:
        arguments->options.overwrite = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0) {
            argp_error(state, "one generator file at a time; \"%s\" is one too many", value);
        }
        arguments->file = value;
        return 0;
    case ARGP_KEY_END:
        if (state->arg_num < 1 || arguments->options.folder == NULL) {
            argp_error(state, "name a generator file, and a folder with -o");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "GENERATOR.yaml",
    .doc = "Write the tables of a made-up shop, with truth.csv and dirt.json. A row depends on the "
           "seed and its number alone.",
};

static perebor_status generate(generate_arguments *arguments, perebor_error *error) {
    perebor_status status;
    perebor_generator *generator = NULL;
    perebor_generate_summary summary = {0};
    PEREBOR_TRY(done, perebor_generator_read(&generator, arguments->file, error));
    if (!arguments->rows_given) {
        arguments->options.n_rows = generator->n_rows;
    }
    if (!arguments->seed_given) {
        arguments->options.seed = generator->seed;
    }
    if (!perebor_generator_knows(generator, arguments->options.scenario)) {
        const char *name = perebor_scenario_names[arguments->options.scenario];
        status = perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                              "%s has no section %s:, which --scenario %s needs", arguments->file,
                              name, name);
        goto done;
    }
    PEREBOR_TRY(done, perebor_generate(generator, &arguments->options, &summary, error));
    fprintf(stderr,
            "%s: %" PRIu64 " customers (%.1f %% positive) in %zu tables, %" PRIu64 " faults\n",
            arguments->options.folder, summary.n_rows,
            summary.n_rows > 0 ? 100.0 * (double)summary.n_positive / (double)summary.n_rows : 0.0,
            summary.n_tables, summary.n_faults);
done:
    perebor_generator_free(generator);
    return status;
}

static int run(int argc, char **argv) {
    generate_arguments arguments = {0};
    perebor_error error = {0};
    argv[0] = (char[]){"perebor generate"};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    return generate(&arguments, &error) == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_generate = {"generate", "write the tables of a made-up shop", run};
