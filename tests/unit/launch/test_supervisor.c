// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "launch/supervisor.h"

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

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_callers_other_children_are_let_live)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
