// SPDX-License-Identifier: MIT
#include "table/missing_file.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/nearest_file.h"

static perebor_status fail(const table_load *load, const perebor_table_source *source,
                           const char *problem, const char *hint, perebor_error *error) {
    if (source->at.line == 0) { // named by --set
        return perebor_fail(error, PEREBOR_ERR_IO, "%s: table \"%s\": %s %s%s", load->spec->file,
                            source->name, problem, source->path, hint);
    }
    return perebor_fail(error, PEREBOR_ERR_IO, "%s:%u:%u: table \"%s\": %s %s%s", load->spec->file,
                        source->at.line, source->at.column, source->name, problem, source->path,
                        hint);
}

/** Whether the folder of a file is there. */
static bool has_folder(const char *path) {
    char folder[PATH_MAX];
    struct stat about;
    const char *slash = strrchr(path, '/');
    if (slash == NULL || slash == path || slash - path >= PATH_MAX) {
        return true;
    }
    (void)snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
    return stat(folder, &about) == 0 && S_ISDIR(about.st_mode);
}

perebor_status table_check_file(const table_load *load, const perebor_table_source *source,
                                perebor_error *error) {
    struct stat about;
    char hint[NEAREST_FILE_SIZE];
    if (stat(source->path, &about) == 0 || (errno != ENOENT && errno != ENOTDIR)) {
        return PEREBOR_OK; // what else is wrong, opening it will tell
    }
    if (lstat(source->path, &about) == 0) {
        return fail(load, source, "a link leads to nothing:", "", error);
    }
    if (!has_folder(source->path)) {
        return fail(load, source, "there is no folder of the file", "", error);
    }
    perebor_nearest_file(source->path, hint);
    return fail(load, source, "there is no file", hint, error);
}
