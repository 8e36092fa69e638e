// SPDX-License-Identifier: MIT
// A library to preload: something goes wrong at the n-th call by which a process changes files.
//
// Only rank 0 writes files, and of its files only those under FAULTY_FOLDER count: calls on others,
// such as MPI's sockets and shared memory, pass through uncounted.
//
//   FAULTY_FOLDER=DIR   files whose changes count
//   FAULTY_AT=N         at the N-th such call of a process: see FAULTY_DO
//   FAULTY_DO=kill      SIGKILL before the call
//            =tear      SIGKILL after half of it, if it writes; before it otherwise
//            =after     SIGKILL after it
//            =ENOSPC, EDQUOT, EIO, EINTR
//                      it and every later one fails so; half of a write may be done first
//   FAULTY_ONCE=1        the later ones do not
//   FAULTY_LOG=FILE     gets a line for each fdatasync of a journal that succeeded: its size then.
//                       What is in those bytes may have been acknowledged.
//   FAULTY_COUNT=FILE   gets the number of calls so far, at each
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef enum fault_kind { FAULT_NONE, FAULT_KILL, FAULT_TEAR, FAULT_AFTER, FAULT_FAIL } fault_kind;

static const char *folder, *log_path, *count_path;
static long fault_at;
static fault_kind armed;
static int fault_errno;
static bool once;
static atomic_long n_calls;

__attribute__((constructor)) static void read_environment(void) {
    const char *at = getenv("FAULTY_AT");
    const char *what = getenv("FAULTY_DO");
    folder = getenv("FAULTY_FOLDER");
    log_path = getenv("FAULTY_LOG");
    count_path = getenv("FAULTY_COUNT");
    fault_at = at != NULL ? strtol(at, NULL, 10) : 0;
    what = what != NULL ? what : "";
    armed = strcmp(what, "kill") == 0    ? FAULT_KILL
            : strcmp(what, "tear") == 0  ? FAULT_TEAR
            : strcmp(what, "after") == 0 ? FAULT_AFTER
            : *what != '\0'              ? FAULT_FAIL
                                         : FAULT_NONE;
    fault_errno = strcmp(what, "EIO") == 0      ? EIO
                  : strcmp(what, "EDQUOT") == 0 ? EDQUOT
                  : strcmp(what, "EINTR") == 0  ? EINTR
                                                : ENOSPC;
    const char *only = getenv("FAULTY_ONCE");
    once = only != NULL && *only != '\0';
}

static bool is_counted_path(const char *path) {
    char whole[PATH_MAX];
    if (folder == NULL) {
        return false;
    }
    if (path[0] != '/') {
        char here[PATH_MAX / 2];
        if (getcwd(here, sizeof here) == NULL) {
            return false;
        }
        snprintf(whole, sizeof whole, "%s/%s", here, path);
        path = whole;
    }
    return strncmp(path, folder, strlen(folder)) == 0;
}

static bool name_descriptor(int descriptor, char path[PATH_MAX]) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length > 0 ? length : 0] = '\0';
    return length > 0;
}

static bool is_counted(int descriptor) {
    char path[PATH_MAX];
    return folder != NULL && descriptor > STDERR_FILENO && name_descriptor(descriptor, path) &&
           strncmp(path, folder, strlen(folder)) == 0;
}

static void note(const char *path, int flags, long number) {
    char text[32];
    int length = snprintf(text, sizeof text, "%ld\n", number);
    long descriptor = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | flags, 0644);
    if (descriptor >= 0) {
        (void)syscall(SYS_write, descriptor, text, length);
        (void)syscall(SYS_close, descriptor);
    }
}

static void die(void) {
    (void)kill(getpid(), SIGKILL);
}

/** Counts a call. Returns what is to become of it; dies here if it is to be killed before. */
static fault_kind count_call(void) {
    long number = ++n_calls;
    if (count_path != NULL) {
        note(count_path, O_TRUNC, number);
    }
    if (fault_at <= 0 || number < fault_at ||
        (number > fault_at && (once || armed != FAULT_FAIL))) {
        return FAULT_NONE;
    }
    if (armed == FAULT_KILL) {
        die();
    }
    return armed;
}

/** Carries out what was decided for a call that is no write. */
static long finish_call(fault_kind fault, long number, long a, long b, long c, long d) {
    if (fault == FAULT_TEAR) {
        die();
    }
    if (fault == FAULT_FAIL) {
        errno = fault_errno;
        return -1;
    }
    long result = syscall(number, a, b, c, d);
    if (fault == FAULT_AFTER) {
        die();
    }
    return result;
}

ssize_t write(int descriptor, const void *bytes, size_t size) {
    fault_kind fault = is_counted(descriptor) ? count_call() : FAULT_NONE;
    if (fault == FAULT_TEAR || fault == FAULT_FAIL) {
        bool first = n_calls == fault_at; // A full disk takes what still fits, once.
        ssize_t written = first ? syscall(SYS_write, descriptor, bytes, size / 2) : 0;
        if (fault == FAULT_TEAR) {
            die();
        }
        errno = fault_errno;
        bool is_short = fault_errno == ENOSPC || fault_errno == EDQUOT; // others: half, and -1
        return written > 0 && is_short ? written : -1;
    }
    ssize_t written = syscall(SYS_write, descriptor, bytes, size);
    if (fault == FAULT_AFTER) {
        die();
    }
    return written;
}

static int sync_with(long number, int descriptor) {
    if (!is_counted(descriptor)) {
        return (int)syscall(number, descriptor);
    }
    fault_kind fault = count_call();
    if (fault == FAULT_TEAR || fault == FAULT_FAIL) {
        return (int)finish_call(fault, number, descriptor, 0, 0, 0);
    }
    int result = (int)syscall(number, descriptor);
    char path[PATH_MAX];
    struct stat found;
    if (result == 0 && log_path != NULL && name_descriptor(descriptor, path) &&
        strstr(path, ".journal") != NULL && strstr(path, ".tmp") == NULL &&
        fstat(descriptor, &found) == 0) {
        note(log_path, O_APPEND, (long)found.st_size);
    }
    if (fault == FAULT_AFTER) {
        die();
    }
    return result;
}

int fdatasync(int descriptor) {
    return sync_with(SYS_fdatasync, descriptor);
}

int fsync(int descriptor) {
    return sync_with(SYS_fsync, descriptor);
}

int ftruncate(int descriptor, off_t length) {
    fault_kind fault = is_counted(descriptor) ? count_call() : FAULT_NONE;
    return (int)finish_call(fault, SYS_ftruncate, descriptor, length, 0, 0);
}

int rename(const char *from, const char *to) {
    fault_kind fault = is_counted_path(to) ? count_call() : FAULT_NONE;
    return (int)finish_call(fault, SYS_renameat, AT_FDCWD, (long)from, AT_FDCWD, (long)to);
}

int link(const char *from, const char *to) {
    fault_kind fault = is_counted_path(to) ? count_call() : FAULT_NONE;
    if (fault != FAULT_NONE && fault != FAULT_AFTER) {
        return (int)finish_call(fault, SYS_linkat, 0, 0, 0, 0);
    }
    int result = (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
    if (fault == FAULT_AFTER) {
        die();
    }
    return result;
}

int unlink(const char *path) {
    fault_kind fault = is_counted_path(path) ? count_call() : FAULT_NONE;
    return (int)finish_call(fault, SYS_unlinkat, AT_FDCWD, (long)path, 0, 0);
}
