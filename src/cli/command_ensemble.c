// SPDX-License-Identifier: MIT
#include <argp.h>
#include <stdio.h>

#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/ensemble_text.h"
#include "cli/stage_file.h"
#include "exec/threads.h"
#include "perebor/result_file.h"
#include "run/ensemble_stage.h"

enum { KEY_TOP = 256, KEY_ROUNDS, KEY_RESAMPLES, KEY_FOLDER };

static const struct argp_option options[] = {
    {"top", KEY_TOP, "N", 0,
     "How many of the best trials to choose among; of trials with the same settings one counts "
     "(default: as the experiment says under assess, or 200)",
     0},
    {"rounds", KEY_ROUNDS, "N", 0,
     "How many trials to add, one after the other; a trial may be added again, which gives it "
     "weight (default: 25)",
     0},
    {"resamples", KEY_RESAMPLES, "N", 0,
     "How often the choice is made again without a third of the rows (default: 200)", 0},
    {"threads", 't', "N", 0, "Threads to compute with (default: what was granted)", 0},
    ARGUMENT_FOLDER(KEY_FOLDER),
    {0},
};

/** What the command line says. */
typedef struct ensemble_arguments {
    const char *file, *folder;
    int n_threads; /**< 0: what was granted. */
    ensemble_options options;
} ensemble_arguments;

static error_t parse_option(int key, char *value, struct argp_state *state) {
    ensemble_arguments *arguments = state->input;
    switch (key) {
    case KEY_TOP:
        arguments->options.top = argument_number(state, "--top", value, 1, UINT32_MAX);
        return 0;
    case KEY_ROUNDS:
        arguments->options.n_rounds = argument_number(state, "--rounds", value, 1, 1000);
        return 0;
    case KEY_RESAMPLES:
        arguments->options.n_resamples = argument_number(state, "--resamples", value, 1, 1000000);
        return 0;
    case 't':
        arguments->n_threads =
            (int)argument_number(state, "--threads", value, 1, ARGUMENT_MOST_THREADS);
        return 0;
    case KEY_FOLDER:
        arguments->folder = value;
        return 0;
    default:
        return argument_file(key, value, state, ARGUMENT_RESULT, &arguments->file);
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FILE.h5",
    .doc = "Choose trials whose mean probability ranks better than any of them, and keep the "
           "choice in the file, under /ensemble: 'perebor refit --select ensemble' makes a model "
           "of it. The best trials are scored again out of fold; one after the other, the trial is "
           "added that helps most. How good that is without the luck of having been chosen follows "
           "from making the choice again without a third of the rows, many times.",
};

static void print_choice(const ensemble *made, size_t top, const perebor_trials *trials) {
    size_t n = perebor_trials_n_finished(trials);
    bool all = made->n_candidates < top && made->n_candidates < n; // the others repeat these
    printf("ensemble of %zu trial%s, chosen among the %zu %s of %zu\n", made->n_members,
           made->n_members == 1 ? "" : "s", made->n_candidates, all ? "different ones" : "best", n);
    ensemble_text_write_members(made, trials, stdout);
    ensemble_text_write_scores(made, stdout);
    if (made->n_candidates == top && top < n) {
        printf(
            "  candidates were chosen by the same rows, for which nothing is corrected: --top %zu "
            "lets all trials take part\n",
            n);
    }
}

static perebor_status choose(ensemble_arguments *arguments, perebor_error *error) {
    perebor_status status;
    stage_file file = {0};
    ensemble made = {0};
    PEREBOR_TRY(done, perebor_threads_choose_alone(arguments->n_threads, false,
                                                   &arguments->options.n_threads, error));
    PEREBOR_TRY(done, stage_file_open(&file, arguments->file, arguments->folder, error));
    if (arguments->options.top == 0) {
        arguments->options.top = file.study->experiment->assess_trials;
    }
    PEREBOR_TRY(done,
                ensemble_stage_make(file.study, file.result, &arguments->options, &made, error));
    PEREBOR_TRY(done, stage_file_save(&file, error));
    print_choice(&made, arguments->options.top, file.result->trials);
done:
    ensemble_release(&made);
    stage_file_close(&file);
    return status;
}

static int run(int argc, char **argv) {
    ensemble_arguments arguments = {.options = {.n_rounds = 25, .n_resamples = 200}};
    perebor_error error = {0};
    command_parse(&parser, argc, argv, &arguments);
    return choose(&arguments, &error) == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_ensemble = {"ensemble", "choose trials to average, and say how good that is",
                                  run, .on_ranks = false};
