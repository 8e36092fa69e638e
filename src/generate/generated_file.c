// SPDX-License-Identifier: MIT
#include "generate/generated_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/try.h"

enum { copy_size = 1 << 18 };

static perebor_status refused(const char *path, const char *what, perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_IO, "%s: cannot be %s (%s)", path, what,
                        strerror(errno));
}

char *generated_file_path(const char *folder, const char *name, const char *suffix) {
    size_t size = strlen(folder) + strlen(name) + strlen(suffix) + 2;
    char *path = malloc(size);
    if (path != NULL) {
        (void)snprintf(path, size, "%s/%s%s", folder, name, suffix);
    }
    return path;
}

/** Whether a file is there and begins so. */
static bool begins_with(const char *path, const char *beginning) {
    char start[32];
    int descriptor = -1;
    size_t length = strlen(beginning);
    if (perebor_file_open_regular(path, &descriptor, NULL) != PEREBOR_OK) {
        return false;
    }
    ssize_t size = pread(descriptor, start, length < sizeof start ? length : sizeof start, 0);
    (void)close(descriptor);
    return size == (ssize_t)length && memcmp(start, beginning, length) == 0;
}

/**
 * Whether a file was written by a generation. What tables look like is for the generator to say, so
 * they are told by the truth that a generation always leaves beside them.
 */
static bool is_generated(const char *folder, const char *name, const char *path) {
    perebor_file_identity there = perebor_file_identify(path);
    if (there.is_regular && there.size == 0) {
        return true;
    }
    if (strcmp(name, GENERATED_FAULTS) == 0) {
        return begins_with(path, "[]") || begins_with(path, "[{\"kind\":");
    }
    char *truth = generated_file_path(folder, GENERATED_TRUTH, "");
    bool found = truth != NULL && there.is_regular && begins_with(truth, GENERATED_TRUTH_START);
    free(truth);
    return found;
}

perebor_status generated_file_check(const char *folder, const char *name, bool overwrite,
                                    perebor_error *error) {
    char *path = generated_file_path(folder, name, "");
    if (path == NULL) {
        return perebor_no_memory(error, "for %s", name);
    }
    perebor_status status = PEREBOR_OK;
    if (perebor_file_identify(path).exists) {
        if (!overwrite) {
            status = perebor_fail(error, PEREBOR_ERR_CONFLICT, "%s exists; --overwrite replaces it",
                                  path);
        } else if (!is_generated(folder, name, path)) {
            status =
                perebor_fail(error, PEREBOR_ERR_CONFLICT,
                             "%s does not look like a file that generate wrote: --overwrite "
                             "does not replace it; choose another folder with -o, or delete it "
                             "yourself",
                             path);
        }
    }
    free(path);
    return status;
}

perebor_status generated_file_open(generated_file *file, const char *folder, const char *name,
                                   const char *suffix, perebor_error *error) {
    perebor_status status;
    char *path = generated_file_path(folder, name, suffix);
    if (path == NULL) {
        return perebor_no_memory(error, "for %s", name);
    }
    PEREBOR_TRY(done, perebor_draft_sweep(path, error));
    perebor_file_identity found = perebor_file_identify(path);
    PEREBOR_TRY(done, perebor_draft_open(&file->draft, path, error));
    file->found = found;
done:
    free(path);
    return status;
}

perebor_status generated_file_write(generated_file *file, const void *bytes, size_t size,
                                    perebor_error *error) {
    return perebor_draft_write(&file->draft, bytes, size, error);
}

/** Appends what is left of an open file. */
static perebor_status copy(generated_file *file, int from, const char *path, const char *before,
                           uint64_t *size, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    ssize_t n;
    char *bytes = malloc(copy_size);
    if (bytes == NULL) {
        return perebor_no_memory(error, "for %s", path);
    }
    for (*size = 0; (n = read(from, bytes, copy_size)) != 0; *size += (uint64_t)n) {
        if (n < 0) {
            status = refused(path, "read", error);
            goto done;
        }
        if (*size == 0) {
            PEREBOR_TRY(done, generated_file_write(file, before, strlen(before), error));
        }
        PEREBOR_TRY(done, generated_file_write(file, bytes, (size_t)n, error));
    }
done:
    free(bytes);
    return status;
}

perebor_status generated_file_append(generated_file *file, const char *path, const char *before,
                                     uint64_t *size, perebor_error *error) {
    int from = -1;
    uint64_t copied = 0;
    perebor_status status = perebor_file_open_regular(path, &from, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    status = copy(file, from, path, before, &copied, error);
    (void)close(from);
    if (status == PEREBOR_OK) {
        *size = copied;
    }
    return status;
}

perebor_status generated_file_finish(generated_file *file, perebor_error *error) {
    return perebor_draft_publish(&file->draft, &file->found, error);
}

void generated_file_release(generated_file *file) {
    perebor_draft_discard(&file->draft);
}
