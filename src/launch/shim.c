// SPDX-License-Identifier: MIT
#include "launch/shim.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "launch/last_word.h"
#include "launch/supervised.h"

enum {
    watch_milliseconds = 100,   // Between looks at the rank and at the launcher.
    answer_milliseconds = 2000, // The launcher has to acknowledge,
    leave_milliseconds = 6000,  // and the others to end MPI.
    others_seconds = 2,         // and those that live, where some are lost.
    stop_milliseconds = 300,    // Rank 0 has to end the job that is to stop.
    signal_base = 128,          // As a shell reports death by a signal.
    EXIT_NO_START = 1,
};
static const double start_seconds = 60.0; // MPI may take to start, and so much more
static const double start_seconds_per_rank = 0.05;

/** What the rank tells its parent, in memory they share. */
typedef struct heartbeat {
    _Atomic uint64_t heartbeats;
    _Atomic int64_t patience_milliseconds; // 0: not watched.
    atomic_bool started;                   // MPI has, here.
    atomic_bool settled;                   // Every rank has started.
    atomic_bool begun;                     // There is something to continue.
    atomic_bool leaving;                   // All is done but to end MPI,
    _Atomic int32_t exit_code;             // and this is what came out.
    atomic_bool without_others;            // Some of which may be lost.
    _Atomic int32_t stop_code;             // To end the job with at once; 0: it goes on.
} heartbeat;

static heartbeat *shared; // NULL: no parent.

bool perebor_shim_active(void) {
    return shared != NULL;
}

void perebor_shim_heartbeat(double patience_seconds) {
    if (shared != NULL) {
        atomic_store(&shared->patience_milliseconds, (int64_t)(1000.0 * patience_seconds));
        atomic_fetch_add(&shared->heartbeats, 1);
    }
}

void perebor_shim_started(void) {
    if (shared != NULL) {
        atomic_store(&shared->started, true);
    }
}

void perebor_shim_settle(void) {
    if (shared != NULL) {
        atomic_store(&shared->settled, true);
    }
}

void perebor_shim_begin(void) {
    if (shared != NULL) {
        atomic_store(&shared->begun, true);
    }
}

void perebor_shim_leave(int exit_code) {
    if (shared != NULL) {
        atomic_store(&shared->exit_code, exit_code);
        atomic_store(&shared->leaving, true);
    }
}

void perebor_shim_leave_lost(int exit_code) {
    if (shared != NULL) {
        atomic_store(&shared->without_others, true);
    }
    perebor_shim_leave(exit_code);
}

void perebor_shim_stop(int exit_code) {
    if (shared != NULL) {
        atomic_store(&shared->stop_code, exit_code);
    }
}

bool perebor_shim_settled(void) {
    return shared != NULL && atomic_load(&shared->settled);
}

double perebor_shim_start_seconds(int n_ranks) {
    const char *wish = getenv("PEREBOR_START_SECONDS");
    double seconds = wish != NULL ? strtod(wish, NULL) : 0.0;
    return seconds > 0.0 && seconds < 1e9 ? seconds
                                          : start_seconds + start_seconds_per_rank * n_ranks;
}

/** Whether the launcher is hydra, which an abort ends at once, with the exit code that it is given.
 */
static bool is_hydra(void) {
    return getenv("MPI_LOCALNRANKS") != NULL;
}

/** The launcher's socket, or -1. */
static int launcher_socket(void) {
    const char *text = getenv("PMI_FD");
    const char *wish = getenv("PEREBOR_SHIM");
    if (text == NULL || (wish != NULL && strcmp(wish, "0") == 0)) {
        return -1;
    }
    char *end = NULL;
    long number = strtol(text, &end, 10);
    return end != text && number >= 0 && number < 1 << 20 ? (int)number : -1;
}

/** Waits for a word of the launcher. */
static void hear_launcher(int launcher, const char *awaited, int milliseconds) {
    char answer[4096];
    size_t size = 0;
    for (;;) {
        struct pollfd ready = {.fd = launcher, .events = POLLIN};
        if (poll(&ready, 1, milliseconds) <= 0) {
            return;
        }
        ssize_t n = read(launcher, answer + size, sizeof answer - 1 - size);
        if (n <= 0) {
            return;
        }
        size += (size_t)n;
        answer[size] = '\0';
        if (strstr(answer, awaited) != NULL) {
            return;
        }
        size = size < sizeof answer / 2 ? size : 0;
    }
}

/** Says something to the launcher in PMI-1's words, and waits until it has answered as awaited. */
static void tell_launcher(int launcher, const char *words, const char *awaited) {
    (void)signal(SIGPIPE, SIG_IGN);
    if (write(launcher, words, strlen(words)) == (ssize_t)strlen(words)) {
        hear_launcher(launcher, awaited, answer_milliseconds);
    } // Else the rank itself has finalised, and the launcher has closed its end.
}

/** Says that this process is done with MPI. */
static void finalize_with(int launcher) {
    tell_launcher(launcher, "cmd=finalize\n", "finalize_ack");
}

/** The number of the rank, as the launcher gave it. */
static const char *own_rank(void) {
    const char *text = getenv("PMI_RANK");
    return text != NULL ? text : "0";
}

/**
 * Ends the job: the launcher ends the others. It would not miss a rank that never spoke to it,
 * which is why one is introduced first whose MPI has not started.
 */
static _Noreturn void abort_job(int launcher, int exit_code) {
    const struct timespec moment = {.tv_nsec = watch_milliseconds * 1000000L};
    char words[64];
    last_word_withhold();
    (void)nanosleep(&moment, NULL); // For the launcher to pass our message on before it ends.
    if (!atomic_load(&shared->started)) {
        tell_launcher(launcher, "cmd=init pmi_version=1 pmi_subversion=1\n", "response_to_init");
    }
    snprintf(words, sizeof words, "cmd=abort exitcode=%d\n", exit_code);
    tell_launcher(launcher, words, "\n"); // It kills instead of answering.
    _exit(exit_code);
}

/** What the parent knows of the rank. */
typedef struct watch {
    pid_t rank;
    pid_t launcher;
    int launcher_fd;
    uint64_t heartbeats;
    int64_t silent_milliseconds;
    int64_t starting_milliseconds; // So far; in which the parent itself was not stopped.
    int64_t start_limit_milliseconds;
    int64_t stopping_milliseconds; // So far.
} watch;

/** Ends the job if MPI does not start: it waits for ever for a rank that does not begin. */
static void look_at_start(watch *w) {
    w->starting_milliseconds += watch_milliseconds;
    if (w->starting_milliseconds <= w->start_limit_milliseconds) {
        return;
    }
    fprintf(stderr,
            "perebor: rank %s: MPI did not start within %.1f s; perhaps another rank died. Start "
            "again, or allow more time by PEREBOR_START_SECONDS\n",
            own_rank(), 1e-3 * (double)w->start_limit_milliseconds);
    kill(w->rank, SIGKILL);
    waitpid(w->rank, NULL, 0);
    abort_job(w->launcher_fd, EXIT_NO_START);
}

/** Ends a job that was told to stop before it began. */
static void look_at_stop(watch *w, int elapsed_milliseconds) {
    int code = atomic_load(&shared->stop_code);
    bool first = strcmp(own_rank(), "0") == 0;
    w->stopping_milliseconds = code != 0 ? w->stopping_milliseconds + elapsed_milliseconds : 0;
    if (code == 0 || (!first && w->stopping_milliseconds < stop_milliseconds)) {
        return;
    }
    kill(w->rank, SIGKILL);
    waitpid(w->rank, NULL, 0);
    fputs("perebor: stopped before the search began\n", stderr);
    perebor_supervised_leave(code);
    abort_job(w->launcher_fd, code);
}

/** One look, one period after the last: kills the rank if it hangs or the launcher has gone. */
static void look(watch *w) {
    if (getppid() != w->launcher) { // It has gone, and cannot be told anything.
        kill(w->rank, SIGKILL);
        waitpid(w->rank, NULL, 0);
        _exit(signal_base + SIGKILL);
    }
    if (!atomic_load(&shared->started)) {
        look_at_start(w);
    }
    uint64_t heartbeats = atomic_load(&shared->heartbeats);
    int64_t patience = atomic_load(&shared->patience_milliseconds);
    w->silent_milliseconds = heartbeats == w->heartbeats && patience > 0
                                 ? w->silent_milliseconds + watch_milliseconds
                                 : 0;
    w->heartbeats = heartbeats;
    if (patience > 0 && w->silent_milliseconds > patience) {
        kill(w->rank, SIGKILL);
    }
}

/** Waits for the rank, passing signals on. Returns its status as waitpid() gives it. */
static int guard(pid_t rank, pid_t launcher, int launcher_fd, const sigset_t *signals) {
    const char *size = getenv("PMI_SIZE");
    int n_ranks = size != NULL ? (int)strtol(size, NULL, 10) : 1;
    watch w = {.rank = rank,
               .launcher = launcher,
               .launcher_fd = launcher_fd,
               .start_limit_milliseconds = (int64_t)(1000.0 * perebor_shim_start_seconds(n_ranks))};
    const struct timespec period = {.tv_nsec = watch_milliseconds * 1000000L};
    for (;;) {
        int number = sigtimedwait(signals, NULL, &period);
        if (number > 0 && number != SIGCHLD) {
            kill(rank, number);
        }
        int status = 0;
        pid_t ended = waitpid(rank, &status, WNOHANG);
        if (ended == rank) {
            return status;
        }
        bool quiet = number < 0 && errno == EAGAIN;
        look_at_stop(&w, quiet ? watch_milliseconds : 0);
        if (quiet) {
            look(&w);
        }
    }
}

/** Ends the job although some ranks may never leave it: all is done. */
static _Noreturn void leave_without_others(int launcher_fd) {
    const struct timespec moment = {.tv_sec = others_seconds};
    (void)nanosleep(&moment, NULL);
    abort_job(launcher_fd, atomic_load(&shared->exit_code));
}

/** The parent's whole life. */
static _Noreturn void stand_by(pid_t rank, pid_t launcher, int launcher_fd,
                               const sigset_t *signals) {
    int status = guard(rank, launcher, launcher_fd, signals);
    bool leaving = atomic_load(&shared->leaving);
    if (leaving && atomic_load(&shared->without_others) && is_hydra()) {
        leave_without_others(launcher_fd);
    }
    if (leaving) {
        // The launcher fails if one leaves before the barrier in which the others end MPI is over.
        hear_launcher(launcher_fd, "barrier_out",
                      WIFEXITED(status) ? answer_milliseconds : leave_milliseconds);
    }
    if (leaving || WIFEXITED(status)) {
        last_word_withhold();
        finalize_with(launcher_fd);
        _exit(leaving ? atomic_load(&shared->exit_code) : WEXITSTATUS(status));
    }
    if (strcmp(own_rank(), "0") == 0 || !atomic_load(&shared->settled)) {
        const char *what = !atomic_load(&shared->started) ? " while MPI started"
                           : atomic_load(&shared->begun) && !perebor_supervised()
                               ? "; what is finished is kept: continue with --resume"
                               : "";
        fprintf(stderr, "perebor: rank %s was ended by signal %d%s\n", own_rank(), WTERMSIG(status),
                what);
        abort_job(launcher_fd, signal_base + WTERMSIG(status));
    }
    finalize_with(launcher_fd);
    _exit(0);
}

void perebor_shim_start(void) {
    int launcher_fd = launcher_socket();
    if (launcher_fd < 0) {
        return;
    }
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        shared = NULL;
        return;
    }
    sigset_t signals;
    sigset_t before;
    sigemptyset(&signals);
    const int passed_on[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCONT};
    for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++) {
        sigaddset(&signals, passed_on[i]);
    }
    sigprocmask(SIG_BLOCK, &signals, &before);
    pid_t parent = getpid();
    pid_t launcher = getppid();
    if (strcmp(own_rank(), "0") == 0 && is_hydra() && !perebor_supervised()) {
        last_word_keep(launcher, &shared->begun, &shared->leaving);
    }
    pid_t rank = fork();
    if (rank > 0) {
        stand_by(rank, launcher, launcher_fd, &signals);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (rank < 0) {
        munmap(shared, sizeof *shared);
        shared = NULL;
        return;
    }
    last_word_leave_to_parent();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(1);
    }
}
