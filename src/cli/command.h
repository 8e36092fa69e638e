// SPDX-License-Identifier: MIT
/**
 * @file command.h
 * The commands of the program, one file each, and what they have in common.
 */
#ifndef PEREBOR_CLI_COMMAND_H
#define PEREBOR_CLI_COMMAND_H

#include <argp.h>
#include <stdbool.h>

#include "perebor/status.h"

/** What the program ends with. Documented in docs/reference/exit-codes.md: never renumber. */
enum {
    EXIT_OK = 0,
    EXIT_FAILED = 1,
    EXIT_DIFFERENT = 2,       /**< A requested comparison or verification does not hold. */
    EXIT_STOPPED = 3,         /**< Stopped on request; what is finished is kept. */
    EXIT_TOO_MANY_FAILED = 4, /**< Finished with more failed trials than allowed. */
    EXIT_USAGE = 64,
};

/** A command: "perebor NAME ...". */
typedef struct command {
    const char *name, *summary;
    int (*run)(int argc, char **argv); /**< argv[0] is its name; returns the exit code. */
    bool on_ranks; /**< Runs on every rank of a launcher; else one of them does. */
} command;

extern const command command_run, command_check, command_show, command_trial, command_digest,
    command_export, command_generate, command_status, command_merge, command_verify,
    command_profile, command_settings, command_assess, command_nested, command_refit,
    command_ensemble, command_explain, command_predict, command_init, command_segment,
    command_offers, command_campaign, command_compare, command_report, command_watch,
    command_simulate, command_slurm;

/** Prints "perebor: message" on standard error and returns EXIT_FAILED. */
int command_fail(const perebor_error *error);

/** Prints "perebor: warning: message" on standard error. */
void command_warn(const char *message);

/** Version, compiler, instruction set and libraries, on standard output. */
void command_print_version(void);

/**
 * Reads a command's line with argp; what is wrong with it ends the program.
 *
 * @param[in,out] argv  argv[0] is the command's name; the words are put in another order.
 */
void command_parse(const struct argp *parser, int argc, char **argv, void *arguments);

#endif
