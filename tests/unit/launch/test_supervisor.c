// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "perebor/supervisor.h"

static void the_callers_other_children_are_let_live(void **state) {
    (void)state;
    pid_t other = fork();
    if (other == 0) {
        for (;;) {
            (void)pause();
        }
    }
    assert_true(other > 0);
    assert_int_equal(setenv("PEREBOR_MPIEXEC", "/bin/false", 1), 0);
    char *arguments[] = {NULL};
    perebor_supervisor_options options = {.n_ranks = 1, .arguments = arguments, .max_restarts = 1};
    perebor_error error = {0};
    int code = 0;
    assert_int_equal(perebor_supervise(&options, &code, &error), PEREBOR_ERR_IO);
    int status = 0;
    assert_int_equal(waitpid(other, &status, WNOHANG), 0);
    assert_int_equal(kill(other, SIGKILL), 0);
    assert_int_equal(waitpid(other, &status, 0), other);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(waitpid(-1, &status, WNOHANG), -1); // The supervisor left none of its own.
}

/** Supervises a launcher that does as the shell is told. @return How often it was started. */
static long starts_of(const char *script, perebor_error *error) {
    char folder[] = "/tmp/perebor-supervisor-XXXXXX";
    char launcher[64];
    char log[64];
    char *arguments[] = {NULL};
    perebor_supervisor_options options = {.n_ranks = 1, .arguments = arguments, .max_restarts = 3};
    int code = 0;
    long n = 0;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(launcher, sizeof launcher, "%s/mpiexec", folder);
    (void)snprintf(log, sizeof log, "%s/log", folder);
    FILE *file = fopen(launcher, "w");
    assert_non_null(file);
    (void)fprintf(file, "#!/bin/sh\necho >>%s\nn=$(wc -l <%s)\n%s\n", log, log, script);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(launcher, 0700), 0);
    assert_int_equal(setenv("PEREBOR_MPIEXEC", launcher, 1), 0);
    assert_int_equal(perebor_supervise(&options, &code, error), PEREBOR_ERR_IO);
    file = fopen(log, "r");
    assert_non_null(file);
    for (int c; (c = fgetc(file)) != EOF;) {
        n += c == '\n';
    }
    (void)fclose(file);
    (void)unlink(log);
    (void)unlink(launcher);
    (void)rmdir(folder);
    return n;
}

static void a_start_that_fails_the_same_way_is_not_tried_a_third_time(void **state) {
    (void)state;
    perebor_error error = {0};
    assert_int_equal(starts_of("exit 15", &error), 2);
    assert_non_null(strstr(error.message, "code 15 before MPI had started"));
}

static void starts_that_fail_in_other_ways_are_tried_again(void **state) {
    (void)state;
    perebor_error error = {0};
    assert_int_equal(starts_of("exit $n", &error), 4);
    assert_int_equal(starts_of("kill -KILL $$", &error), 4);
    assert_int_equal(starts_of("exit 137", &error), 4); // A rank was killed.
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_callers_other_children_are_let_live),
        cmocka_unit_test(a_start_that_fails_the_same_way_is_not_tried_a_third_time),
        cmocka_unit_test(starts_that_fail_in_other_ways_are_tried_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
