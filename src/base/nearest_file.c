// SPDX-License-Identifier: MIT
#include "base/nearest_file.h"

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"

enum { max_names = 4096 };

/** How far apart two names are; SIZE_MAX if too far. */
static size_t distance(const char *wanted, const char *name) {
    char stem[NAME_MAX + 1];
    char other[NAME_MAX + 1];
    const char *ending = strrchr(wanted, '.');
    const char *its_ending = strrchr(name, '.');
    (void)snprintf(stem, sizeof stem, "%s", wanted);
    (void)snprintf(other, sizeof other, "%s", name);
    if (ending != NULL && ending != wanted && its_ending != NULL &&
        strcmp(ending, its_ending) == 0) {
        stem[ending - wanted] = '\0';
        other[its_ending - name] = '\0';
    }
    const char *candidate = other;
    return perebor_suggest(stem, &candidate, 1) == NULL ? SIZE_MAX
                                                        : perebor_spelling_distance(stem, other);
}

void perebor_nearest_file(const char *path, char hint[NEAREST_FILE_SIZE]) {
    char folder_name[PATH_MAX];
    char nearest[NAME_MAX + 1] = "";
    size_t nearest_distance = SIZE_MAX;
    const char *slash = strrchr(path, '/');
    const char *wanted = slash == NULL ? path : slash + 1;
    size_t length = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    hint[0] = '\0';
    if (length >= sizeof folder_name || strlen(wanted) > NAME_MAX) {
        return;
    }
    (void)snprintf(folder_name, sizeof folder_name, "%.*s", slash == NULL ? 1 : (int)length,
                   slash == NULL ? "." : path);
    DIR *folder = opendir(folder_name);
    struct dirent *entry = NULL;
    for (size_t n = 0; folder != NULL && n < max_names && (entry = readdir(folder)) != NULL; n++) {
        bool other = entry->d_name[0] != '.' && strcmp(entry->d_name, wanted) != 0;
        size_t d = other ? distance(wanted, entry->d_name) : SIZE_MAX;
        if (d < nearest_distance ||
            (d == nearest_distance && d < SIZE_MAX && strcmp(entry->d_name, nearest) < 0)) {
            nearest_distance = d;
            (void)snprintf(nearest, sizeof nearest, "%s", entry->d_name);
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    if (nearest[0] != '\0') {
        (void)snprintf(hint, NEAREST_FILE_SIZE, " (did you mean \"%s\"?)", nearest);
    }
}
