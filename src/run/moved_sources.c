// SPDX-License-Identifier: MIT
#include "run/moved_sources.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/nearest_file.h"

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

void moved_sources_release(moved_sources *moved) {
    for (size_t i = 0; i < moved->n; i++) {
        free(moved->paths[i]);
    }
    free((void *)moved->paths);
    free(moved->sources);
    *moved = (moved_sources){0};
}

/** Whether rows can do without a table: only the one that others are joined to has them. */
static bool is_base(const perebor_tables_spec *spec, const perebor_table_source *source) {
    return spec->join.base == NULL ? source == spec->sources
                                   : strcmp(spec->join.base, source->name) == 0;
}

/** Takes each table of the folder that is there; the base table must be. */
static perebor_status move_to_folder(moved_sources *moved, const perebor_tables_spec *spec,
                                     const char *folder, perebor_error *error) {
    struct stat about;
    for (size_t i = 0; i < spec->n_sources; i++) {
        const char *name = base_name(spec->sources[i].path);
        size_t size = strlen(folder) + strlen(name) + 2;
        char *path = malloc(size);
        if (path == NULL) {
            return perebor_no_memory(error, "for predictions");
        }
        (void)snprintf(path, size, "%s/%s", folder, name);
        if (stat(path, &about) != 0) {
            free(path);
            if (is_base(spec, &spec->sources[i])) {
                return perebor_fail(error, PEREBOR_ERR_IO,
                                    "--data %s: there is no %s in the folder, the table \"%s\" of "
                                    "the experiment",
                                    folder, name, spec->sources[i].name);
            }
            continue; // the loader says what goes without it
        }
        moved->sources[moved->n] = spec->sources[i];
        moved->sources[moved->n].path = path;
        moved->paths[moved->n++] = path;
    }
    return PEREBOR_OK;
}

perebor_status moved_sources_find(moved_sources *moved, const perebor_tables_spec *spec,
                                  const char *data, perebor_error *error) {
    struct stat about;
    char hint[NEAREST_FILE_SIZE];
    moved->sources = calloc(spec->n_sources + 1, sizeof *moved->sources);
    moved->paths = calloc(spec->n_sources + 1, sizeof *moved->paths);
    if (moved->sources == NULL || moved->paths == NULL) {
        return perebor_no_memory(error, "for predictions");
    }
    if (stat(data, &about) != 0) {
        perebor_nearest_file(data, hint);
        return perebor_fail(error, PEREBOR_ERR_IO, "--data %s: %s%s", data, strerror(errno), hint);
    }
    if (S_ISDIR(about.st_mode)) {
        return move_to_folder(moved, spec, data, error);
    }
    if (spec->n_sources != 1) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "--data %s: the experiment has %zu tables; name the folder that has "
                            "them, under the names of the experiment",
                            data, spec->n_sources);
    }
    moved->sources[0] = spec->sources[0];
    moved->paths[0] = strdup(data);
    moved->sources[0].path = moved->paths[0];
    moved->n = 1;
    return moved->paths[0] != NULL ? PEREBOR_OK : perebor_no_memory(error, "for predictions");
}
