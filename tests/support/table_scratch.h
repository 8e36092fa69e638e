// SPDX-License-Identifier: MIT
/**
 * @file table_scratch.h
 * A folder for the files of one test program, and tables written into it.
 */
#ifndef PEREBOR_TEST_TABLE_SCRATCH_H
#define PEREBOR_TEST_TABLE_SCRATCH_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char scratch_folder[256];

/** A group set-up: makes the folder and works in it, so that messages name files briefly. */
static inline int scratch_open(void **state) {
    (void)state;
    const char *root = getenv("TMPDIR");
    (void)snprintf(scratch_folder, sizeof scratch_folder, "%s/perebor-table-XXXXXX",
                   root != NULL ? root : "/tmp");
    return mkdtemp(scratch_folder) == NULL || chdir(scratch_folder) != 0;
}

/** A group tear-down: removes the folder. */
static inline int scratch_close(void **state) {
    (void)state;
    DIR *folder = opendir(scratch_folder);
    if (folder != NULL) {
        for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
            (void)unlink(entry->d_name);
        }
        (void)closedir(folder);
    }
    return chdir("/") != 0 || rmdir(scratch_folder) != 0;
}

static inline void scratch_write_bytes(const char *name, const char *bytes, size_t size) {
    FILE *file = fopen(name, "wb");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        perror(name);
        abort();
    }
}

static inline void scratch_write(const char *name, const char *text) {
    scratch_write_bytes(name, text, strlen(text));
}

#endif
