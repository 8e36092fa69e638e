// SPDX-License-Identifier: MIT
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "config/generator_file.h"
#include "exec/threads.h"
#include "perebor/ranks.h"

enum { KEY_ROWS = 256, KEY_SEED, KEY_SCENARIO, KEY_CLEAN, KEY_OVERWRITE, KEY_PART, KEY_JOIN };

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
    {"threads", 't', "N", 0, "Threads of each process (default: what was granted)", 0},
    {"part", KEY_PART, "K/N", 0, "Write part K of N alone, for --join", 0},
    {"join", KEY_JOIN, "N", 0, "Join N parts that were written with the same options", 0},
    {"quiet", 'q', NULL, 0, "No progress line and no summary", 0},
    {0},
};

/** What the command line says. */
typedef struct generate_arguments {
    const char *file;
    perebor_generate_options options;
    int n_threads; /**< Asked for; 0: what was granted. */
    bool rows_given, seed_given, part_given, join, quiet;
    perebor_progress progress;
    double started; /**< Monotonic seconds. */
} generate_arguments;

static perebor_scenario read_scenario(struct argp_state *state, const char *name) {
    size_t scenario = 0;
    while (perebor_scenario_names[scenario] != NULL &&
           strcmp(perebor_scenario_names[scenario], name) != 0) {
        scenario++;
    }
    if (perebor_scenario_names[scenario] == NULL) {
        argp_error(state,
                   "--scenario %s: write retail, null, logit, leak_id, drift, campaign or "
                   "dirt_extreme",
                   name);
    }
    return (perebor_scenario)scenario;
}

/** Reads "K/N". */
static void read_part(struct argp_state *state, const char *text, perebor_generate_options *into) {
    const char *slash = strchr(text, '/');
    uint64_t part = 0;
    uint64_t n = 0;
    if (slash == NULL || !argument_read_number(text, slash, &part) ||
        !argument_read_number(slash + 1, slash + strlen(slash), &n) || part < 1 || part > n ||
        n > PEREBOR_GENERATE_PARTS_MAX) {
        argp_error(state, "--part %s: write K/N, such as 1/4 to 4/4; N is at most %d", text,
                   PEREBOR_GENERATE_PARTS_MAX);
    }
    into->part = (uint32_t)part - 1;
    into->n_parts = (uint32_t)n;
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
    generate_arguments *arguments = state->input;
    perebor_generate_options *read = &arguments->options;
    switch (key) {
    case KEY_ROWS:
        read->n_rows = argument_number(state, "--rows", value, 1, INT64_MAX);
        arguments->rows_given = true;
        return 0;
    case KEY_SEED:
        read->seed = argument_number(state, "--seed", value, 0, UINT64_MAX);
        arguments->seed_given = true;
        return 0;
    case KEY_SCENARIO:
        read->scenario = read_scenario(state, value);
        return 0;
    case KEY_CLEAN:
        read->clean = true;
        return 0;
    case 'o':
        read->folder = value;
        return 0;
    case KEY_OVERWRITE:
        read->overwrite = true;
        return 0;
    case 't':
        arguments->n_threads =
            (int)argument_number(state, "--threads", value, 1, ARGUMENT_MOST_THREADS);
        return 0;
    case KEY_PART:
        read_part(state, value, read);
        arguments->part_given = true;
        return 0;
    case KEY_JOIN:
        read->n_parts =
            (uint32_t)argument_number(state, "--join", value, 2, PEREBOR_GENERATE_PARTS_MAX);
        arguments->join = true;
        return 0;
    case 'q':
        arguments->quiet = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0) {
            argp_error(state, "one generator file at a time; \"%s\" is one too many", value);
        }
        arguments->file = value;
        return 0;
    case ARGP_KEY_END:
        if (state->arg_num < 1 || read->folder == NULL) {
            argp_error(state, "name a generator file, and a folder with -o");
        }
        if (arguments->part_given && arguments->join) {
            argp_error(state, "--part writes a part, --join joins all of them: one at a time");
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
           "seed and its number alone, so threads, ranks (mpirun, srun) and parts change no byte.",
};

/** Reads the file, and settles what the command line leaves to it. */
static perebor_status read_generator(generate_arguments *arguments, perebor_generator **generator,
                                     perebor_error *error) {
    perebor_status status;
    perebor_generator *read = NULL;
    PEREBOR_TRY(done, perebor_generator_read(&read, arguments->file, error));
    if (!arguments->rows_given) {
        arguments->options.n_rows = read->n_rows;
    }
    if (!arguments->seed_given) {
        arguments->options.seed = read->seed;
    }
    if (!perebor_generator_knows(read, arguments->options.scenario)) {
        const char *name = perebor_scenario_names[arguments->options.scenario];
        perebor_generator_free(read);
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "%s has no section %s:, which --scenario %s needs", arguments->file,
                            name, name);
    }
    *generator = read;
done:
    return status;
}

static void show_progress(void *context, uint64_t n_written, uint64_t n) {
    generate_arguments *arguments = context;
    if (!perebor_progress_due(&arguments->progress)) {
        return;
    }
    char line[200];
    char left[32];
    double elapsed = clock_now() - arguments->started;
    perebor_progress_duration(elapsed * (double)(n - n_written) / (double)n_written, left,
                              sizeof left);
    (void)snprintf(line, sizeof line, "%" PRIu64 "/%" PRIu64 " customers  %.0f/s  %s left",
                   n_written, n, (double)n_written / elapsed, left);
    perebor_progress_show(&arguments->progress, line);
}

/** Writes the tables or a part of them, saying how far it is. */
static perebor_status write_tables(generate_arguments *arguments,
                                   const perebor_generator *generator, bool speaks,
                                   perebor_generate_summary *summary, perebor_error *error) {
    if (speaks && !arguments->quiet) {
        arguments->options.progress = show_progress;
        arguments->options.progress_context = arguments;
    }
    perebor_progress_begin(&arguments->progress);
    arguments->started = clock_now();
    perebor_status status = perebor_generate(generator, &arguments->options, summary, error);
    perebor_progress_end(&arguments->progress);
    return status;
}

static void report(const generate_arguments *arguments, const perebor_generate_summary *summary) {
    const perebor_generate_options *written = &arguments->options;
    char part[64] = "";
    if (arguments->quiet) {
        return;
    }
    if (written->n_parts > 1 && !arguments->join) {
        (void)snprintf(part, sizeof part, "part %" PRIu32 " of %" PRIu32 ", ", written->part + 1,
                       written->n_parts);
    }
    printf("%s: %s%" PRIu64 " customer%s (%.1f %% positive) in %zu table%s, %" PRIu64 " fault%s\n",
           written->folder, part, summary->n_rows, summary->n_rows == 1 ? "" : "s",
           summary->n_rows > 0 ? 100.0 * (double)summary->n_positive / (double)summary->n_rows
                               : 0.0,
           summary->n_tables, summary->n_tables == 1 ? "" : "s", summary->n_faults,
           summary->n_faults == 1 ? "" : "s");
}

/** In this process alone: everything, a part, or the joining of parts. */
static perebor_status generate(generate_arguments *arguments, perebor_error *error) {
    perebor_status status;
    perebor_generator *generator = NULL;
    perebor_generate_summary summary = {0};
    PEREBOR_TRY(done, read_generator(arguments, &generator, error));
    PEREBOR_TRY(done, perebor_threads_choose_alone(arguments->n_threads, true,
                                                   &arguments->options.n_threads, error));
    if (arguments->join) {
        PEREBOR_TRY(done, perebor_generate_join(generator, &arguments->options, &summary, error));
    } else {
        PEREBOR_TRY(done, write_tables(arguments, generator, true, &summary, error));
    }
    report(arguments, &summary);
done:
    perebor_generator_free(generator);
    return status;
}

/** On every rank: each writes a part, rank 0 joins them. */
static perebor_status generate_on_ranks(perebor_ranks *ranks, generate_arguments *arguments,
                                        perebor_error *error) {
    perebor_status status;
    perebor_generator *generator = NULL;
    perebor_generate_summary summary = {0};
    perebor_generate_options *written = &arguments->options;
    written->part = (uint32_t)ranks->rank;
    written->n_parts = (uint32_t)ranks->size;
    PEREBOR_TRY(done, perebor_ranks_choose_threads(ranks, arguments->n_threads, true,
                                                   &written->n_threads, error));
    status = read_generator(arguments, &generator, error);
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, status, error));
    status = write_tables(arguments, generator, ranks->rank == 0, &summary, error);
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, status, error));
    if (ranks->rank == 0) {
        status = perebor_generate_join(generator, written, &summary, error);
    }
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, status, error));
    if (ranks->rank == 0) {
        arguments->join = true;
        report(arguments, &summary);
    }
done:
    perebor_generator_free(generator);
    return status;
}

static int start_ranks(generate_arguments *arguments) {
    perebor_error error = {0};
    perebor_ranks *ranks = NULL;
    bool speaks = perebor_ranks_speaks(NULL);
    if (perebor_ranks_open(&ranks, &error) != PEREBOR_OK) {
        return speaks ? command_fail(&error) : EXIT_FAILED;
    }
    int code = EXIT_OK;
    if (generate_on_ranks(ranks, arguments, &error) != PEREBOR_OK) {
        code = ranks->rank == 0 ? command_fail(&error) : EXIT_FAILED;
    }
    return perebor_ranks_close(ranks, code);
}

static int run(int argc, char **argv) {
    generate_arguments arguments = {0};
    perebor_error error = {0};
    command_parse(&parser, argc, argv, &arguments);
    if (perebor_ranks_launched() && arguments.options.n_parts == 0) {
        return start_ranks(&arguments);
    }
    return generate(&arguments, &error) == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_generate = {"generate", "write the tables of a made-up shop", run,
                                  .on_ranks = true};
