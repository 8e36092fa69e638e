// SPDX-License-Identifier: MIT
#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/digest.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "perebor/result_file.h"
#include "store/stage.h"
#include "trial/trials_tree.h"

enum { KEY_STAGE = 256, KEY_CURVES, KEY_OOB };

static const struct argp_option options[] = {
    {"stage", KEY_STAGE, "NAME", 0, "Of what a later command left in the file, such as model", 0},
    {"curves", KEY_CURVES, NULL, 0, "Of the learning curves of the trials that have one", 0},
    {"oob", KEY_OOB, NULL, 0, "Of the scores out of bag of the trials that have one", 0},
    {0},
};

/** What the command line says. */
typedef struct digest_arguments {
    const char *file, *stage;
    bool curves, oob;
} digest_arguments;

static error_t parse_option(int key, char *value, struct argp_state *state) {
    digest_arguments *arguments = state->input;
    if (key == KEY_STAGE) {
        arguments->stage = argument_one_of(state, "--stage", value, stage_names);
        return 0;
    }
    if (key == KEY_CURVES) {
        arguments->curves = true;
        return 0;
    }
    if (key == KEY_OOB) {
        arguments->oob = true;
        return 0;
    }
    if (key == ARGP_KEY_END &&
        arguments->curves + arguments->oob + (arguments->stage != NULL) > 1) {
        argp_error(state, "one digest at a time: leave out all but one of --stage, --curves and "
                          "--oob");
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
    puts(h5_find_text(group, "digest"));
    return EXIT_OK;
}

/** The digest of the scores out of bag. */
static perebor_status digest_oob(const perebor_result *result, const char *file, uint8_t digest[32],
                                 perebor_error *error) {
    return perebor_trials_digest_oob(result->trials, digest)
               ? PEREBOR_OK
               : perebor_fail(error, PEREBOR_ERR_CONFLICT,
                              "%s has no scores out of bag: no trial of it that is finished has "
                              "forest__oob_score and forest__bootstrap",
                              file);
}

/** Prints the digest of the learning curves, of the scores out of bag, or of the trials. Returns
 * the exit code. */
static int print_digest(const perebor_result *result, const digest_arguments *arguments,
                        perebor_error *error) {
    uint8_t digest[32];
    char text[65];
    perebor_status status = PEREBOR_OK;
    if (arguments->curves) {
        status = curves_digest(result->trials, arguments->file, digest, error);
    } else if (arguments->oob) {
        status = digest_oob(result, arguments->file, digest, error);
    } else {
        perebor_trials_digest(result->trials, digest);
    }
    if (status != PEREBOR_OK) {
        return command_fail(error);
    }
    perebor_sha256_hex(digest, text);
    puts(text);
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
    int code = arguments.stage != NULL ? print_stage(result, &arguments, &error)
                                       : print_digest(result, &arguments, &error);
    perebor_result_free(result);
    return code;
}

const command command_digest = {"digest", "print the digest of a result file", run,
                                .on_ranks = false};
