// SPDX-License-Identifier: MIT
#include "generate/generated_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/try.h"

enum { COPY_SIZE = 1 << 18 };

static perebor_status refused(const char *path, const char *what, perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_IO, "%s: cannot be %s (%s)", path, what,
                        strerror(errno));
}

static perebor_status no_memory(const char *name, perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for %s", name);
}

char *generated_file_path(const char *folder, const char *name, const char *suffix) {
    size_t size = strlen(folder) + strlen(name) + strlen(suffix) + 2;
    char *path = malloc(size);
    if (path != NULL) {
        (void)snprintf(path, size, "%s/%s%s", folder, name, suffix);
    }
    return path;
}

perebor_status generated_file_check(const char *folder, const char *name, bool overwrite,
                                    perebor_error *error) {
    char *path = generated_file_path(folder, name, "");
    if (path == NULL) {
        return no_memory(name, error);
    }
    perebor_status status = PEREBOR_OK;
    if (!overwrite && access(path, F_OK) == 0) {
        status =
            perebor_fail(error, PEREBOR_ERR_CONFLICT, "%s exists; --overwrite replaces it", path);
    }
    free(path);
    return status;
}

/** Opens the temporary file, empty, unless another process is at it. */
static perebor_status open_temporary(generated_file *file, perebor_error *error) {
    int descriptor = open(file->temporary, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        return refused(file->path, "written", error);
    }
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        (void)close(descriptor);
        return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                            "another process is writing %s: wait for it, or choose another folder",
                            file->temporary);
    }
    if (ftruncate(descriptor, 0) != 0) {
        perebor_status status = refused(file->path, "written", error);
        (void)close(descriptor);
        return status;
    }
    file->descriptor = descriptor;
    file->is_open = true;
    return PEREBOR_OK;
}

perebor_status generated_file_open(generated_file *file, const char *folder, const char *name,
                                   const char *suffix, perebor_error *error) {
    perebor_status status;
    generated_file result = {.path = generated_file_path(folder, name, suffix)};
    size_t size = result.path != NULL ? strlen(result.path) + sizeof ".tmp" : 0;
    result.temporary = result.path != NULL ? malloc(size) : NULL;
    if (result.temporary == NULL) {
        status = no_memory(name, error);
        goto done;
    }
    (void)snprintf(result.temporary, size, "%s.tmp", result.path);
    PEREBOR_TRY(done, open_temporary(&result, error));
    *file = result;
    return PEREBOR_OK;
done:
    generated_file_release(&result);
    return status;
}

perebor_status generated_file_write(generated_file *file, const void *bytes, size_t size,
                                    perebor_error *error) {
    return perebor_file_write_all(file->descriptor, file->path, bytes, size, error);
}

/** Appends what is left of an open file. */
static perebor_status copy(generated_file *file, int from, const char *path, const char *before,
                           uint64_t *size, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    ssize_t n;
    char *bytes = malloc(COPY_SIZE);
    if (bytes == NULL) {
        return no_memory(path, error);
    }
    for (*size = 0; (n = read(from, bytes, COPY_SIZE)) != 0; *size += (uint64_t)n) {
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
    int from = open(path, O_RDONLY | O_CLOEXEC);
    if (from < 0) {
        return refused(path, "read", error);
    }
    uint64_t copied = 0;
    perebor_status status = copy(file, from, path, before, &copied, error);
    (void)close(from);
    if (status == PEREBOR_OK) {
        *size = copied;
    }
    return status;
}

perebor_status generated_file_finish(generated_file *file, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    file->is_open = false;
    bool written = fsync(file->descriptor) == 0;
    written = close(file->descriptor) == 0 && written;
    if (!written || rename(file->temporary, file->path) != 0) {
        status = refused(file->path, "written", error);
        (void)unlink(file->temporary);
        return status;
    }
    return perebor_file_sync_folder(file->path, error);
}

void generated_file_release(generated_file *file) {
    if (file->is_open) {
        (void)close(file->descriptor);
        (void)unlink(file->temporary);
    }
    free(file->path);
    free(file->temporary);
    *file = (generated_file){0};
}
