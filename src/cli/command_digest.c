// SPDX-License-Identifier: MIT
#include <argp.h>
#include <stdio.h>

#include "base/digest.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "perebor/result_file.h"

static error_t parse_option(int key, char *value, struct argp_state *state) {
    return argument_file(key, value, state, ARGUMENT_RESULT, state->input);
}

static const struct argp parser = {
    .parser = parse_option,
    .args_doc = "FILE.h5",
    .doc = "Print the digest of a result file: one number over every trial's point, state and "
           "scores, bit for bit. It does not depend on ranks, threads, machine or compiler.",
};

static int run(int argc, char **argv) {
    const char *file = NULL;
    perebor_error error = {0};
    perebor_result *result = NULL;
    command_parse(&parser, argc, argv, &file);
    if (perebor_result_read(&result, file, &error) != PEREBOR_OK) {
        return command_fail(&error);
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
