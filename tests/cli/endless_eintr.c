// SPDX-License-Identifier: MIT
// A library to preload: a call is interrupted by a signal, and again, for ever.
//
//   EINTR_CALL=read|waitpid   which one: read() of a table, or any waitpid()
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

pid_t waitpid(pid_t process, int *state, int options);

static int is_interrupted(const char *call) {
    const char *wanted = getenv("EINTR_CALL");
    return wanted != NULL && strcmp(wanted, call) == 0;
}

static int is_table(int descriptor) {
    char link[64];
    char path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = '\0';
    return strstr(path, ".csv") != NULL;
}

ssize_t read(int descriptor, void *into, size_t size) {
    if (is_interrupted("read") && is_table(descriptor)) {
        errno = EINTR;
        return -1;
    }
    return syscall(SYS_read, descriptor, into, size);
}

pid_t waitpid(pid_t process, int *state, int options) {
    if (is_interrupted("waitpid")) {
        errno = EINTR;
        return -1;
    }
    return (pid_t)syscall(SYS_wait4, process, state, options, NULL);
}
