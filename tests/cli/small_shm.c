// SPDX-License-Identifier: MIT
// A library to preload: /dev/shm looks as small as containers may make it. In
// the end it says on standard error what UCX was told.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

int statvfs(const char *restrict path, struct statvfs *restrict into);

int statvfs(const char *restrict path, struct statvfs *restrict into) {
    int (*original)(const char *, struct statvfs *) =
        (int (*)(const char *, struct statvfs *))dlsym(RTLD_NEXT, "statvfs");
    int result = original(path, into);
    if (result == 0 && strcmp(path, "/dev/shm") == 0) {
        into->f_bavail = 64 * 1024 / into->f_frsize;
    }
    return result;
}

__attribute__((destructor)) static void report(void) {
    const char *transports = getenv("UCX_TLS");
    fprintf(stderr, "UCX_TLS=%s\n", transports != NULL ? transports : "");
}
