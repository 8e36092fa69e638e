// SPDX-License-Identifier: MIT
#include <argp.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/argument.h"
#include "cli/command.h"
#include "cli/nested_text.h"
#include "cli/ranks_start.h"
#include "cli/search_progress.h"
#include "cli/stage_file.h"
#include "launch/shim.h"
#include "launch/supervised.h"
#include "perebor/ranks.h"
#include "run/nested_search.h"

enum {
    KEY_OUTER = 256,
    KEY_RESTART,
    KEY_RANKS,
    KEY_SHARE,
    KEY_OVERSUBSCRIBE,
    KEY_MAX_HOURS,
    KEY_FOLDER
};

#define SHARES "exact|off"

static const struct argp_option options[] = {
    {"outer", KEY_OUTER, "N", 0, "Outer folds (default: as the experiment says, or 5)", 0},
    {"restart", KEY_RESTART, NULL, 0,
     "Begin anew, and drop what an interrupted run left to be continued", 0},
    {"ranks", KEY_RANKS, "N", 0,
     "Start N ranks with mpiexec, and start them again to continue if they crash", 0},
    {"threads", 't', "N", 0, "Threads of each rank (default: what was granted)", 0},
    {"share", KEY_SHARE, SHARES, 0, "Share work between trials (default: exact)", 0},
    {"oversubscribe", KEY_OVERSUBSCRIBE, NULL, 0, "Allow more threads than processors", 0},
    {"max-hours", KEY_MAX_HOURS, "H", 0, "Stop after so many hours; exit code 3", 0},
    {"quiet", 'q', NULL, 0, "No progress line and no summary", 0},
    ARGUMENT_FOLDER(KEY_FOLDER),
    {0},
};

/** What the command line says. */
typedef struct nested_arguments {
    nested_request request;
    int n_ranks; /**< To be started; 0: they have been. */
    bool quiet;
    search_shown shown;
} nested_arguments;

static error_t parse_option(int key, char *value, struct argp_state *state) {
    nested_arguments *arguments = state->input;
    perebor_search_options *search = &arguments->request.options;
    switch (key) {
    case KEY_OUTER:
        arguments->request.n_outer = argument_number(state, "--outer", value, 2, 65535);
        return 0;
    case KEY_RESTART:
        arguments->request.restart = true;
        return 0;
    case KEY_RANKS:
        arguments->n_ranks = (int)argument_number(state, "--ranks", value, 1, ARGUMENT_MOST_RANKS);
        return 0;
    case 't':
        search->n_threads =
            (int)argument_number(state, "--threads", value, 1, ARGUMENT_MOST_THREADS);
        return 0;
    case KEY_SHARE:
        search->share = argument_choice(state, "--share", value, SHARES) == 0;
        return 0;
    case KEY_OVERSUBSCRIBE:
        search->oversubscribe = true;
        return 0;
    case KEY_MAX_HOURS:
        search->max_seconds = argument_hours(state, value);
        return 0;
    case 'q':
        arguments->quiet = true;
        return 0;
    case KEY_FOLDER:
        arguments->request.folder = value;
        return 0;
    default:
        return argument_file(key, value, state, ARGUMENT_RESULT, &arguments->request.file);
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FILE.h5",
    .doc =
        "Nested cross-validation of a search, on every rank that mpirun or srun started: in each "
        "outer fold of the training part all trials of the file are evaluated on inner folds, as "
        "the experiment cuts them, of the other rows; one is chosen there by each rule, and "
        "measured on the rows of the outer fold. What it comes to is the score of searching and "
        "choosing, and is kept in the file, under /nested, whatever the ranks and threads.\v"
        "An interrupted run is continued by the next.\n\n"
        "Exit codes: 0 done, 1 failed, 3 stopped before the end, 64 usage.",
};

/** As of a search; but the best so far is of scores that nobody chooses by. */
static void show_progress(void *context, const perebor_search_progress *progress, bool last) {
    nested_arguments *arguments = context;
    perebor_search_progress shown = *progress;
    shown.best_score = NAN;
    shown.stopping = false; // what becomes of it is said at the end
    search_progress_show(&arguments->shown, &shown, last);
}

static perebor_status save(void *context, perebor_error *error) {
    return stage_file_save(context, error);
}

static int exit_code(perebor_status status) {
    return status == PEREBOR_OK            ? EXIT_OK
           : status == PEREBOR_ERR_STOPPED ? EXIT_STOPPED
                                           : EXIT_FAILED;
}

static int run_on_ranks(perebor_ranks *ranks, nested_arguments *arguments) {
    perebor_error error = {0};
    nested_outcome outcome = {0};
    perebor_progress_begin(&arguments->shown.line);
    int code = exit_code(nested_search_run(ranks, &arguments->request, &outcome, &error));
    if (ranks->rank == 0) {
        perebor_progress_end(&arguments->shown.line);
        if (code == EXIT_FAILED) {
            (void)command_fail(&error);
        } else if (code == EXIT_STOPPED && !arguments->quiet) {
            fprintf(stderr,
                    "stopped: %s is as it was, and the same command goes on from what is "
                    "finished\n",
                    arguments->request.file);
        } else if (code == EXIT_OK && !arguments->quiet) {
            nested_text_write(&outcome, arguments->request.result->trials, stdout);
        }
        nested_outcome_release(&outcome);
    }
    return code;
}

static int run_here(nested_arguments *arguments) {
    perebor_error error = {0};
    perebor_ranks *ranks = NULL;
    stage_file file = {0};
    nested_request *request = &arguments->request;
    int code = EXIT_OK;
    bool speaks = perebor_ranks_speaks(NULL);
    perebor_ranks_await_stop(EXIT_STOPPED);
    if (speaks) { // reading a file forks, which is for before MPI
        request->read = stage_file_read(&file, request->file, &request->reason);
        request->result = file.result;
        request->save = save;
        request->save_context = &file;
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
        code = run_on_ranks(ranks, arguments);
        if (speaks) {
            perebor_supervised_leave(code);
        }
        code = perebor_ranks_close(ranks, code);
    }
    stage_file_close(&file);
    request->result = NULL;
    request->save_context = NULL;
    return code;
}

static int run(int argc, char **argv) {
    perebor_shim_start();
    char **words = ranks_copy_words(argc, argv);
    nested_arguments arguments = {.request = {.options = {.share = true}}};
    command_parse(&parser, argc, argv, &arguments);
    perebor_search_options *search = &arguments.request.options;
    search->command_line = "";
    search->progress_context = &arguments;
    search->warn = command_warn;
    if (!arguments.quiet) {
        search->progress = show_progress;
    }
    int code = arguments.n_ranks > 0 && !perebor_supervised() && words != NULL
                   ? ranks_start(arguments.n_ranks, words)
                   : run_here(&arguments);
    free(words);
    return code;
}

const command command_nested = {"nested",
                                "say what searching and choosing is worth, by nested "
                                "cross-validation",
                                run, .on_ranks = true};
