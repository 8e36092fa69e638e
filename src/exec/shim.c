// SPDX-License-Identifier: MIT
#include "perebor/shim.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exec/clock.h"

enum {
    WATCH_MILLISECONDS = 100,   // Between looks at the rank and at the launcher.
    ANSWER_MILLISECONDS = 2000, // The launcher has to acknowledge.
    SIGNAL_BASE = 128,          // As a shell reports death by a signal.
};

/** What the rank tells its parent, in memory they share. */
typedef struct pulse {
    _Atomic uint64_t beats;
    _Atomic int64_t patience_milliseconds; // 0: not watched.
    atomic_bool settled;                   // Every rank has started.
} pulse;

static pulse *shared; // NULL: no parent.

bool perebor_shim_active(void) {
    return shared != NULL;
}

void perebor_shim_beat(double patience_seconds) {
    if (shared != NULL) {
        atomic_store(&shared->patience_milliseconds, (int64_t)(1000.0 * patience_seconds));
        atomic_fetch_add(&shared->beats, 1);
    }
}

void perebor_shim_settle(void) {
    if (shared != NULL) {
        atomic_store(&shared->settled, true);
    }
}

bool perebor_shim_settled(void) {
    return shared != NULL && atomic_load(&shared->settled);
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

/** Tells the launcher that this process is done with MPI, in PMI-1's words, and awaits its answer.
 */
static void finalize_with(int launcher) {
    static const char word[] = "cmd=finalize\n";
    (void)signal(SIGPIPE, SIG_IGN);
    if (write(launcher, word, sizeof word - 1) != (ssize_t)(sizeof word - 1)) {
        return; // The rank itself has finalised, and the launcher has closed its end.
    }
    char answer[4096];
    size_t size = 0;
    for (;;) {
        struct pollfd ready = {.fd = launcher, .events = POLLIN};
        if (poll(&ready, 1, ANSWER_MILLISECONDS) <= 0) {
            return;
        }
        ssize_t n = read(launcher, answer + size, sizeof answer - 1 - size);
        if (n <= 0) {
            return;
        }
        size += (size_t)n;
        answer[size] = '\0';
        if (strstr(answer, "finalize_ack") != NULL) {
            return;
        }
        size = size < sizeof answer / 2 ? size : 0;
    }
}

/** What the parent knows of the rank. */
typedef struct watch {
    pid_t rank;
    pid_t launcher;
    uint64_t beats;
    int64_t silent_milliseconds;
} watch;

/** One look, one period after the last: kills the rank if it hangs or the launcher has gone. */
static void look(watch *w) {
    if (getppid() != w->launcher) {
        kill(w->rank, SIGKILL);
        return;
    }
    uint64_t beats = atomic_load(&shared->beats);
    int64_t patience = atomic_load(&shared->patience_milliseconds);
    w->silent_milliseconds =
        beats == w->beats && patience > 0 ? w->silent_milliseconds + WATCH_MILLISECONDS : 0;
    w->beats = beats;
    if (patience > 0 && w->silent_milliseconds > patience) {
        kill(w->rank, SIGKILL);
    }
}

/** Waits for the rank, passing signals on. Returns its status as waitpid() gives it. */
static int guard(pid_t rank, pid_t launcher, const sigset_t *signals) {
    watch w = {.rank = rank, .launcher = launcher};
    const struct timespec period = {.tv_nsec = WATCH_MILLISECONDS * 1000000L};
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
        if (number < 0 && errno == EAGAIN) {
            look(&w);
        }
    }
}

/** The parent's whole life. */
static _Noreturn void stand_by(pid_t rank, pid_t launcher, int launcher_fd,
                               const sigset_t *signals) {
    int status = guard(rank, launcher, signals);
    if (WIFEXITED(status)) {
        finalize_with(launcher_fd);
        _exit(WEXITSTATUS(status));
    }
    const char *place = getenv("PMI_RANK");
    bool head = place == NULL || strcmp(place, "0") == 0;
    if (head || !atomic_load(&shared->settled)) {
        _exit(SIGNAL_BASE + WTERMSIG(status)); // The launcher ends the others.
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
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(1);
    }
}
