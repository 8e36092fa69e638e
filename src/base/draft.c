// SPDX-License-Identifier: MIT
#include "base/draft.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/try.h"

enum {
    n_digits = 8,
    most_of_name = 200, /**< of the file's own name in a draft's: names end at 255 bytes */
    max_attempts = 100,
    new_mode = 0666, /**< less what umask takes */
};
static const char ending[] = ".tmp";

static perebor_status fail_io(perebor_error *error, const char *what, const char *path) {
    return perebor_fail(error, PEREBOR_ERR_IO, "cannot %s %s: %s", what, path, strerror(errno));
}

static const char *name_in(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/** The bytes of a name that drafts of it begin with. A name is cut at any byte: it is a key. */
static size_t key_length(const char *name) {
    size_t length = strlen(name);
    return length < most_of_name ? length : most_of_name;
}

static uint32_t random_digits(int attempt) {
    uint32_t digits = 0;
    if (getrandom(&digits, sizeof digits, GRND_NONBLOCK) != (ssize_t)sizeof digits) {
        struct timespec now;
        (void)clock_gettime(CLOCK_REALTIME, &now);
        digits = (uint32_t)now.tv_nsec * 2654435761u + (uint32_t)getpid() + (uint32_t)attempt;
    }
    return digits;
}

/** Makes a new file under a name that is free. */
static int create_temporary(char *temporary, size_t size, const char *path, mode_t mode) {
    const char *name = name_in(path);
    for (int attempt = 0; attempt < max_attempts; attempt++) {
        (void)snprintf(temporary, size, "%.*s.%.*s.%0*x%s", (int)(name - path), path,
                       (int)key_length(name), name, n_digits, random_digits(attempt), ending);
        int descriptor =
            perebor_file_open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
        if (descriptor >= 0 || errno != EEXIST) {
            return descriptor;
        }
    }
    return -1;
}

perebor_status perebor_draft_open(perebor_draft *draft, const char *path, perebor_error *error) {
    perebor_status status;
    perebor_draft result = {.descriptor = -1};
    PEREBOR_TRY(failed, perebor_file_follow(path, &result.path, error));
    perebor_file_identity there = perebor_file_identify(result.path);
    size_t size = strlen(result.path) + n_digits + sizeof ending + 2;
    result.temporary = malloc(size);
    if (result.temporary == NULL) {
        status = perebor_no_memory(error, "to write %s", path);
        goto failed;
    }
    result.descriptor = create_temporary(result.temporary, size, result.path,
                                         there.exists ? (mode_t)there.mode & 0777 : new_mode);
    if (result.descriptor < 0) {
        status = fail_io(error, "create", path);
        goto failed;
    }
    result.is_open = true;
    // For perebor_draft_sweep() alone: where a file system has no locks, nothing is swept.
    (void)flock(result.descriptor, LOCK_EX | LOCK_NB);
    if (there.exists) {
        (void)fchmod(result.descriptor, (mode_t)there.mode); // what umask took
    }
    *draft = result;
    return PEREBOR_OK;
failed:
    perebor_draft_discard(&result);
    return status;
}

perebor_status perebor_draft_write(perebor_draft *draft, const void *bytes, size_t size,
                                   perebor_error *error) {
    return perebor_file_write_all(draft->descriptor, draft->path, bytes, size, error);
}

static perebor_status refuse_other(const char *path, bool expected, perebor_error *error) {
    return expected ? perebor_fail(error, PEREBOR_ERR_CONFLICT,
                                   "%s was replaced by another process meanwhile, and is not "
                                   "overwritten",
                                   path)
                    : perebor_fail(error, PEREBOR_ERR_CONFLICT, "%s exists, and is not overwritten",
                                   path);
}

/** Gives the finished draft its name without replacing another file. */
static perebor_status link_new(const char *temporary, const char *path, perebor_error *error) {
    struct stat about;
    if (link(temporary, path) == 0) {
        (void)unlink(temporary);
        return PEREBOR_OK;
    }
    if (errno == EEXIST || lstat(path, &about) == 0) {
        return refuse_other(path, false, error);
    }
    // No hard links here (FAT, some network file systems): the name was free a moment ago.
    return rename(temporary, path) == 0 ? PEREBOR_OK : fail_io(error, "create", path);
}

static perebor_status give_name(const perebor_draft *draft, const perebor_file_identity *expected,
                                perebor_error *error) {
    perebor_file_identity there = perebor_file_identify(draft->path);
    if (!there.exists) {
        return link_new(draft->temporary, draft->path, error);
    }
    if (!there.is_regular) {
        return perebor_fail(error, PEREBOR_ERR_CONFLICT, "%s is not a regular file", draft->path);
    }
    if (!perebor_file_identity_unchanged(expected, &there)) {
        return refuse_other(draft->path, expected->exists, error);
    }
    return rename(draft->temporary, draft->path) == 0 ? PEREBOR_OK
                                                      : fail_io(error, "replace", draft->path);
}

perebor_status perebor_draft_publish(perebor_draft *draft, perebor_file_identity *expected,
                                     perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    if (perebor_file_sync(draft->descriptor, false) != 0) {
        return fail_io(error, "bring to the disk", draft->path);
    }
    perebor_file_identity written = perebor_file_identify(draft->temporary);
    (void)flock(draft->descriptor, LOCK_UN);
    PEREBOR_TRY(done, give_name(draft, expected, error));
    *expected = written;
    (void)close(draft->descriptor);
    draft->is_open = false;
    status = perebor_file_sync_folder(draft->path, error);
done:
    return status;
}

void perebor_draft_discard(perebor_draft *draft) {
    if (draft->is_open) {
        assert(draft->temporary != NULL);
        (void)unlink(draft->temporary);
        (void)close(draft->descriptor);
    }
    free(draft->path);
    free(draft->temporary);
    *draft = (perebor_draft){.descriptor = -1};
}

/** Whether an entry of a folder is a draft of a name. */
static bool is_draft(const char *entry, const char *name) {
    size_t length = key_length(name);
    if (entry[0] != '.' || strncmp(entry + 1, name, length) != 0 || entry[length + 1] != '.') {
        return false;
    }
    const char *digits = entry + length + 2;
    return strspn(digits, "0123456789abcdef") == n_digits && strcmp(digits + n_digits, ending) == 0;
}

/** Deletes a draft if nobody is writing it. */
static void sweep_one(int folder, const char *entry) {
    struct stat about;
    int descriptor = openat(folder, entry, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) {
        return;
    }
    if (fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode) && about.st_nlink == 1 &&
        flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
        (void)unlinkat(folder, entry, 0);
    }
    (void)close(descriptor);
}

/** Sweeps a folder of the drafts of a name. @param[in] folder  NULL: no memory. */
static perebor_status sweep_folder(const char *folder, const char *name, perebor_error *error) {
    errno = folder == NULL ? ENOMEM : 0;
    DIR *entries = folder == NULL ? NULL : opendir(folder);
    if (entries == NULL) {
        return errno != ENOMEM ? PEREBOR_OK
                               : perebor_no_memory(error, "to look for drafts of %s", name);
    }
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (is_draft(entry->d_name, name)) {
            sweep_one(dirfd(entries), entry->d_name);
        }
    }
    (void)closedir(entries);
    return PEREBOR_OK;
}

perebor_status perebor_draft_sweep(const char *path, perebor_error *error) {
    char *target = NULL;
    perebor_status status = perebor_file_follow(path, &target, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    const char *name = name_in(target);
    char *folder = name == target ? strdup(".") : strndup(target, (size_t)(name - target));
    status = sweep_folder(folder, name, error);
    free(folder);
    free(target);
    return status;
}
