// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "launch/supervisor.h"
#include "lives.h"

static void rank_0_decides_the_exit_code(void **state) {
    (void)state;
    char words[64] = "";
    assert_exit_code("leaves", 60.0, 1, 7);
    assert_int_equal(lives_n_starts(), 1);
    FILE *file = fopen("words", "r");
    assert_non_null(file);
    assert_non_null(fgets(words, sizeof words, file));
    assert_int_equal(fclose(file), 0);
    assert_string_equal(words, "-n 3 --rank leaves\n");
}

static void a_wish_to_stop_is_passed_on(void **state) {
    (void)state;
    assert_exit_code("is asked to stop", 60.0, 1, 5);
    assert_int_equal(lives_n_starts(), 1);
    assert_gives_up("dies stopping", 60.0, 60.0, 5,
                    "mpiexec was killed while it was stopping; what is finished is kept: continue "
                    "with --resume");
    assert_int_equal(lives_n_starts(), 2); // it is not started again
    assert_exit_code("is interrupted twice", 60.0, 5, 130);
}

static void a_launcher_that_is_not_there_is_not_tried_again(void **state) {
    (void)state;
    assert_int_equal(setenv("PEREBOR_MPIEXEC", "/nowhere/mpiexec", 1), 0);
    assert_exit_code("leaves", 60.0, 5, 1);
    assert_int_equal(lives_n_starts(), 0);
}

static void a_heartbeat_that_cannot_be_made_is_told(void **state) {
    (void)state;
    struct rlimit before, none;
    perebor_error error = {0};
    int code = 77;
    assert_int_equal(setenv("TMPDIR", "/nowhere", 1), 0);
    assert_int_equal(lives_supervise("leaves", 60.0, 60.0, 1, &code, &error), PEREBOR_ERR_IO);
    assert_non_null(strstr(error.message, "cannot make /nowhere/perebor-heartbeat-"));
    assert_non_null(strstr(error.message, ": No such file or directory; set TMPDIR to a folder "
                                          "that can be written to"));
    assert_int_equal(mkdir("tmp", 0700), 0);
    assert_int_equal(setenv("TMPDIR", "tmp", 1), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    perebor_status status = lives_supervise("leaves", 60.0, 60.0, 1, &code, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, PEREBOR_ERR_IO);
    assert_non_null(strstr(error.message, "File too large"));
    assert_int_equal(code, 77);
    assert_int_equal(rmdir("tmp"), 0); // nothing is left in it
    assert_int_equal(unsetenv("TMPDIR"), 0);
}

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

static void a_start_that_fails_the_same_way_is_not_tried_a_fourth_time(void **state) {
    (void)state;
    perebor_error error = {0};
    assert_int_equal(starts_of("exit 15", &error), 3);
    assert_non_null(strstr(error.message, "code 15 before MPI had started"));
}

static void starts_that_fail_in_other_ways_are_tried_again(void **state) {
    (void)state;
    perebor_error error = {0};
    assert_int_equal(starts_of("exit $n", &error), 4);
    assert_int_equal(starts_of("kill -KILL $$", &error), 4);
    assert_int_equal(starts_of("exit 137", &error), 4); // A rank was killed.
    assert_int_equal(starts_of("exit 255", &error), 4); // What the launcher talked to was.
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, lives_begin, lives_end)

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        TEST(rank_0_decides_the_exit_code),
        TEST(a_wish_to_stop_is_passed_on),
        TEST(a_launcher_that_is_not_there_is_not_tried_again),
        TEST(a_heartbeat_that_cannot_be_made_is_told),
        TEST(a_start_that_fails_the_same_way_is_not_tried_a_fourth_time),
        TEST(starts_that_fail_in_other_ways_are_tried_again),
        TEST(the_callers_other_children_are_let_live),
    };
    return lives_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
