// SPDX-License-Identifier: MIT
// Each case in a child of its own: listening lasts for the rest of a process.
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "exec/stop_signal.h"

/** Exits with 0 if it was so, which is what a child that was ended otherwise does not. */
typedef void child_life(void);

static int status_of(child_life *life) {
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        life();
        _exit(0);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void require(bool holds) {
    if (!holds) {
        _exit(99);
    }
}

static void hear(int number) {
    stop_signal_listen();
    require(!stop_signal_arrived());
    require(raise(number) == 0);
    require(stop_signal_arrived());
    require(stop_signal_arrived()); // it stays
}

static void hear_term(void) {
    hear(SIGTERM);
    (void)raise(SIGTERM); // ever so often
    (void)raise(SIGTERM);
}

static void hear_user(void) {
    hear(SIGUSR1);
}

static void hear_interrupt(void) {
    hear(SIGINT);
}

/** A terminal's Ctrl-C reaches a rank directly and by way of its launcher. */
static void hear_an_echo(void) {
    hear(SIGINT);
    (void)raise(SIGINT);
    (void)raise(SIGINT);
}

static void hear_two(void) {
    hear(SIGINT);
    clock_sleep(0.55);
    (void)raise(SIGINT);
}

static void hear_a_term_and_an_interrupt(void) {
    hear(SIGTERM);
    clock_sleep(0.55);
    (void)raise(SIGINT); // the first of its kind
}

static void hear_nothing(void) {
    stop_signal_listen();
    (void)signal(SIGUSR2, SIG_IGN);
    (void)raise(SIGUSR2);
    require(!stop_signal_arrived());
}

static void signals_are_wishes_but_for_a_second_interrupt(void **state) {
    (void)state;
    static const struct {
        child_life *life;
        int exit_code;
    } cases[] = {
        {hear_term, 0},    {hear_user, 0},  {hear_interrupt, 0},
        {hear_an_echo, 0}, {hear_two, 130}, {hear_a_term_and_an_interrupt, 0},
        {hear_nothing, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int status = status_of(cases[i].life);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), cases[i].exit_code);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signals_are_wishes_but_for_a_second_interrupt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
