// SPDX-License-Identifier: MIT
#include "launch/supervisor.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/try.h"
#include "launch/heartbeat.h"
#include "launch/hosts.h"
#include "launch/leaked_memory.h"
#include "launch/process.h"
#include "launch/shim.h"

static const double max_silence_seconds = 120.0;
static const double answer_seconds = 10.0; // A host has to answer before it is done without.
static const double burial_seconds = 10.0; // For what was killed to be gone.
static const struct timespec period = {.tv_nsec = 50 * 1000 * 1000};
enum { restart_limit = 5, EXIT_STOPPED = 3, EXIT_INTERRUPTED = 130, EXIT_NO_LAUNCHER = 127 };
#define HOST_FILE_VARIABLE "HYDRA_HOST_FILE"
enum { signal_base = 128 };     // As a shell reports death by a signal.
enum { launcher_failed = 255 }; // Hydra's, where what it talks to is gone.
enum { most_alike = 3 };        // Starts that fail alike before it is taken for the rule.

/** How a start failed. */
typedef struct start_failure {
    int exit_code;  /**< The launcher's, where it ended by itself; -1. */
    uint32_t phase; /**< That rank 0 had reached. */
    int n_alike;    /**< Starts in a row that failed so, this one too. */
} start_failure;

/** A supervisor at work. */
typedef struct supervisor {
    perebor_supervisor_options settings; /**< With defaults filled in. */
    char program[PATH_MAX];
    char heartbeat_path[64];
    char hosts_path[64]; /**< The hosts that answer; "": those of HYDRA_HOST_FILE. */
    heartbeat_state *heartbeat;
    pid_t launcher;
    sigset_t signals; /**< That ask to stop. */
    int n_interrupts;
    bool asked_to_stop;
    int n_restarts; /**< Since a trial was added. */
    uint64_t n_done;
    const char *crash;     /**< What happened, for the message. */
    start_failure failure; /**< How the last start failed. */
    time_t began;
    pid_t *spared; /**< [n_spared] The caller's children from before. */
    size_t n_spared;
} supervisor;

static perebor_status open_heartbeat(supervisor *s, perebor_error *error) {
    const char *folder = getenv("TMPDIR");
    snprintf(s->heartbeat_path, sizeof s->heartbeat_path, "%s/perebor-heartbeat-XXXXXX",
             folder != NULL && strlen(folder) < 40 ? folder : "/tmp");
    int descriptor = mkstemp(s->heartbeat_path);
    void *mapped = MAP_FAILED;
    if (descriptor >= 0 && ftruncate(descriptor, sizeof *s->heartbeat) == 0) {
        mapped =
            mmap(NULL, sizeof *s->heartbeat, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    }
    int failure = errno;
    if (descriptor >= 0) {
        (void)close(descriptor);
    }
    if (mapped == MAP_FAILED) {
        (void)(descriptor >= 0 && unlink(s->heartbeat_path));
        return perebor_fail(error, PEREBOR_ERR_IO,
                            "cannot make %s: %s; set TMPDIR to a folder "
                            "that can be written to",
                            s->heartbeat_path, strerror(failure));
    }
    s->heartbeat = mapped;
    return PEREBOR_OK;
}

/** Becomes mpiexec: never returns. */
static _Noreturn void become_launcher(const supervisor *s, bool again) {
    char number[16];
    char since[32];
    size_t n = 0;
    while (s->settings.arguments[n] != NULL) {
        n++;
    }
    const char **words = calloc(n + 5, sizeof *words);
    if (words == NULL) {
        _exit(EXIT_NO_LAUNCHER);
    }
    snprintf(number, sizeof number, "%d", s->settings.n_ranks);
    const char *launcher = getenv("PEREBOR_MPIEXEC");
    words[0] = launcher != NULL ? launcher : PEREBOR_MPIEXEC;
    words[1] = "-n";
    words[2] = number;
    words[3] = s->program;
    for (size_t i = 0; i < n; i++) {
        words[4 + i] = s->settings.arguments[i];
    }
    (void)setpgid(0, 0); // Ctrl-C is the supervisor's to pass on.
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing >= 0) {
        (void)dup2(nothing, STDIN_FILENO);
    }
    setenv(HEARTBEAT_VARIABLE, s->heartbeat_path, 1);
    if (s->hosts_path[0] != '\0') {
        setenv(HOST_FILE_VARIABLE, s->hosts_path, 1);
    }
    snprintf(since, sizeof since, "%lld", again ? (long long)s->began : 0LL);
    setenv(HEARTBEAT_AGAIN_VARIABLE, since, 1);
    execvp(words[0], (char *const *)words);
    fprintf(stderr, "perebor: cannot start %s: %s; name it in PEREBOR_MPIEXEC\n", words[0],
            strerror(errno));
    _exit(EXIT_NO_LAUNCHER);
}

static perebor_status start(supervisor *s, bool again, perebor_error *error) {
    *s->heartbeat = (heartbeat_state){0};
    s->crash = NULL;
    s->launcher = fork();
    if (s->launcher == 0) {
        become_launcher(s, again);
    }
    return s->launcher > 0 ? PEREBOR_OK
                           : perebor_fail(error, PEREBOR_ERR_IO, "cannot start another process: %s",
                                          strerror(errno));
}

/** Whether an entry of /proc is a child of this process. */
static bool is_own_child(const char *name) {
    process_state state;
    return isdigit((unsigned char)name[0]) && process_look((pid_t)strtol(name, NULL, 10), &state) &&
           state.parent == getpid();
}

/** Notes the children that the caller had before: they are none of the supervisor's. */
static perebor_status note_spared(supervisor *s, perebor_error *error) {
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; processes != NULL && (entry = readdir(processes)) != NULL;) {
        if (!is_own_child(entry->d_name)) {
            continue;
        }
        pid_t *more = realloc(s->spared, (s->n_spared + 1) * sizeof *more);
        if (more == NULL) {
            (void)closedir(processes);
            return perebor_no_memory(error, "to supervise");
        }
        s->spared = more;
        s->spared[s->n_spared++] = (pid_t)strtol(entry->d_name, NULL, 10);
    }
    if (processes != NULL) {
        (void)closedir(processes);
    }
    return PEREBOR_OK;
}

static bool is_spared(const supervisor *s, pid_t process) {
    for (size_t i = 0; i < s->n_spared; i++) {
        if (s->spared[i] == process) {
            return true;
        }
    }
    return false;
}

/**
 * Kills and reaps the children of this process that it did not have before; orphans of theirs
 * become its children in turn. @return How many there were.
 */
static size_t kill_children(const supervisor *s) {
    size_t n = 0;
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; processes != NULL && (entry = readdir(processes)) != NULL;) {
        pid_t process = (pid_t)strtol(entry->d_name, NULL, 10);
        if (is_own_child(entry->d_name) && !is_spared(s, process)) {
            (void)kill(process, SIGKILL);
            (void)waitpid(process, NULL, WNOHANG);
            n++;
        }
    }
    if (processes != NULL) {
        (void)closedir(processes);
    }
    return n;
}

/** Kills everything that this supervisor started and waits until it is gone. */
static void bury(const supervisor *s) {
    double until = clock_now() + burial_seconds;
    while (kill_children(s) > 0 && clock_now() < until) {
        const struct timespec moment = {.tv_nsec = 2 * 1000 * 1000};
        (void)nanosleep(&moment, NULL);
    }
    (void)leaked_memory_remove("/dev/shm", s->began);
}

/** Waits a moment for a signal, and passes it on as a request to stop. */
static void heed_signals(supervisor *s) {
    int number = sigtimedwait(&s->signals, NULL, &period);
    if (number <= 0 || number == SIGCHLD) {
        return;
    }
    s->asked_to_stop = true;
    s->n_interrupts += number == SIGINT;
    (void)kill(s->launcher, SIGUSR1);
}

/** Rank 0's signs of life, as they were seen. */
typedef struct last_heartbeat {
    uint32_t phase;
    uint64_t heartbeats;
    double since; /**< When they last changed. */
} last_heartbeat;

/** What is wrong with the ranks, or NULL. */
static const char *examine(const supervisor *s, last_heartbeat *last) {
    uint32_t phase = atomic_load(&s->heartbeat->phase);
    uint64_t heartbeats = atomic_load(&s->heartbeat->heartbeats);
    double now = clock_now();
    if (phase != last->phase || heartbeats != last->heartbeats) {
        *last = (last_heartbeat){.phase = phase, .heartbeats = heartbeats, .since = now};
    }
    double silent = now - last->since;
    if (phase == HEARTBEAT_STARTING && silent > s->settings.start_seconds) {
        return "MPI did not start in time";
    }
    if (phase == HEARTBEAT_RUNNING && silent > s->settings.silence_seconds) {
        return "rank 0 was silent for too long";
    }
    if (phase == HEARTBEAT_LEFT && silent > s->settings.start_seconds) {
        return "the ranks did not leave in time";
    }
    return NULL;
}

/** Waits for the end of one start. @return Whether it ended in good order. */
static bool watch(supervisor *s, int *exit_code) {
    last_heartbeat last = {.since = clock_now()};
    int status = 0;
    pid_t ended = 0;
    while (s->crash == NULL && s->n_interrupts < 2) {
        heed_signals(s);
        ended = waitpid(s->launcher, &status, WNOHANG);
        if (ended == s->launcher) {
            break;
        }
        s->crash = examine(s, &last);
    }
    bury(s);
    if (s->n_interrupts >= 2) {
        *exit_code = EXIT_INTERRUPTED;
        return true;
    }
    if (atomic_load(&s->heartbeat->phase) == HEARTBEAT_LEFT) {
        *exit_code = atomic_load(&s->heartbeat->exit_code);
        return true;
    }
    if (s->crash == NULL && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NO_LAUNCHER) {
        *exit_code = 1; // It has been said why.
        return true;
    }
    s->failure = (start_failure){
        .exit_code = s->crash == NULL && WIFEXITED(status) ? WEXITSTATUS(status) : -1,
        .phase = atomic_load(&s->heartbeat->phase)};
    if (s->crash == NULL) {
        s->crash = WIFSIGNALED(status)                      ? "mpiexec was killed"
                   : WEXITSTATUS(status) == launcher_failed ? "mpiexec lost a host, or failed"
                                                            : "a rank was killed";
    }
    return false;
}

/**
 * Whether the last start failed just as the one before, with the search not begun. A SIGKILL comes
 * from outside, and what the launcher makes of one from what the moment is.
 */
static bool fails_the_same_way(const supervisor *s, const start_failure *before) {
    const start_failure *last = &s->failure;
    return last->exit_code > 0 && last->exit_code != SIGKILL &&
           last->exit_code != launcher_failed && last->exit_code != signal_base + SIGKILL &&
           last->exit_code == before->exit_code && last->phase == before->phase &&
           last->phase < HEARTBEAT_RUNNING;
}

/** Whether to try again after a crash; waits a little longer each time. */
static perebor_status allow_restart(supervisor *s, const start_failure *before,
                                    perebor_error *error) {
    s->failure.n_alike = fails_the_same_way(s, before) ? before->n_alike + 1 : 1;
    if (s->failure.n_alike >= most_alike) {
        return perebor_fail(error, PEREBOR_ERR_IO,
                            "%d starts in a row ended with code %d %s, so the next would too: "
                            "what was printed above says why",
                            most_alike, s->failure.exit_code,
                            s->failure.phase == HEARTBEAT_STARTING ? "before MPI had started"
                                                                   : "before the search began");
    }
    uint64_t n_done = atomic_load(&s->heartbeat->n_done);
    s->n_restarts = n_done > s->n_done ? 1 : s->n_restarts + 1;
    s->n_done = n_done > s->n_done ? n_done : s->n_done;
    if (s->n_restarts > s->settings.max_restarts) {
        return perebor_fail(error, PEREBOR_ERR_IO,
                            "%s: %d starts in a row failed; what is finished is kept: continue "
                            "with --resume",
                            s->crash, s->n_restarts);
    }
    fprintf(stderr, "perebor: %s; starting again to continue\n", s->crash);
    const struct timespec pause = {.tv_nsec = 100 * 1000 * 1000L *
                                              (s->n_restarts < 9 ? s->n_restarts : 9)};
    (void)nanosleep(&pause, NULL);
    return PEREBOR_OK;
}

static void tell_missing(const char *host) {
    fprintf(stderr, "perebor: host %s does not answer; going on without it\n", host);
}

/** Leaves out hosts that do not answer: with one of them the next start would fail as well. */
static perebor_status look_for_hosts(supervisor *s, perebor_error *error) {
    const char *file = getenv(HOST_FILE_VARIABLE);
    if (s->hosts_path[0] != '\0') {
        (void)unlink(s->hosts_path);
    }
    s->hosts_path[0] = '\0';
    return file != NULL ? hosts_ask(file, answer_seconds, s->hosts_path, tell_missing, error)
                        : PEREBOR_OK;
}

static perebor_status prepare(supervisor *s, perebor_error *error) {
    ssize_t length = readlink("/proc/self/exe", s->program, sizeof s->program - 1);
    if (length <= 0) {
        return perebor_fail(error, PEREBOR_ERR_IO, "cannot tell where this program is: %s",
                            strerror(errno));
    }
    s->program[length] = '\0';
    perebor_status status = note_spared(s, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    sigemptyset(&s->signals);
    const int numbers[] = {SIGCHLD, SIGTERM, SIGINT, SIGUSR1};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        sigaddset(&s->signals, numbers[i]);
    }
    sigprocmask(SIG_BLOCK, &s->signals, NULL);
    return open_heartbeat(s, error);
}

static perebor_supervisor_options settle(const perebor_supervisor_options *options) {
    perebor_supervisor_options settings = *options;
    if (settings.start_seconds <= 0.0) {
        settings.start_seconds = perebor_shim_start_seconds(options->n_ranks);
    }
    if (settings.silence_seconds <= 0.0) {
        settings.silence_seconds = max_silence_seconds;
    }
    if (settings.max_restarts <= 0) {
        settings.max_restarts = restart_limit;
    }
    return settings;
}

perebor_status perebor_supervise(const perebor_supervisor_options *options, int *exit_code,
                                 perebor_error *error) {
    perebor_status status;
    supervisor s = {.settings = settle(options), .began = time(NULL)};
    start_failure before = {.exit_code = -1};
    PEREBOR_TRY(done, prepare(&s, error));
    PEREBOR_TRY(done, start(&s, false, error));
    while (!watch(&s, exit_code)) {
        if (s.asked_to_stop && atomic_load(&s.heartbeat->phase) < HEARTBEAT_RUNNING) {
            fputs("perebor: stopped before the search began\n", stderr);
            *exit_code = EXIT_STOPPED;
            goto done;
        }
        if (s.asked_to_stop) {
            status = perebor_fail(error, PEREBOR_ERR_IO,
                                  "%s while it was stopping; what is finished is kept: continue "
                                  "with --resume",
                                  s.crash);
            goto done;
        }
        PEREBOR_TRY(done, allow_restart(&s, &before, error));
        before = s.failure;
        PEREBOR_TRY(done, look_for_hosts(&s, error));
        PEREBOR_TRY(done, start(&s, true, error));
    }
done:
    if (s.heartbeat != NULL) {
        (void)munmap(s.heartbeat, sizeof *s.heartbeat);
        (void)unlink(s.heartbeat_path);
    }
    if (s.hosts_path[0] != '\0') {
        (void)unlink(s.hosts_path);
    }
    free(s.spared);
    return status;
}
