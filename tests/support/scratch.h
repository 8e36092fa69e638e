// SPDX-License-Identifier: MIT
/**
 * @file scratch.h
 * A folder of a test's own, in memory where there is such a file system: tests write and sync
 * thousands of small files.
 */
#ifndef PEREBOR_SCRATCH_H
#define PEREBOR_SCRATCH_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SCRATCH_SIZE = 64 };

/** Makes the folder and writes its name; NULL on failure. */
static inline const char *scratch_create(char folder[SCRATCH_SIZE]) {
    const char *parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(folder, SCRATCH_SIZE, "%s/perebor-test-XXXXXX", parent);
    return mkdtemp(folder);
}

#endif
