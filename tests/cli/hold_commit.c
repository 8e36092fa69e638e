// SPDX-License-Identifier: MIT
// A library to preload: holds a search at a commit of its journal, so that a test finds it running
// whatever the machine's speed.
//
//   HOLD_ARMED=FILE   while it is there, the process that first has synced a journal HOLD_AT times
//                     moves it away, and is held
//   HOLD_HELD=FILE    where to: the process goes on when this is removed
//   HOLD_AT=N
//   HOLD_BEGUN=FOLDER where a process leaves a file when MPI has begun in it
//   HOLD_SECONDS=N    so long it was held, by its own clock, however soon it is released; 0 if not
//   given
//
// Once only: whoever is to be held again arms again. While one is held, no thread of any process
// that the library is loaded into gets further than the next time that it asks for its CPU time,
// which it does in every unit. Each thread's first thousand looks while one is armed take 5 ms, and
// so do its first hundred after it was held, so that a search has its first commits long before its
// end, and hears what it was told while it was held, on the fastest machine too; and a search of
// long units is not slowed without end.
#define _GNU_SOURCE
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { n_slow_armed = 1000, n_slow_released = 100 };

int fdatasync(int descriptor);
int clock_gettime(clockid_t clock, struct timespec *now);

static int is_journal(int descriptor) {
    char link[64];
    char path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = '\0';
    return strstr(path, ".journal") != NULL;
}

/** How often somebody waited here. */
static atomic_long n_held;

/** Until there is no such file. */
static void await_release(const char *file) {
    if (access(file, F_OK) == 0) {
        n_held++;
    }
    while (access(file, F_OK) == 0) {
        (void)usleep(2000);
    }
}

/** By how much the clock is ahead. */
static atomic_long n_seconds;

int fdatasync(int descriptor) {
    static atomic_long n_syncs;
    int result = (int)syscall(SYS_fdatasync, descriptor);
    const char *armed = getenv("HOLD_ARMED");
    const char *held = getenv("HOLD_HELD");
    const char *at = getenv("HOLD_AT");
    if (armed == NULL || held == NULL || at == NULL || !is_journal(descriptor) ||
        ++n_syncs < strtol(at, NULL, 10) || rename(armed, held) != 0) {
        return result;
    }
    await_release(held);
    const char *seconds = getenv("HOLD_SECONDS");
    n_seconds += seconds != NULL ? strtol(seconds, NULL, 10) : 0;
    return result;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    const char *armed = getenv("HOLD_ARMED");
    const char *held = getenv("HOLD_HELD");
    if (clock == CLOCK_THREAD_CPUTIME_ID && armed != NULL && held != NULL) {
        static _Thread_local int n_slow = n_slow_armed;
        static _Thread_local long n_held_before;
        await_release(held);
        if (n_held != n_held_before) {
            n_held_before = n_held;
            n_slow = n_slow_released;
        }
        if (n_slow > 0 && (n_held > 0 || access(armed, F_OK) == 0)) {
            n_slow--;
            (void)usleep(5000);
        }
    }
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (clock == CLOCK_MONOTONIC && result == 0) {
        now->tv_sec += n_seconds;
    }
    return result;
}

int PMPI_Init_thread(int *argc, char ***argv, int wanted, int *got) __attribute__((weak));
int MPI_Init_thread(int *argc, char ***argv, int wanted, int *got);

int MPI_Init_thread(int *argc, char ***argv, int wanted, int *got) {
    int result = PMPI_Init_thread(argc, argv, wanted, got);
    const char *folder = getenv("HOLD_BEGUN");
    if (folder != NULL) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%ld", folder, (long)getpid());
        FILE *file = fopen(path, "w");
        if (file != NULL) {
            fclose(file);
        }
    }
    return result;
}
