// SPDX-License-Identifier: MIT
// The test is the launcher: it holds the other end of the socket, answers in PMI-1's words, and
// writes down what it is told.
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "launch/shim.h"

/** What the rank does; it never returns. */
typedef void rank_life(void);

/** What came of it. */
typedef struct outcome {
    int exit_code; /**< Of the parent that stands behind the rank. */
    char told[512];
} outcome;

static void answer(int launcher, const char *words) {
    (void)!write(launcher, words, strlen(words));
}

/** Listens until nobody holds the other end any more. */
static void listen_to(int launcher, outcome *result) {
    char words[256];
    ssize_t n;
    while ((n = read(launcher, words, sizeof words - 1)) > 0) {
        words[n] = '\0';
        strncat(result->told, words, sizeof result->told - strlen(result->told) - 1);
        if (strstr(words, "finalize") != NULL) {
            answer(launcher, "cmd=finalize_ack\n");
        } else if (strstr(words, "init") != NULL) {
            answer(launcher, "cmd=response_to_init rc=0\n");
        } else {
            answer(launcher, "\n");
        }
    }
}

/** Becomes the parent of a rank, and in the rank lives its life. */
static _Noreturn void become_shim(int socket, const char *number, rank_life *life) {
    char text[16];
    (void)snprintf(text, sizeof text, "%d", socket);
    (void)setenv("PMI_FD", text, 1);
    (void)setenv("PMI_RANK", number, 1);
    (void)setenv("PMI_SIZE", "2", 1);
    (void)freopen("/dev/null", "w", stderr);
    perebor_shim_start();
    life();
    _exit(99);
}

static outcome live(const char *rank, bool barrier, rank_life *life) {
    int ends[2];
    outcome result = {0};
    int status = 0;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    (void)fflush(NULL);
    pid_t shim = fork();
    if (shim == 0) {
        (void)close(ends[0]);
        become_shim(ends[1], rank, life);
    }
    assert_true(shim > 0);
    assert_int_equal(close(ends[1]), 0);
    if (barrier) {
        answer(ends[0], "cmd=barrier_out\n");
    }
    listen_to(ends[0], &result);
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(waitpid(shim, &status, 0), shim);
    assert_true(WIFEXITED(status)); // a launcher would kill all if it died by a signal
    result.exit_code = WEXITSTATUS(status);
    return result;
}

static void start_all(void) {
    if (!perebor_shim_active()) {
        _exit(98);
    }
    perebor_shim_started();
    perebor_shim_settle();
}

static void end_well(void) {
    start_all();
    _exit(perebor_shim_settled() ? 5 : 97);
}

static void die_at_work(void) {
    start_all();
    (void)raise(SIGKILL);
}

static void die_before_others_started(void) {
    perebor_shim_started();
    (void)raise(SIGKILL);
}

static void die_in_the_start(void) {
    (void)raise(SIGKILL);
}

static void leave_and_die(void) {
    start_all();
    perebor_shim_leave(9);
    (void)raise(SIGKILL);
}

static void hang_at_work(void) {
    start_all();
    perebor_shim_heartbeat(0.15);
    for (;;) {
        (void)pause();
    }
}

static void hang_in_the_start(void) {
    for (;;) {
        (void)pause();
    }
}

static void on_signal(int number) {
    _exit(number == SIGUSR1 ? 6 : 96);
}

static void be_told_to_stop(void) {
    start_all();
    (void)signal(SIGUSR1, on_signal);
    (void)kill(getppid(), SIGUSR1); // as a launcher or Slurm would tell its child
    for (;;) {
        (void)pause();
    }
}

/** No heartbeat is waited for once the watch has ended. */
static void be_silent_unwatched(void) {
    start_all();
    perebor_shim_heartbeat(0.05);
    perebor_shim_heartbeat(0.0);
    (void)usleep(250000);
    _exit(4);
}

static void the_launcher_hears_how_a_rank_ended(void **state) {
    (void)state;
    static const char finalize[] = "cmd=finalize\n";
    static const char introduced[] = "cmd=init pmi_version=1 pmi_subversion=1\n";
    static const struct {
        const char *rank;
        rank_life *life;
        bool barrier, introduces;
        const char *told; /**< After that. */
        int exit_code;
    } cases[] = {
        {"0", end_well, false, false, finalize, 5},
        {"1", end_well, false, false, finalize, 5},
        {"1", die_at_work, false, false, finalize, 0}, // its work is lost, the job is not
        {"0", die_at_work, false, false, "cmd=abort exitcode=137\n", 137},
        {"1", die_before_others_started, false, false, "cmd=abort exitcode=137\n", 137},
        {"1", die_in_the_start, false, true, "cmd=abort exitcode=137\n", 137},
        {"0", leave_and_die, true, false, finalize, 9},
        {"1", hang_at_work, false, false, finalize, 0},
        {"1", be_told_to_stop, false, false, finalize, 6},
        {"0", be_silent_unwatched, false, false, finalize, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char told[256];
        outcome found = live(cases[i].rank, cases[i].barrier, cases[i].life);
        (void)snprintf(told, sizeof told, "%s%s", cases[i].introduces ? introduced : "",
                       cases[i].told);
        assert_string_equal(found.told, told);
        assert_int_equal(found.exit_code, cases[i].exit_code);
    }
}

static void an_mpi_that_does_not_start_ends_the_job(void **state) {
    (void)state;
    assert_int_equal(setenv("PEREBOR_START_SECONDS", "0.15", 1), 0);
    outcome found = live("1", false, hang_in_the_start);
    assert_string_equal(found.told, "cmd=init pmi_version=1 pmi_subversion=1\n"
                                    "cmd=abort exitcode=1\n");
    assert_int_equal(found.exit_code, 1);
    assert_int_equal(unsetenv("PEREBOR_START_SECONDS"), 0);
}

static void the_time_to_start_may_be_wished_for(void **state) {
    (void)state;
    static const struct {
        const char *wish;
        int n_ranks;
        double seconds;
    } cases[] = {
        {NULL, 0, 60.0},
        {NULL, 2, 60.1},
        {NULL, 1000, 110.0},
        {"7.5", 1000, 7.5},
        {"0", 2, 60.1},
        {"-3", 2, 60.1},
        {"soon", 2, 60.1},
        {"1e9", 2, 60.1},
        {"inf", 2, 60.1},
        {"nan", 2, 60.1},
        {"999999999", 2, 999999999.0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)unsetenv("PEREBOR_START_SECONDS");
        if (cases[i].wish != NULL) {
            assert_int_equal(setenv("PEREBOR_START_SECONDS", cases[i].wish, 1), 0);
        }
        double found = perebor_shim_start_seconds(cases[i].n_ranks);
        assert_true(found > cases[i].seconds - 1e-6 && found < cases[i].seconds + 1e-6);
    }
    assert_int_equal(unsetenv("PEREBOR_START_SECONDS"), 0);
}

/** Without a launcher that calls for it there is one process, and every sign is let go. */
static void nobody_stands_behind_a_process_without_a_launcher(void **state) {
    (void)state;
    static const struct {
        const char *socket, *wish;
    } cases[] = {{NULL, NULL}, {"5", "0"},   {"", NULL},
                 {"x", NULL},  {"-1", NULL}, {"1048576", NULL}};
    pid_t self = getpid();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)unsetenv("PMI_FD");
        (void)unsetenv("PEREBOR_SHIM");
        if (cases[i].socket != NULL) {
            assert_int_equal(setenv("PMI_FD", cases[i].socket, 1), 0);
        }
        if (cases[i].wish != NULL) {
            assert_int_equal(setenv("PEREBOR_SHIM", cases[i].wish, 1), 0);
        }
        perebor_shim_start();
        assert_int_equal(getpid(), self);
        assert_false(perebor_shim_active());
        perebor_shim_started();
        perebor_shim_settle();
        perebor_shim_heartbeat(1e-3);
        perebor_shim_leave(1);
        assert_false(perebor_shim_settled());
    }
    (void)unsetenv("PMI_FD");
    (void)unsetenv("PEREBOR_SHIM");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_time_to_start_may_be_wished_for),
        cmocka_unit_test(nobody_stands_behind_a_process_without_a_launcher),
        cmocka_unit_test(the_launcher_hears_how_a_rank_ended),
        cmocka_unit_test(an_mpi_that_does_not_start_ends_the_job),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
