// SPDX-License-Identifier: MIT
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/try.h"

static perebor_status fail_io(perebor_error *error, const char *what, const char *path) {
    return perebor_fail(error, PEREBOR_ERR_IO, "cannot %s %s: %s", what, path, strerror(errno));
}

static int open_again(const char *path, int flags, mode_t mode) {
    int descriptor = -1;
    do {
        descriptor = open(path, flags | O_CLOEXEC, mode);
    } while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

/** Reads up to @p size bytes; fewer only at the end of the file. -1 with errno on failure. */
static ssize_t read_all(int descriptor, char *bytes, size_t size) {
    size_t n_read = 0;
    while (n_read < size) {
        ssize_t got = read(descriptor, bytes + n_read, size - n_read);
        if (got < 0 && errno != EINTR) {
            return -1;
        }
        if (got == 0) {
            break;
        }
        n_read += got > 0 ? (size_t)got : 0;
    }
    return (ssize_t)n_read;
}

static perebor_status read_open(int descriptor, const char *path, size_t max_size, char **bytes,
                                size_t *size, perebor_error *error) {
    struct stat about;
    if (fstat(descriptor, &about) != 0) {
        return fail_io(error, "read", path);
    }
    if (!S_ISREG(about.st_mode)) {
        return perebor_fail(error, PEREBOR_ERR_IO, "cannot read %s: not a regular file", path);
    }
    if ((uintmax_t)about.st_size > max_size) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s: %jd bytes, more than the %zu that are accepted here", path,
                            (intmax_t)about.st_size, max_size);
    }
    size_t capacity = (size_t)about.st_size;
    char *read_bytes = malloc(capacity + 1);
    if (read_bytes == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "out of memory to read %s (%zu bytes)", path,
                            capacity);
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
    int descriptor = open_again(path, O_RDONLY | O_NONBLOCK, 0);
    if (descriptor < 0) {
        return fail_io(error, "open", path);
    }
    perebor_status status = read_open(descriptor, path, max_size, bytes, size, error);
    (void)close(descriptor);
    return status;
}

perebor_status perebor_file_write_all(int descriptor, const char *path, const void *bytes,
                                      size_t size, perebor_error *error) {
    const char *from = bytes;
    while (size > 0) {
        ssize_t written = write(descriptor, from, size);
        if (written < 0 && errno != EINTR) {
            return fail_io(error, "write", path);
        }
        size_t taken = written > 0 ? (size_t)written : 0;
        from += taken;
        size -= taken;
    }
    return PEREBOR_OK;
}

perebor_status perebor_file_sync_folder(const char *path, perebor_error *error) {
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    char *folder = slash == NULL ? strdup(".") : strndup(path, length);
    if (folder == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "out of memory to write %s", path);
    }
    perebor_status status = PEREBOR_OK;
    int descriptor = open_again(folder, O_RDONLY | O_DIRECTORY, 0);
    // Some file systems cannot sync a folder and say EINVAL: their renames are durable or nothing.
    if (descriptor < 0 || (fsync(descriptor) != 0 && errno != EINVAL)) {
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

/** Opens the temporary file and locks it: ours until it is closed, and still of that name. */
static perebor_status open_temporary(const char *temporary, int *descriptor, perebor_error *error) {
    for (;;) {
        int opened = open_again(temporary, O_WRONLY | O_CREAT | O_NOFOLLOW, 0666);
        if (opened < 0) {
            return fail_io(error, "create", temporary);
        }
        if (flock(opened, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
            (void)close(opened);
            return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                                "another process is writing %s: wait for it, or choose another "
                                "output file",
                                temporary);
        }
        struct stat ours, named;
        if (fstat(opened, &ours) == 0 && stat(temporary, &named) == 0 &&
            ours.st_ino == named.st_ino && ours.st_dev == named.st_dev) {
            *descriptor = opened;
            return PEREBOR_OK;
        }
        (void)close(opened); // its writer finished between our open and our lock
    }
}

/** Gives the finished temporary file its name without replacing another. */
static perebor_status link_new(const char *temporary, const char *path, perebor_error *error) {
    if (link(temporary, path) == 0) {
        (void)unlink(temporary);
        return PEREBOR_OK;
    }
    struct stat about;
    if (errno == EEXIST || lstat(path, &about) == 0) {
        return perebor_fail(error, PEREBOR_ERR_CONFLICT, "%s exists, and is not overwritten", path);
    }
    // No hard links here (FAT, some network file systems): the name was free a moment ago.
    return rename(temporary, path) == 0 ? PEREBOR_OK : fail_io(error, "create", path);
}

static perebor_status replace(const char *temporary, const char *path, perebor_error *error) {
    return rename(temporary, path) == 0 ? PEREBOR_OK : fail_io(error, "replace", path);
}

static perebor_status fill_temporary(int descriptor, const char *temporary, const void *bytes,
                                     size_t size, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    if (ftruncate(descriptor, 0) != 0) {
        return fail_io(error, "write", temporary);
    }
    PEREBOR_TRY(done, perebor_file_write_all(descriptor, temporary, bytes, size, error));
    if (fsync(descriptor) != 0) {
        status = fail_io(error, "bring to the disk", temporary);
    }
done:
    return status;
}

perebor_status perebor_file_write(const char *path, const void *bytes, size_t size, bool overwrite,
                                  perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    int descriptor = -1;
    size_t length = strlen(path) + sizeof ".tmp";
    char *temporary = malloc(length);
    if (temporary == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "out of memory to write %s", path);
    }
    (void)snprintf(temporary, length, "%s.tmp", path);
    PEREBOR_TRY(done, open_temporary(temporary, &descriptor, error));
    PEREBOR_TRY(discard, fill_temporary(descriptor, temporary, bytes, size, error));
    PEREBOR_TRY(discard,
                overwrite ? replace(temporary, path, error) : link_new(temporary, path, error));
    PEREBOR_TRY(done, perebor_file_sync_folder(path, error));
    goto done;
discard:
    (void)unlink(temporary);
done:
    if (descriptor >= 0) {
        (void)close(descriptor);
    }
    free(temporary);
    return status;
}
