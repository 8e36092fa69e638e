// SPDX-License-Identifier: MIT
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/digest.h"
#include "base/try.h"
#include "base/version.h"
#include "cli/command.h"
#include "perebor/result_file.h"

enum { KEY_OVERWRITE = 256, MAX_FILES = 1024 };

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "Result file to write", 0},
    {"overwrite", KEY_OVERWRITE, NULL, 0, "Replace it if it exists", 0},
    {0},
};

/** What the command line says. */
typedef struct merge_arguments {
    const char *files[MAX_FILES];
    size_t n_files;
    const char *output;
    bool overwrite;
} merge_arguments;

// argp decides the signature.
// NOLINTNEXTLINE(readability-non-const-parameter)
static error_t parse_option(int key, char *value, struct argp_state *state) {
    merge_arguments *arguments = state->input;
    switch (key) {
    case 'o':
        arguments->output = value;
        return 0;
    case KEY_OVERWRITE:
        arguments->overwrite = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->n_files == MAX_FILES) {
            argp_error(state, "more than %d files at a time", MAX_FILES);
        }
        arguments->files[arguments->n_files++] = value;
        return 0;
    case ARGP_KEY_END:
        if (arguments->n_files < 2 || arguments->output == NULL) {
            argp_error(state, "name two result files or more, and the one to write with -o");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "A.h5 B.h5...",
    .doc = "Put the parts of one search together, run with --trials 0:500 and --trials 500:1000, "
           "say. The digest is that of the search run in one piece.",
};

/** Appends the hosts of @p from that @p into does not have; adds up the ranks of those it has. */
static perebor_status merge_hosts(perebor_result *into, const perebor_result *from,
                                  perebor_error *error) {
    size_t n = into->n_hosts;
    perebor_result_host *hosts =
        perebor_result_allocate(into, n + from->n_hosts + 1, sizeof *hosts);
    if (hosts == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for the merged file");
    }
    for (size_t i = 0; i < n; i++) {
        hosts[i] = into->hosts[i];
    }
    for (size_t i = 0; i < from->n_hosts; i++) {
        size_t host = 0;
        while (host < n && strcmp(hosts[host].name, from->hosts[i].name) != 0) {
            host++;
        }
        if (host < n) {
            continue;
        }
        hosts[n] = from->hosts[i];
        hosts[n].name = perebor_result_text(into, from->hosts[i].name);
        hosts[n].cpu = perebor_result_text(into, from->hosts[i].cpu);
        if (hosts[n].name == NULL || hosts[n].cpu == NULL) {
            return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for the merged file");
        }
        n++;
    }
    into->hosts = hosts;
    into->n_hosts = n;
    return PEREBOR_OK;
}

/** The history of both, and a line that says that they were merged. */
static perebor_status merge_histories(perebor_result *into, const perebor_result *from,
                                      const char *name, perebor_error *error) {
    char now[32];
    time_t seconds = time(NULL);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", &utc);
    size_t size = strlen(into->history) + strlen(from->history) + strlen(name) +
                  strlen(perebor_version()) + 96;
    char *history = perebor_result_allocate(into, size, 1);
    if (history == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for the merged file");
    }
    snprintf(history, size, "%s\n%s\n%s %s; merged with %s", into->history, from->history, now,
             perebor_version(), name);
    into->history = history;
    return PEREBOR_OK;
}

/** Takes the trials of one more file into the first. */
static perebor_status take_in(perebor_result *into, const char *into_name, const char *from_name,
                              perebor_error *error) {
    perebor_status status;
    perebor_result *from = NULL;
    perebor_trials *merged = NULL;
    PEREBOR_TRY(done, perebor_result_read(&from, from_name, error));
    PEREBOR_TRY(done, perebor_result_check_same_search(into, into_name, from, from_name, error));
    PEREBOR_TRY(done, perebor_result_merge_trials(&merged, into->trials, from->trials, error));
    perebor_trials_free(into->trials);
    into->trials = merged;
    PEREBOR_TRY(done, merge_hosts(into, from, error));
    PEREBOR_TRY(done, merge_histories(into, from, from_name, error));
done:
    perebor_result_free(from);
    return status;
}

static uint64_t count_finished(const perebor_trials *trials) {
    uint64_t n_finished = 0;
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        n_finished += trials->state[trial] == PEREBOR_TRIAL_COMPLETE ||
                      trials->state[trial] == PEREBOR_TRIAL_FAIL;
    }
    return n_finished;
}

static perebor_status merge(const merge_arguments *arguments, perebor_error *error) {
    perebor_status status;
    perebor_result *result = NULL;
    uint8_t digest[32];
    char text[65];
    PEREBOR_TRY(done, perebor_result_read(&result, arguments->files[0], error));
    for (size_t i = 1; i < arguments->n_files; i++) {
        PEREBOR_TRY(done, take_in(result, arguments->files[0], arguments->files[i], error));
    }
    const perebor_trials *trials = result->trials;
    uint64_t n_finished = count_finished(trials);
    result->status =
        n_finished == trials->n_trials ? PEREBOR_RESULT_COMPLETE : PEREBOR_RESULT_STOPPED;
    PEREBOR_TRY(done, perebor_result_write(result, arguments->output, arguments->overwrite, error));
    perebor_trials_digest(trials, digest);
    perebor_sha256_hex(digest, text);
    fprintf(stderr, "%s: trials %" PRIu64 ":%" PRIu64 ", %" PRIu64 " of %zu done\ndigest %s\n",
            arguments->output, trials->first_trial, trials->first_trial + trials->n_trials,
            n_finished, trials->n_trials, text);
done:
    perebor_result_free(result);
    return status;
}

static int run(int argc, char **argv) {
    merge_arguments arguments = {0};
    perebor_error error = {0};
    argv[0] = (char[]){"perebor merge"};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    return merge(&arguments, &error) == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_merge = {"merge", "put the parts of one search together", run};
