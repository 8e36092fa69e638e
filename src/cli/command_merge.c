// SPDX-License-Identifier: MIT
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "perebor/output.h"
#include "perebor/result_file.h"

enum { KEY_OVERWRITE = 256, max_files = 1024 };

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "Result file to write", 0},
    {"overwrite", KEY_OVERWRITE, NULL, 0, "Replace it if it exists", 0},
    {0},
};

/** What the command line says. */
typedef struct merge_arguments {
    const char *files[max_files];
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
        arguments->output = argument_result_file(state, "-o", value);
        return 0;
    case KEY_OVERWRITE:
        arguments->overwrite = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->n_files == max_files) {
            argp_error(state, "more than %d files at a time", max_files);
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

/** Refuses a file that is named twice, by whatever path: no part is merged with itself. */
static perebor_status check_distinct(const merge_arguments *arguments, perebor_error *error) {
    for (size_t i = 0; i < arguments->n_files; i++) {
        struct stat one;
        if (stat(arguments->files[i], &one) != 0) {
            continue; // reading it says why
        }
        for (size_t k = 0; k < i; k++) {
            struct stat other;
            if (stat(arguments->files[k], &other) == 0 && one.st_dev == other.st_dev &&
                one.st_ino == other.st_ino) {
                return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                                    "%s and %s are one file; name each part once",
                                    arguments->files[k], arguments->files[i]);
            }
        }
    }
    return PEREBOR_OK;
}

/** Takes one more file into the first. */
static perebor_status take_in(perebor_result *into, const char *into_name, const char *from_name,
                              perebor_error *error) {
    perebor_status status;
    perebor_result *from = NULL;
    PEREBOR_TRY(done, perebor_result_read(&from, from_name, error));
    PEREBOR_TRY(done, perebor_result_merge(into, into_name, from, from_name, error));
done:
    perebor_result_free(from);
    return status;
}

/** Decides whether the merged file may be written, before any is read. */
static perebor_status check_output(const merge_arguments *arguments, perebor_file_identity *found,
                                   perebor_error *error) {
    perebor_input inputs[max_files];
    for (size_t i = 0; i < arguments->n_files; i++) {
        inputs[i] = (perebor_input){arguments->files[i], "one of the files to be merged"};
    }
    return perebor_output_check(arguments->output, &perebor_result_kind, arguments->overwrite,
                                inputs, arguments->n_files, found, error);
}

static perebor_status merge(const merge_arguments *arguments, perebor_error *error) {
    perebor_status status;
    perebor_result *result = NULL;
    perebor_file_identity found = {0};
    uint8_t digest[32];
    char text[65];
    PEREBOR_TRY(done, check_distinct(arguments, error));
    PEREBOR_TRY(done, check_output(arguments, &found, error));
    PEREBOR_TRY(done, perebor_result_read(&result, arguments->files[0], error));
    for (size_t i = 1; i < arguments->n_files; i++) {
        PEREBOR_TRY(done, take_in(result, arguments->files[0], arguments->files[i], error));
    }
    const perebor_trials *trials = result->trials;
    PEREBOR_TRY(done, perebor_result_replace(result, arguments->output, &found, error));
    perebor_trials_digest(trials, digest);
    perebor_sha256_hex(digest, text);
    printf("%s: trials %" PRIu64 ":%" PRIu64 ", %" PRIu64 " of %zu done\ndigest %s\n",
           arguments->output, trials->first_trial, trials->first_trial + trials->n_trials,
           (uint64_t)perebor_trials_n_finished(trials), trials->n_trials, text);
done:
    perebor_result_free(result);
    return status;
}

static int run(int argc, char **argv) {
    merge_arguments arguments = {0};
    perebor_error error = {0};
    command_parse(&parser, argc, argv, &arguments);
    return merge(&arguments, &error) == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_merge = {"merge", "put the parts of one search together", run,
                               .on_ranks = false};
