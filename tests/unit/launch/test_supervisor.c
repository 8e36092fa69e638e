// SPDX-License-Identifier: MIT
// In place of mpiexec a script starts this program once, as rank 0: with "--rank LIFE" it lives
// one of the lives below.
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
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

#include "launch/heartbeat.h"
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

static int enter(void **state) {
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

static int start(void **state) {
    (void)state;
    return setenv("PEREBOR_MPIEXEC", "./launcher", 1);
}

static int clean(void **state) {
    (void)state;
    (void)unlink("starts");
    (void)unlink("words");
    return 0;
}

static int leave(void **state) {
    (void)state;
    return unlink("launcher") != 0 || chdir("/") != 0 || rmdir(folder) != 0;
}

static perebor_status supervise(const char *life, double start_seconds, double silence_seconds,
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

static void assert_exit_code(const char *life, double start_seconds, int max_restarts, int code) {
    perebor_error error = {0};
    int found = -1;
    if (supervise(life, start_seconds, 60.0, max_restarts, &found, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(found, code);
}

static void assert_gives_up(const char *life, double start_seconds, double silence_seconds,
                            int max_restarts, const char *message) {
    perebor_error error = {0};
    int untouched = 77;
    assert_int_equal(
        supervise(life, start_seconds, silence_seconds, max_restarts, &untouched, &error),
        PEREBOR_ERR_IO);
    assert_string_equal(error.message, message);
    assert_int_equal(untouched, 77);
}

static long n_starts(void) {
    struct stat about;
    return stat("starts", &about) == 0 ? (long)about.st_size / 21 : 0;
}

static void rank_0_decides_the_exit_code(void **state) {
    (void)state;
    char words[64] = "";
    assert_exit_code("leaves", 60.0, 1, 7);
    assert_int_equal(n_starts(), 1);
    FILE *file = fopen("words", "r");
    assert_non_null(file);
    assert_non_null(fgets(words, sizeof words, file));
    assert_int_equal(fclose(file), 0);
    assert_string_equal(words, "-n 3 --rank leaves\n");
}

/** One that does not go though all is done, and what it started, are killed; its word counts. */
static void ranks_that_do_not_leave_are_killed(void **state) {
    (void)state;
    assert_exit_code("leaves and stays", 0.15, 1000, 8);
}

static void a_crash_is_started_again_and_told_since_when(void **state) {
    (void)state;
    char lines[2][32];
    time_t before = time(NULL);
    assert_exit_code("crashes once", 60.0, 1, 2);
    FILE *file = fopen("starts", "r");
    assert_non_null(file);
    assert_non_null(fgets(lines[0], sizeof lines[0], file));
    assert_non_null(fgets(lines[1], sizeof lines[1], file));
    assert_int_equal(fclose(file), 0);
    assert_int_equal(strtoll(lines[0], NULL, 10), 0);
    assert_in_range(strtoll(lines[1], NULL, 10), before, time(NULL));
}

static void starts_that_get_on_do_not_count_as_failed(void **state) {
    (void)state;
    assert_exit_code("gets on", 60.0, 1, 0);
    assert_int_equal(n_starts(), 3);
}

#define KEPT " starts in a row failed; what is finished is kept: continue with --resume"

static void too_many_crashes_in_a_row_are_told_by_the_last(void **state) {
    (void)state;
    assert_gives_up("crashes", 60.0, 60.0, 1, "mpiexec was killed: 2" KEPT);
    assert_int_equal(n_starts(), 2);
    assert_gives_up("fails", 60.0, 60.0, 1, "a rank was killed: 2" KEPT);
    assert_gives_up("falls silent", 60.0, 0.1, 1, "rank 0 was silent for too long: 2" KEPT);
}

static void an_mpi_that_does_not_start_is_ended(void **state) {
    (void)state;
    FILE *file = fopen("sleeper", "w");
    assert_non_null(file);
    assert_true(fputs("#!/bin/sh\nsleep 1000 & wait\n", file) >= 0);
    assert_int_equal(fclose(file) + chmod("sleeper", 0700), 0);
    assert_int_equal(setenv("PEREBOR_MPIEXEC", "./sleeper", 1), 0);
    assert_gives_up("leaves", 0.1, 60.0, 1, "MPI did not start in time: 2" KEPT);
    assert_int_equal(unlink("sleeper"), 0);
}

static void a_wish_to_stop_is_passed_on(void **state) {
    (void)state;
    assert_exit_code("is asked to stop", 60.0, 1, 5);
    assert_int_equal(n_starts(), 1);
    assert_gives_up("dies stopping", 60.0, 60.0, 5,
                    "mpiexec was killed while it was stopping; what is finished is kept: continue "
                    "with --resume");
    assert_int_equal(n_starts(), 2); // it is not started again
    assert_exit_code("is interrupted twice", 60.0, 5, 130);
}

static void a_launcher_that_is_not_there_is_not_tried_again(void **state) {
    (void)state;
    assert_int_equal(setenv("PEREBOR_MPIEXEC", "/nowhere/mpiexec", 1), 0);
    assert_exit_code("leaves", 60.0, 5, 1);
    assert_int_equal(n_starts(), 0);
}

static void a_heartbeat_that_cannot_be_made_is_told(void **state) {
    (void)state;
    struct rlimit before, none;
    perebor_error error = {0};
    int code = 77;
    assert_int_equal(setenv("TMPDIR", "/nowhere", 1), 0);
    assert_int_equal(supervise("leaves", 60.0, 60.0, 1, &code, &error), PEREBOR_ERR_IO);
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
    perebor_status status = supervise("leaves", 60.0, 60.0, 1, &code, &error);
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
        sleep_for_ever();
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, clean)

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        TEST(rank_0_decides_the_exit_code),
        TEST(ranks_that_do_not_leave_are_killed),
        TEST(a_crash_is_started_again_and_told_since_when),
        TEST(starts_that_get_on_do_not_count_as_failed),
        TEST(too_many_crashes_in_a_row_are_told_by_the_last),
        TEST(an_mpi_that_does_not_start_is_ended),
        TEST(a_wish_to_stop_is_passed_on),
        TEST(a_launcher_that_is_not_there_is_not_tried_again),
        TEST(a_heartbeat_that_cannot_be_made_is_told),
        TEST(the_callers_other_children_are_let_live),
    };
    if (argc == 3 && strcmp(argv[1], "--rank") == 0) {
        return live(argv[2]);
    }
    return cmocka_run_group_tests(tests, enter, leave);
}
