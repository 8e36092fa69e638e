// SPDX-License-Identifier: MIT
#include "base/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/file.h"
#include "base/try.h"

enum { first_capacity = 1 << 16, max_interruptions = 10000 };

/** The folder that a path is in: "." where it names none. */
static char *folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
}

perebor_status perebor_scratch_begin(perebor_scratch *scratch, const char *beside,
                                     perebor_error *error) {
    const char *chosen = getenv("TMPDIR");
    chosen = chosen == NULL || *chosen == '\0' ? "/tmp" : chosen;
    *scratch = (perebor_scratch){.folder = beside == NULL ? strdup(chosen) : folder_of(beside)};
    return scratch->folder != NULL ? PEREBOR_OK : perebor_no_memory(error, "for scratch");
}

/** A new file that nobody else sees. */
static int create_file(const char *folder) {
    size_t size = strlen(folder) + sizeof "/.perebor.XXXXXX";
    char *name = malloc(size);
    int file = -1;
    if (name != NULL) {
        (void)snprintf(name, size, "%s/.perebor.XXXXXX", folder);
        file = mkstemp(name);
        if (file >= 0) {
            (void)fcntl(file, F_SETFD, FD_CLOEXEC);
            (void)unlink(name);
        }
        free(name);
    }
    return file;
}

perebor_status perebor_scratch_spill(perebor_scratch *scratch, perebor_error *error) {
    if (scratch->file > 0) {
        return PEREBOR_OK;
    }
    int file = create_file(scratch->folder);
    if (file <= 0) {
        return perebor_fail(error, PEREBOR_ERR_IO,
                            "cannot make a file for scratch in %s: %s; TMPDIR names another folder",
                            scratch->folder, strerror(errno));
    }
    scratch->file = file;
    perebor_status status =
        perebor_file_write_all(file, scratch->folder, scratch->bytes, (size_t)scratch->size, error);
    free(scratch->bytes);
    scratch->bytes = NULL;
    scratch->capacity = 0;
    return status;
}

static perebor_status grow(perebor_scratch *scratch, size_t size, perebor_error *error) {
    size_t capacity = scratch->capacity == 0 ? first_capacity : scratch->capacity;
    while (capacity < size) {
        capacity *= 2;
    }
    char *bytes =
        capacity == scratch->capacity ? scratch->bytes : realloc(scratch->bytes, capacity);
    if (bytes == NULL) {
        return perebor_no_memory(error, "for %zu bytes of scratch", capacity);
    }
    scratch->bytes = bytes;
    scratch->capacity = capacity;
    return PEREBOR_OK;
}

perebor_status perebor_scratch_append(perebor_scratch *scratch, const void *bytes, size_t size,
                                      perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    if (size == 0) {
        return PEREBOR_OK;
    }
    if (scratch->size + size > PEREBOR_SCRATCH_MEMORY) {
        PEREBOR_TRY(done, perebor_scratch_spill(scratch, error));
    }
    if (scratch->file > 0) {
        PEREBOR_TRY(done,
                    perebor_file_write_all(scratch->file, scratch->folder, bytes, size, error));
    } else {
        PEREBOR_TRY(done, grow(scratch, (size_t)scratch->size + size, error));
        memcpy(scratch->bytes + scratch->size, bytes, size);
    }
    scratch->size += size;
done:
    return status;
}

perebor_status perebor_file_read_at(int file, const char *name, uint64_t from, void *bytes,
                                    size_t size, perebor_error *error) {
    int n_interruptions = 0;
    for (size_t n_read = 0; n_read < size;) {
        ssize_t n = pread(file, (char *)bytes + n_read, size - n_read, (off_t)(from + n_read));
        if (n < 0 && errno == EINTR && n_interruptions++ < max_interruptions) {
            continue;
        }
        if (n < 0) {
            return perebor_fail(error, PEREBOR_ERR_IO, "%s: cannot read: %s", name,
                                strerror(errno));
        }
        if (n == 0) {
            return perebor_fail(error, PEREBOR_ERR_IO, "%s: it is shorter than it was", name);
        }
        n_read += (size_t)n;
    }
    return PEREBOR_OK;
}

perebor_status perebor_scratch_read(const perebor_scratch *scratch, uint64_t from, void *bytes,
                                    size_t size, perebor_error *error) {
    if (scratch->file > 0) {
        return perebor_file_read_at(scratch->file, scratch->folder, from, bytes, size, error);
    }
    if (size > 0) {
        memcpy(bytes, scratch->bytes + from, size);
    }
    return PEREBOR_OK;
}

void perebor_scratch_release(perebor_scratch *scratch) {
    if (scratch->file > 0) {
        (void)close(scratch->file);
    }
    free(scratch->bytes);
    free(scratch->folder);
    *scratch = (perebor_scratch){0};
}
