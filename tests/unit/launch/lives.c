// SPDX-License-Identifier: MIT
#include "lives.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "launch/supervised.h"
#include "launch/supervisor.h"
#include "scratch.h"

static char folder[SCRATCH_SIZE];

static void sleep_for_ever(void) {
    for (;;) {
        (void)pause();
    }
}

/** One more line in the file "starts": when the first start was. @return How many there are. */
static long count_start(void) {
    FILE *file = fopen("starts", "a");
    if (file == NULL) {
        _exit(90);
    }
    (void)fprintf(file, "%020lld\n", (long long)perebor_supervised_since());
    long size = ftell(file);
    (void)fclose(file);
    return size / 21;
}

static volatile sig_atomic_t n_signals;

static void on_signal(int number) {
    (void)number;
    n_signals++;
}

/** Asks the supervisor to stop, as Ctrl-C or Slurm would, and waits for it to pass that on. */
static void ask_to_stop(int number) {
    sigset_t one, before;
    (void)sigemptyset(&one);
    (void)sigaddset(&one, SIGUSR1);
    (void)sigprocmask(SIG_BLOCK, &one, &before);
    (void)signal(SIGUSR1, on_signal);
    int wanted = n_signals + 1;
    (void)kill(getppid(), number);
    while (n_signals < wanted) {
        (void)sigsuspend(&before);
    }
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
}

static void leave_a_child(void) {
    if (fork() == 0) {
        (void)signal(SIGHUP, SIG_IGN);
        sleep_for_ever();
    }
}

/** Lives as rank 0; what it returns it exits with. */
static int live(const char *life) {
    long n = count_start();
    perebor_supervised_started();
    if (strcmp(life, "leaves") == 0) {
        perebor_supervised_heartbeat(1);
        perebor_supervised_finishing();
        perebor_supervised_leave(7);
        return 3; // which is not asked for any more
    }
    if (strcmp(life, "leaves and stays") == 0) {
        leave_a_child();
        perebor_supervised_leave(8);
        sleep_for_ever();
    }
    if (strcmp(life, "crashes once") == 0 && n > 1) {
        perebor_supervised_leave(2);
        return 2;
    }
    if (strcmp(life, "gets on") == 0) { // a trial more at every start, and dies
        perebor_supervised_heartbeat((uint64_t)n);
        if (n == 3) {
            perebor_supervised_leave(0);
            return 0;
        }
    }
    if (strcmp(life, "fails") == 0) {
        return 1;
    }
    if (strcmp(life, "falls silent") == 0) {
        perebor_supervised_heartbeat(1);
        sleep_for_ever();
    }
    if (strcmp(life, "is asked to stop") == 0) {
        ask_to_stop(SIGTERM);
        perebor_supervised_leave(5);
        return 5;
    }
    if (strcmp(life, "dies stopping") == 0) {
        perebor_supervised_heartbeat(1); // the search has begun
        ask_to_stop(SIGINT);
    }
    if (strcmp(life, "is interrupted twice") == 0) {
        ask_to_stop(SIGINT);
        (void)kill(getppid(), SIGINT);
        sleep_for_ever();
    }
    (void)raise(SIGKILL);
    return 91;
}

int lives_enter(void **state) {
    (void)state;
    static const char script[] = "#!/bin/sh\necho \"$1 $2 $4 $5\" > words\nshift 2\nexec \"$@\"\n";
    if (scratch_create(folder) == NULL || chdir(folder) != 0) {
        return -1;
    }
    FILE *file = fopen("launcher", "w");
    bool written = file != NULL && fputs(script, file) >= 0;
    written = file != NULL && fclose(file) == 0 && written;
    return !written || chmod("launcher", 0700) != 0;
}

int lives_begin(void **state) {
    (void)state;
    return setenv("PEREBOR_MPIEXEC", "./launcher", 1);
}

int lives_end(void **state) {
    (void)state;
    (void)unlink("starts");
    (void)unlink("words");
    return 0;
}

int lives_leave(void **state) {
    (void)state;
    return unlink("launcher") != 0 || chdir("/") != 0 || rmdir(folder) != 0;
}

perebor_status lives_supervise(const char *life, double start_seconds, double silence_seconds,
                               int max_restarts, int *code, perebor_error *error) {
    char first[] = "--rank", second[64];
    char *arguments[] = {first, second, NULL};
    (void)snprintf(second, sizeof second, "%s", life);
    perebor_supervisor_options options = {.n_ranks = 3,
                                          .arguments = arguments,
                                          .start_seconds = start_seconds,
                                          .silence_seconds = silence_seconds,
                                          .max_restarts = max_restarts};
    (void)fflush(NULL);
    perebor_status status = perebor_supervise(&options, code, error);
    int state = 0;
    assert_int_equal(waitpid(-1, &state, WNOHANG), -1); // it left nobody behind
    return status;
}

void assert_exit_code(const char *life, double start_seconds, int max_restarts, int code) {
    perebor_error error = {0};
    int found = -1;
    if (lives_supervise(life, start_seconds, 60.0, max_restarts, &found, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(found, code);
}

void assert_gives_up(const char *life, double start_seconds, double silence_seconds,
                     int max_restarts, const char *message) {
    perebor_error error = {0};
    int untouched = 77;
    assert_int_equal(
        lives_supervise(life, start_seconds, silence_seconds, max_restarts, &untouched, &error),
        PEREBOR_ERR_IO);
    assert_string_equal(error.message, message);
    assert_int_equal(untouched, 77);
}

long lives_n_starts(void) {
    struct stat about;
    return stat("starts", &about) == 0 ? (long)about.st_size / 21 : 0;
}

int lives_main(int argc, char **argv, const struct CMUnitTest *tests, size_t n_tests) {
    if (argc == 3 && strcmp(argv[1], "--rank") == 0) {
        return live(argv[2]);
    }
    return _cmocka_run_group_tests("tests", tests, n_tests, lives_enter, lives_leave);
}
