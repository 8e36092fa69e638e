// SPDX-License-Identifier: MIT
#include <argp.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/data_warnings.h"
#include "cli/forecast.h"
#include "cli/preview.h"
#include "cli/ranks_start.h"
#include "cli/run_report.h"
#include "cli/search_progress.h"
#include "cli/space_warnings.h"
#include "cli/summary.h"
#include "launch/shim.h"
#include "launch/supervised.h"
#include "perebor/ranks.h"
#include "perebor/search.h"

enum {
    KEY_OVERWRITE = 256,
    KEY_RESUME,
    KEY_TRIALS,
    KEY_SEED,
    KEY_MAX_HOURS,
    KEY_SHARE,
    KEY_SET,
    KEY_DRY_RUN,
    KEY_OVERSUBSCRIBE,
    KEY_RANKS,
    KEY_REPORT,
};

#define SHARES "exact|off"

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "Result file (default: as the experiment says)", 0},
    {"overwrite", KEY_OVERWRITE, NULL, 0, "Replace the result file if it exists", 0},
    {"resume", KEY_RESUME, NULL, 0,
     "Continue the search of an existing result file or journal, or begin if there is none", 0},
    {"trials", KEY_TRIALS, "N|A:B", 0, "Run N trials, or those numbered A to B-1", 0},
    {"ranks", KEY_RANKS, "N", 0,
     "Start N ranks with mpiexec, and start them again to continue if they crash", 0},
    {"threads", 't', "N", 0, "Threads of each rank (default: what was granted)", 0},
    {"seed", KEY_SEED, "N", 0, "Seed instead of the experiment's", 0},
    {"max-hours", KEY_MAX_HOURS, "H", 0, "Stop after so many hours; exit code 3", 0},
    {"share", KEY_SHARE, SHARES, 0, "Share work between trials (default: exact)", 0},
    {"set", KEY_SET, "KEY=VALUE", 0, "Override a key of the experiment: --set cv.n_splits=10", 0},
    {"report", KEY_REPORT, "FILE.html", OPTION_ARG_OPTIONAL,
     "Afterwards make every stage that the experiment declares, and write a report (default: "
     "beside "
     "the result file)",
     0},
    {"dry-run", KEY_DRY_RUN, NULL, 0, "Say what would be run, and run nothing", 0},
    {"oversubscribe", KEY_OVERSUBSCRIBE, NULL, 0, "Allow more threads than processors", 0},
    {"quiet", 'q', NULL, 0, "No progress line and no summary", 0},
    {0},
};

/** What the command line says. */
typedef struct run_arguments {
    perebor_search_options search;
    argument_overrides overrides;
    char seed[40]; /**< "seed=N" */
    bool dry_run, quiet;
    int n_ranks; /**< To be started; 0: they have been. */
    run_report report;
    search_shown shown;
    double pace; /**< Times as long as predicted a search takes here. */
} run_arguments;

static error_t parse_option(int key, char *value, struct argp_state *state) {
    run_arguments *arguments = state->input;
    perebor_search_options *search = &arguments->search;
    switch (key) {
    case 'o':
        search->output = argument_result_file(state, "-o", value);
        return 0;
    case KEY_OVERWRITE:
        search->overwrite = true;
        return 0;
    case KEY_RESUME:
        search->resume = true;
        return 0;
    case KEY_TRIALS:
        argument_trials(state, value, search);
        return 0;
    case 't':
        search->n_threads =
            (int)argument_number(state, "--threads", value, 1, ARGUMENT_MOST_THREADS);
        return 0;
    case KEY_RANKS:
        arguments->n_ranks = (int)argument_number(state, "--ranks", value, 1, ARGUMENT_MOST_RANKS);
        return 0;
    case KEY_SEED:
        snprintf(arguments->seed, sizeof arguments->seed, "seed=%" PRIu64,
                 argument_number(state, "--seed", value, 0, UINT64_MAX));
        argument_set(state, &arguments->overrides, arguments->seed);
        return 0;
    case KEY_MAX_HOURS:
        search->max_seconds = argument_hours(state, value);
        return 0;
    case KEY_SHARE:
        search->share = argument_choice(state, "--share", value, SHARES) == 0;
        return 0;
    case KEY_SET:
        argument_set(state, &arguments->overrides, value);
        return 0;
    case KEY_REPORT:
        arguments->report.wanted = true;
        arguments->report.named = value;
        return 0;
    case KEY_DRY_RUN:
        arguments->dry_run = true;
        return 0;
    case KEY_OVERSUBSCRIBE:
        search->oversubscribe = true;
        return 0;
    case 'q':
        arguments->quiet = true;
        return 0;
    case ARGP_KEY_END:
        if (search->resume && search->overwrite) {
            argp_error(state, "--resume continues what --overwrite replaces; give one of them");
        }
        return 0;
    default:
        return argument_file(key, value, state, ARGUMENT_EXPERIMENT, &search->experiment);
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "EXPERIMENT.yaml",
    .doc = "Run the search that an experiment file describes, on every rank that mpirun or srun "
           "started.\v"
           "With --ranks it starts mpiexec itself and watches over it.\n\n"
           "Exit codes: 0 done, 1 failed, 3 stopped before the end, 4 more trials failed than "
           "allowed, 64 usage.",
};

static void show_progress(void *context, const perebor_search_progress *progress, bool last) {
    run_arguments *arguments = context;
    perebor_search_progress here = *progress;
    here.forecast_seconds *= arguments->pace;
    search_progress_show(&arguments->shown, &here, last);
}

/** What is to be known before anything is run. */
static void tell_beforehand(void *context, const perebor_study *study) {
    run_arguments *arguments = context;
    (void)data_warnings_print(study);
    (void)space_warnings_print(study);
    if (!arguments->quiet) {
        arguments->pace = forecast_print(study, &arguments->search);
    }
}

/** Appends a word as a shell would read it back. @return Bytes, at most 4 a byte of it and 3. */
static size_t put_word(char *to, const char *word) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "%+,-./:=@_";
    char *at = to;
    *at++ = ' ';
    if (*word != '\0' && word[strspn(word, plain)] == '\0') {
        size_t length = strlen(word);
        memcpy(at, word, length); // NOLINT(bugprone-not-null-terminated-result): more follows
        return length + 1;
    }
    *at++ = '\'';
    for (; *word != '\0'; word++) {
        if (*word == '\'') {
            // Ends the quote, a quote by itself, and begins again.
            memcpy(at, "'\\'", 3); // NOLINT(bugprone-not-null-terminated-result)
            at += 3;
        }
        *at++ = *word;
    }
    *at++ = '\'';
    return (size_t)(at - to);
}

/** The command line, for the record: a shell takes it for the same words. The caller frees it;
 * NULL: no memory. */
static char *join_arguments(int argc, char **argv) {
    static const char program[] = "perebor run";
    size_t size = sizeof program;
    for (int i = 1; i < argc; i++) {
        size += 4 * strlen(argv[i]) + 3;
    }
    char *joined = malloc(size);
    if (joined != NULL) {
        size_t used = sizeof program - 1;
        memcpy(joined, program, used);
        for (int i = 1; i < argc; i++) {
            used += put_word(joined + used, argv[i]);
        }
        joined[used] = '\0';
    }
    return joined;
}

static int exit_code(perebor_status status, const perebor_search_summary *summary) {
    if (status == PEREBOR_ERR_STOPPED) {
        return EXIT_STOPPED;
    }
    if (status != PEREBOR_OK) {
        return EXIT_FAILED;
    }
    double allowed = summary->max_failures * (double)summary->progress.n_trials;
    return (double)summary->progress.n_failed > allowed ? EXIT_TOO_MANY_FAILED : EXIT_OK;
}

static int run_on_ranks(perebor_ranks *ranks, run_arguments *arguments,
                        const perebor_search_previous *previous) {
    perebor_search_summary summary = {0};
    perebor_error error = {0};
    perebor_progress_begin(&arguments->shown.line);
    perebor_status status =
        perebor_search_run(ranks, &arguments->search, previous, &summary, &error);
    int code = exit_code(status, &summary);
    if (ranks->rank == 0) {
        perebor_progress_end(&arguments->shown.line);
        if (code == EXIT_FAILED) {
            (void)command_fail(&error);
        } else if (!arguments->quiet) {
            summary_print(&summary, ranks->size);
        }
        if (code == EXIT_TOO_MANY_FAILED) {
            fprintf(stderr,
                    "perebor: %" PRIu64 " of %" PRIu64 " trials failed, more than the %.4g %% that "
                    "search.max_failures allows; 'perebor show %s --where state=FAIL' lists them\n",
                    summary.progress.n_failed, summary.progress.n_trials,
                    100.0 * summary.max_failures, summary.output);
        }
    }
    perebor_search_summary_release(&summary);
    return code;
}

/** The report of a search that is through, where one is wanted. */
static int report_after(run_report *report, int code) {
    bool is_through = code == EXIT_OK || code == EXIT_TOO_MANY_FAILED;
    perebor_shim_heartbeat(0.0); // MPI is over: what follows may take its time
    int made = report->wanted && is_through ? run_report_make(report) : EXIT_OK;
    return made == EXIT_OK ? code : made;
}

/** Makes sure that the report can be written. A process that does not speak for all, or whose
 * parent makes the report, wants none. */
static perebor_status prepare_report(run_arguments *arguments, bool speaks, perebor_error *error) {
    run_report *report = &arguments->report;
    report->wanted = report->wanted && speaks && !arguments->dry_run && !perebor_supervised();
    report->quiet = arguments->quiet;
    return report->wanted ? run_report_prepare(report, &arguments->search, error) : PEREBOR_OK;
}

static int run_here(run_arguments *arguments) {
    perebor_error error = {0};
    perebor_ranks *ranks = NULL;
    perebor_search_previous previous = {0};
    int code = EXIT_OK;
    bool speaks = perebor_ranks_speaks(NULL);
    perebor_ranks_await_stop(EXIT_STOPPED);
    if (speaks) {
        perebor_search_previous_read(&previous, &arguments->search);
    }
    if (prepare_report(arguments, speaks, &error) != PEREBOR_OK && previous.status == PEREBOR_OK) {
        // All ranks learn it where they meet: perebor_search_run().
        previous.status = error.status;
        previous.error = error;
    }
    if (perebor_ranks_open(&ranks, &error) != PEREBOR_OK) {
        code = speaks ? command_fail(&error) : EXIT_FAILED;
        if (speaks) {
            perebor_supervised_leave(code);
        }
    } else {
        speaks = ranks->rank == 0;
        if (speaks) {
            perebor_supervised_started();
        }
        if (!arguments->dry_run) {
            code = run_on_ranks(ranks, arguments, &previous);
        } else if (speaks) {
            code = preview_print(&arguments->search, ranks->size, &previous);
        }
        if (speaks) {
            perebor_supervised_leave(code);
        }
        code = perebor_ranks_close(ranks, code);
    }
    perebor_search_previous_release(&previous);
    code = report_after(&arguments->report, code);
    run_report_release(&arguments->report);
    return code;
}

/** Starts the ranks, and makes the report when they are through. */
static int run_ranks(run_arguments *arguments, char *const *words) {
    perebor_error error = {0};
    if (prepare_report(arguments, true, &error) != PEREBOR_OK) {
        return command_fail(&error);
    }
    int code = report_after(&arguments->report, ranks_start(arguments->n_ranks, words));
    run_report_release(&arguments->report);
    return code;
}

static int run(int argc, char **argv) {
    perebor_shim_start();
    char **words = ranks_copy_words(argc, argv);
    run_arguments arguments = {.search = {.share = true}, .pace = 1.0};
    char *command_line = join_arguments(argc, argv);
    command_parse(&parser, argc, argv, &arguments);
    arguments.search.overrides = arguments.overrides.items;
    arguments.search.n_overrides = arguments.overrides.n;
    arguments.search.command_line = command_line != NULL ? command_line : "";
    arguments.search.loaded = tell_beforehand;
    arguments.search.progress_context = &arguments;
    arguments.search.warn = command_warn;
    if (!arguments.quiet) {
        arguments.search.progress = show_progress;
    }
    int code = arguments.n_ranks > 0 && !perebor_supervised() && words != NULL
                   ? run_ranks(&arguments, words)
                   : run_here(&arguments);
    free(words);
    argument_overrides_release(&arguments.overrides);
    free(command_line);
    return code;
}

const command command_run = {"run", "run a search (under mpirun, srun, or alone)", run,
                             .on_ranks = true};
