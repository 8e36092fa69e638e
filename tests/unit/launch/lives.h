// SPDX-License-Identifier: MIT
/**
 * @file lives.h
 * Lives of rank 0 under a supervisor. In place of mpiexec a script starts the test itself once, as
 * rank 0: with "--rank LIFE" it lives one of them.
 */
#ifndef TESTS_LAUNCH_LIVES_H
#define TESTS_LAUNCH_LIVES_H

#include <stddef.h>

#include "perebor/status.h"

/** Ends the message of a supervisor that gives up. */
#define KEPT " starts in a row failed; what is finished is kept: continue with --resume"

/** The setup of the group: works in a folder of its own, which has the script. */
int lives_enter(void **state);
int lives_leave(void **state);

/** The setup of a test: lets the script be the launcher; forgets the starts. */
int lives_begin(void **state);
int lives_end(void **state);

/** main() of a test program that lives as rank 0 if it is asked to; else runs the tests. */
struct CMUnitTest;
int lives_main(int argc, char **argv, const struct CMUnitTest *tests, size_t n_tests);

/** How often rank 0 was started in this test. */
long lives_n_starts(void);

/** Supervises a life on three ranks; nobody is left behind. */
perebor_status lives_supervise(const char *life, double start_seconds, double silence_seconds,
                               int max_restarts, int *code, perebor_error *error);

/** It ends in good order with this code. */
void assert_exit_code(const char *life, double start_seconds, int max_restarts, int code);

/** It is given up with this message. */
void assert_gives_up(const char *life, double start_seconds, double silence_seconds,
                     int max_restarts, const char *message);

#endif
