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
