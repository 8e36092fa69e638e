// SPDX-License-Identifier: MIT
#include "table/missing_file.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/suggest.h"

enum { max_names = 4096 };

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

/** The name in the folder that is nearest to the one that is not there, as a hint, or "". */
static const char *nearest_hint(perebor_arena *arena, DIR *folder, const char *name) {
    const char *names[max_names];
    size_t n = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL && n < max_names;
         entry = readdir(folder)) {
        bool hidden = entry->d_name[0] == '.';
        const char *copy = hidden ? NULL : perebor_arena_text(arena, entry->d_name);
        if (copy != NULL) {
            names[n++] = copy;
        }
    }
    return table_hint(arena, name, names, n);
}

perebor_status table_check_file(const table_load *load, const perebor_table_source *source,
                                perebor_error *error) {
    struct stat about;
    if (stat(source->path, &about) == 0 || (errno != ENOENT && errno != ENOTDIR)) {
        return PEREBOR_OK; // what else is wrong, opening it will tell
    }
    perebor_arena arena = {0};
    const char *slash = strrchr(source->path, '/');
    const char *name = slash == NULL ? source->path : slash + 1;
    size_t length = slash == NULL ? 0 : (size_t)(slash - source->path) + 1;
    const char *path = slash == NULL ? "." : perebor_arena_copy(&arena, source->path, length);
    DIR *folder = path == NULL ? NULL : opendir(path);
    perebor_status status =
        folder == NULL
            ? fail(load, source, "there is no folder of the file", "", error)
            : fail(load, source, "there is no file", nearest_hint(&arena, folder, name), error);
    if (folder != NULL) {
        (void)closedir(folder);
    }
    perebor_arena_release(&arena);
    return status;
}
