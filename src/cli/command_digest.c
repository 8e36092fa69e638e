// SPDX-License-Identifier: MIT
#include <argp.h>
#include <stdio.h>

#include "base/digest.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "perebor/result_file.h"
#include "store/stage.h"

enum { KEY_STAGE = 256 };

static const struct argp_option options[] = {
    {"stage", KEY_STAGE, "NAME", 0, "Of what a later command left in the file, such as model", 0},
    {0},
};

/** What the command line says. */
typedef struct digest_arguments {
    const char *file, *stage;
} digest_arguments;

static error_t parse_option(int key, char *value, struct argp_state *state) {
    digest_arguments *arguments = state->input;
    if (key == KEY_STAGE) {
        arguments->stage = argument_one_of(state, "--stage", value, stage_names);
        return 0;
    }
    return argument_file(key, value, state, ARGUMENT_RESULT, &arguments->file);
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FILE.h5",
    .doc = "Print the digest of a result file: one number over every trial's point, state and "
           "scores, bit for bit. It does not depend on ranks, threads, machine or compiler; nor "
           "does that of a stage.",
};

/** Prints the digest of a stage that is there and current. Returns the exit code. */
static int print_stage(const perebor_result *result, const digest_arguments *arguments,
                       perebor_error *error) {
    const h5_node *group = NULL;
    if (stage_require(result, arguments->stage, arguments->file, &group, error) != PEREBOR_OK) {
        return command_fail(error);
    }
    const char *digest = h5_find_text(group, "digest");
    puts(digest != NULL ? digest : "");
    return EXIT_OK;
}

static int run(int argc, char **argv) {
    digest_arguments arguments = {0};
    perebor_error error = {0};
    perebor_result *result = NULL;
    command_parse(&parser, argc, argv, &arguments);
    if (perebor_result_read(&result, arguments.file, &error) != PEREBOR_OK) {
        return command_fail(&error);
    }
    if (arguments.stage != NULL) {
        int code = print_stage(result, &arguments, &error);
        perebor_result_free(result);
        return code;
    }
    uint8_t digest[32];
    char text[65];
    perebor_trials_digest(result->trials, digest);
    perebor_sha256_hex(digest, text);
    puts(text);
    perebor_result_free(result);
    return EXIT_OK;
}

const command command_digest = {"digest", "print the digest of a result file", run,
                                .on_ranks = false};
