// SPDX-License-Identifier: MIT
#include "launch/leaked_memory.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** Whether a process has the file mapped. A process that cannot be looked into is not ours. */
static bool maps(const char *process, const char *path) {
    char name[PATH_MAX];
    char line[PATH_MAX + 128];
    bool found = false;
    snprintf(name, sizeof name, "/proc/%s/maps", process);
    FILE *list = fopen(name, "r");
    while (list != NULL && !found && fgets(line, sizeof line, list) != NULL) {
        found = strstr(line, path) != NULL;
    }
    if (list != NULL) {
        (void)fclose(list);
    }
    return found;
}

/** Whether a process has the file open. */
static bool holds(const char *process, const char *path) {
    char name[PATH_MAX];
    char target[PATH_MAX];
    snprintf(name, sizeof name, "/proc/%s/fd", process);
    DIR *descriptors = opendir(name);
    bool found = false;
    if (descriptors == NULL) {
        return false;
    }
    for (struct dirent *entry; !found && (entry = readdir(descriptors)) != NULL;) {
        ssize_t length = readlinkat(dirfd(descriptors), entry->d_name, target, sizeof target - 1);
        if (length > 0) {
            target[length] = '\0';
            found = strcmp(target, path) == 0;
        }
    }
    (void)closedir(descriptors);
    return found;
}

/**
 * Whether any process uses the file. Who makes shared memory opens it, maps it and closes it, in
 * this order: looked for in the same order, it is found at whatever step that process is.
 */
static bool is_used(const char *path) {
    DIR *processes = opendir("/proc");
    bool used = processes == NULL; // Who cannot tell must not remove.
    for (struct dirent *entry; !used && (entry = readdir(processes)) != NULL;) {
        used = isdigit((unsigned char)entry->d_name[0]) &&
               (holds(entry->d_name, path) || maps(entry->d_name, path));
    }
    if (processes != NULL) {
        (void)closedir(processes);
    }
    return used;
}

static bool is_of_mpi(const char *name) {
    static const char *const beginnings[] = {"mpich_shar_tmp", "ucx_shm_posix_"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        if (strncmp(name, beginnings[i], strlen(beginnings[i])) == 0) {
            return true;
        }
    }
    return false;
}

size_t leaked_memory_remove(const char *folder, time_t since) {
    DIR *files = opendir(folder);
    size_t n_removed = 0;
    if (files == NULL) {
        return 0;
    }
    for (struct dirent *entry; (entry = readdir(files)) != NULL;) {
        struct stat found;
        char path[PATH_MAX];
        if (!is_of_mpi(entry->d_name) ||
            fstatat(dirfd(files), entry->d_name, &found, AT_SYMLINK_NOFOLLOW) != 0 ||
            found.st_uid != geteuid() || found.st_mtime < since) {
            continue;
        }
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (!is_used(path) && unlink(path) == 0) {
            n_removed++;
        }
    }
    (void)closedir(files);
    return n_removed;
}
