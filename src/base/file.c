// SPDX-License-Identifier: MIT
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/nearest_file.h"
#include "base/try.h"

/** Interruptions in a row, without a byte of progress, after which a call is given up: where a
 * signal handler or a broken file system answers so for ever. */
enum { max_interruptions = 10000 };

static perebor_status fail_io(perebor_error *error, const char *what, const char *path) {
    return perebor_fail(error, PEREBOR_ERR_IO, "cannot %s %s: %s", what, path, strerror(errno));
}

int perebor_file_open(const char *path, int flags, mode_t mode) {
    int descriptor = -1;
    int n_interruptions = 0;
    do {
        descriptor = open(path, flags | O_CLOEXEC, mode);
    } while (descriptor < 0 && errno == EINTR && n_interruptions++ < max_interruptions);
    return descriptor;
}

int perebor_file_sync(int descriptor, bool data_only) {
    int result = -1;
    int n_interruptions = 0;
    do {
        result = data_only ? fdatasync(descriptor) : fsync(descriptor);
    } while (result != 0 && errno == EINTR && n_interruptions++ < max_interruptions);
    return result;
}

/** Reads up to @p size bytes; fewer only at the end of the file. -1 with errno on failure. */
static ssize_t read_all(int descriptor, char *bytes, size_t size) {
    size_t n_read = 0;
    int n_interruptions = 0;
    while (n_read < size) {
        ssize_t got = read(descriptor, bytes + n_read, size - n_read);
        if (got < 0 && (errno != EINTR || n_interruptions++ == max_interruptions)) {
            return -1;
        }
        if (got == 0) {
            break;
        }
        n_read += got > 0 ? (size_t)got : 0;
    }
    return (ssize_t)n_read;
}

perebor_status perebor_file_fail_to_open(const char *path, int reason, perebor_error *error) {
    struct stat about;
    char hint[NEAREST_FILE_SIZE] = "";
    if (reason == ENOENT && lstat(path, &about) == 0) {
        return perebor_fail(error, PEREBOR_ERR_IO, "cannot open %s: a link that leads to nothing",
                            path);
    }
    if (reason == ENOENT) {
        perebor_nearest_file(path, hint);
    }
    return perebor_fail(error, PEREBOR_ERR_IO, "cannot open %s: %s%s", path,
                        reason == 0 ? "not a regular file" : strerror(reason), hint);
}

perebor_status perebor_file_open_regular(const char *path, int *descriptor, perebor_error *error) {
    struct stat about;
    int opened = perebor_file_open(path, O_RDONLY | O_NONBLOCK, 0);
    if (opened < 0) {
        return perebor_file_fail_to_open(path, errno, error);
    }
    if (fstat(opened, &about) != 0 || !S_ISREG(about.st_mode)) {
        (void)close(opened);
        return perebor_file_fail_to_open(path, 0, error);
    }
    *descriptor = opened;
    return PEREBOR_OK;
}

static perebor_status read_open(int descriptor, const char *path, size_t max_size, char **bytes,
                                size_t *size, perebor_error *error) {
    struct stat about;
    if (fstat(descriptor, &about) != 0) {
        return fail_io(error, "read", path);
    }
    if ((uintmax_t)about.st_size > max_size) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s: %jd bytes, more than the %zu that are accepted here", path,
                            (intmax_t)about.st_size, max_size);
    }
    size_t capacity = (size_t)about.st_size;
    char *read_bytes = malloc(capacity + 1);
    if (read_bytes == NULL) {
        return perebor_no_memory(error, "to read %s (%zu bytes)", path, capacity);
    }
    ssize_t n_read = read_all(descriptor, read_bytes, capacity);
    if (n_read < 0) {
        free(read_bytes);
        return fail_io(error, "read", path);
    }
    read_bytes[n_read] = '\0';
    *bytes = read_bytes;
    *size = (size_t)n_read;
    return PEREBOR_OK;
}

perebor_status perebor_file_read(const char *path, size_t max_size, char **bytes, size_t *size,
                                 perebor_error *error) {
    int descriptor = -1;
    perebor_status status = perebor_file_open_regular(path, &descriptor, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    status = read_open(descriptor, path, max_size, bytes, size, error);
    (void)close(descriptor);
    return status;
}

perebor_status perebor_file_write_all(int descriptor, const char *path, const void *bytes,
                                      size_t size, perebor_error *error) {
    const char *from = bytes;
    int n_interruptions = 0;
    off_t at = lseek(descriptor, 0, SEEK_CUR); // -1 of a pipe
    while (size > 0) {
        ssize_t written = write(descriptor, from, size);
        if (written < 0 && errno == EINTR && at >= 0) {
            // An interrupted call wrote nothing; a file system that wrote some all the same has it
            // written over.
            (void)lseek(descriptor, at, SEEK_SET);
            errno = EINTR;
        }
        if (written < 0 && (errno != EINTR || n_interruptions++ == max_interruptions)) {
            return fail_io(error, "write", path);
        }
        size_t taken = written > 0 ? (size_t)written : 0;
        n_interruptions = taken > 0 ? 0 : n_interruptions;
        from += taken;
        size -= taken;
        at += at >= 0 ? (off_t)taken : 0;
    }
    return PEREBOR_OK;
}

perebor_status perebor_file_sync_folder(const char *path, perebor_error *error) {
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    char *folder = slash == NULL ? strdup(".") : strndup(path, length);
    if (folder == NULL) {
        return perebor_no_memory(error, "to write %s", path);
    }
    perebor_status status = PEREBOR_OK;
    int descriptor = perebor_file_open(folder, O_RDONLY | O_DIRECTORY, 0);
    // Some file systems cannot sync a folder and say EINVAL: their renames are durable or nothing.
    if (descriptor < 0 || (perebor_file_sync(descriptor, false) != 0 && errno != EINVAL)) {
        status = fail_io(error, "bring to the disk the folder", folder);
    }
    if (descriptor >= 0) {
        (void)close(descriptor);
    }
    free(folder);
    return status;
}

perebor_status perebor_file_remove(const char *path, perebor_error *error) {
    if (unlink(path) != 0) {
        return errno == ENOENT ? PEREBOR_OK : fail_io(error, "delete", path);
    }
    return perebor_file_sync_folder(path, error);
}
