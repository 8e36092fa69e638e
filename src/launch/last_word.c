// SPDX-License-Identifier: MIT
#include "launch/last_word.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "launch/process.h"

/** Looks for mpiexec to be gone, so that the word is the last: 2 s at most. */
enum { most_looks = 100 };
static const struct timespec between_looks = {.tv_nsec = 20 * 1000 * 1000};

/** For the process to hear of the parent and to speak. */
enum { HEARS = STDIN_FILENO, SPEAKS = STDOUT_FILENO };

static int to_process = -1; // The parent's end of a pipe: a byte, or its end.

/** The mpiexec that a proxy works for, or 0. */
static pid_t find_mpiexec(pid_t proxy) {
    process_state of_proxy;
    process_state of_mpiexec;
    bool found = process_look(proxy, &of_proxy) && process_look(of_proxy.parent, &of_mpiexec) &&
                 strncmp(of_mpiexec.name, "mpi", 3) == 0;
    return found ? of_proxy.parent : 0;
}

/** mpiexec's standard error, at its end if it is a file; -1 if it is out of reach. */
static int open_error_of(pid_t mpiexec) {
    char path[48];
    snprintf(path, sizeof path, "/proc/%ld/fd/2", (long)mpiexec);
    return open(path, O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

/** What is open here is waited for elsewhere to be closed. */
static void close_all_others(void) {
    DIR *descriptors = opendir("/proc/self/fd");
    for (struct dirent *entry; descriptors != NULL && (entry = readdir(descriptors)) != NULL;) {
        int number = (int)strtol(entry->d_name, NULL, 10);
        if (isdigit((unsigned char)entry->d_name[0]) && number != HEARS && number != SPEAKS &&
            number != dirfd(descriptors)) {
            (void)close(number);
        }
    }
    if (descriptors != NULL) {
        (void)closedir(descriptors);
    }
}

static void await_end_of(pid_t mpiexec) {
    process_state state;
    for (int i = 0; i < most_looks && process_look(mpiexec, &state) && state.state != 'Z'; i++) {
        (void)nanosleep(&between_looks, NULL);
    }
}

/** The process's whole life. */
static _Noreturn void wait_to_speak(pid_t mpiexec, const atomic_bool *begun,
                                    const atomic_bool *leaving) {
    static const char kept[] =
        "perebor: mpiexec gave up, perhaps because it lost a host; what is finished is kept: "
        "continue with --resume\n";
    static const char nothing[] =
        "perebor: mpiexec gave up before the search began, perhaps because it lost a host; start "
        "again\n";
    char byte;
    (void)setsid();
    close_all_others();
    if (read(HEARS, &byte, 1) == 0 && !atomic_load(leaving)) {
        await_end_of(mpiexec);
        const char *word = atomic_load(begun) ? kept : nothing;
        (void)!write(SPEAKS, word, strlen(word));
    }
    _exit(0);
}

void last_word_keep(pid_t proxy, const atomic_bool *begun, const atomic_bool *leaving) {
    int ends[2];
    pid_t mpiexec = find_mpiexec(proxy);
    int error = mpiexec > 0 ? open_error_of(mpiexec) : -1;
    if (error < 0) {
        return;
    }
    if (pipe(ends) == 0) {
        to_process = fcntl(ends[1], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        (void)close(ends[1]);
        if (to_process >= 0 && fork() == 0) {
            // Neither may be overwritten before it is read: duplicates above both places.
            int hears = fcntl(ends[0], F_DUPFD, STDERR_FILENO + 1);
            int speaks = fcntl(error, F_DUPFD, STDERR_FILENO + 1);
            if (dup2(hears, HEARS) == HEARS && dup2(speaks, SPEAKS) == SPEAKS) {
                wait_to_speak(mpiexec, begun, leaving);
            }
            _exit(1);
        }
        (void)close(ends[0]);
    }
    (void)close(error);
}

void last_word_leave_to_parent(void) {
    if (to_process >= 0) {
        (void)close(to_process);
        to_process = -1;
    }
}

void last_word_withhold(void) {
    if (to_process >= 0) {
        (void)!write(to_process, "", 1);
    }
}
