// SPDX-License-Identifier: MIT
#include <argp.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "cli/argument.h"
#include "cli/command.h"
#include "perebor/search_status.h"

static error_t parse_option(int key, char *value, struct argp_state *state) {
    return argument_file(key, value, state, ARGUMENT_RESULT, state->input);
}

static const struct argp parser = {
    .parser = parse_option,
    .args_doc = "FILE.h5",
    .doc = "Show the state of a search: running, interrupted, stopped or complete; how many trials "
           "are on the disk, and the best of them. Reads the journal of a running search without "
           "holding it up.",
};

static void print_time(const char *what, double seconds) {
    if (isnan(seconds)) {
        return;
    }
    char text[32];
    time_t whole = (time_t)seconds;
    struct tm utc;
    gmtime_r(&whole, &utc);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    printf("%-8s %s\n", what, text);
}

static void print(const perebor_search_status *search_status, const char *file) {
    printf("state    %s", perebor_search_state_name(search_status->state));
    if (search_status->state == PEREBOR_SEARCH_INTERRUPTED ||
        search_status->state == PEREBOR_SEARCH_STOPPED) {
        printf("; 'perebor run EXPERIMENT.yaml -o %s --resume' continues it", file);
    }
    printf("\ntrials   %" PRIu64 " of %" PRIu64 " done", search_status->n_done,
           search_status->n_trials);
    if (search_status->first_trial > 0) {
        printf(", from %" PRIu64, search_status->first_trial);
    }
    if (search_status->n_failed > 0) {
        printf(", %" PRIu64 " failed", search_status->n_failed);
    }
    putchar('\n');
    if (!isnan(search_status->best_score)) {
        printf("best     %.6f, trial %" PRIu64 "\n", search_status->best_score,
               search_status->best_trial);
    }
    print_time("begun", search_status->begun);
    print_time("newest", search_status->newest);
}

static int run(int argc, char **argv) {
    const char *file = NULL;
    perebor_error error = {0};
    perebor_search_status search_status;
    command_parse(&parser, argc, argv, &file);
    if (perebor_search_status_read(&search_status, file, &error) != PEREBOR_OK) {
        return command_fail(&error);
    }
    print(&search_status, file);
    return EXIT_OK;
}

const command command_status = {"status", "show the state of a search, even while it runs", run,
                                .on_ranks = false};
