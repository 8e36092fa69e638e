// SPDX-License-Identifier: MIT
#include "perebor/file_identity.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** As many links in a row as Linux follows. */
enum { max_links = 40, permissions = 07777 };

perebor_file_identity perebor_file_identify(const char *path) {
    struct stat about;
    if (stat(path, &about) != 0) {
        return (perebor_file_identity){0};
    }
    return (perebor_file_identity){.exists = true,
                                   .is_regular = S_ISREG(about.st_mode),
                                   .device = (uint64_t)about.st_dev,
                                   .inode = (uint64_t)about.st_ino,
                                   .size = (uint64_t)about.st_size,
                                   .mode = (uint32_t)about.st_mode & permissions};
}

bool perebor_file_identity_same_file(const perebor_file_identity *a,
                                     const perebor_file_identity *b) {
    return a->exists && b->exists && a->device == b->device && a->inode == b->inode;
}

bool perebor_file_identity_unchanged(const perebor_file_identity *before,
                                     const perebor_file_identity *now) {
    return before->exists == now->exists &&
           (!now->exists ||
            (perebor_file_identity_same_file(before, now) && before->size == now->size));
}

/** Where a link in the folder of @p path leads. The caller frees it; NULL: no memory. */
static char *resolve(const char *path, const char *link) {
    const char *slash = strrchr(path, '/');
    size_t folder = slash == NULL || link[0] == '/' ? 0 : (size_t)(slash - path) + 1;
    size_t size = folder + strlen(link) + 1;
    char *target = malloc(size);
    if (target != NULL) {
        (void)snprintf(target, size, "%.*s%s", (int)folder, path, link);
    }
    return target;
}

perebor_status perebor_file_follow(const char *path, char **target, perebor_error *error) {
    char *at = strdup(path);
    for (int n_links = 0; at != NULL && n_links < max_links; n_links++) {
        char link[PATH_MAX];
        ssize_t length = readlink(at, link, sizeof link - 1);
        if (length <= 0) {
            *target = at;
            return PEREBOR_OK;
        }
        link[length] = '\0';
        char *next = resolve(at, link);
        free(at);
        at = next;
    }
    if (at == NULL) {
        return perebor_no_memory(error, "for the name %s", path);
    }
    free(at);
    return perebor_fail(error, PEREBOR_ERR_IO, "%s: %s", path, strerror(ELOOP));
}
