// SPDX-License-Identifier: MIT
/**
 * @file captured.h
 * A piece of the program run in a child, with what it prints and how it ends: much of it ends the
 * process, and all of it prints.
 */
#ifndef TESTS_CLI_CAPTURED_H
#define TESTS_CLI_CAPTURED_H

#include <stddef.h>

/** How a child ended. */
typedef struct captured {
    int code;        /**< Its exit code; -1: a signal ended it. */
    char out[65536]; /**< What it wrote to standard output and */
    char err[16384]; /**< to standard error, cut off beyond so much. */
} captured;

/** What the child does. @return Its exit code. */
typedef int captured_life(const void *context);

/** @return The last child's; overwritten by the next. */
const captured *capture(captured_life *life, const void *context);

/** A command: a name, then up to nine words; NULL ends them. argv[0] is the name. */
typedef struct captured_line {
    const char *words[10];
} captured_line;

struct command;

/** Runs a command as main() does. */
const captured *capture_command(const struct command *command, captured_line line);

#define LINE(...)                                                                                  \
    (captured_line) {                                                                              \
        .words = { __VA_ARGS__ }                                                                   \
    }

#endif
