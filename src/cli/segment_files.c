// SPDX-License-Identifier: MIT
#include "cli/segment_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/try.h"
#include "cli/output_file.h"
#include "cli/segment_lines.h"

static const perebor_output_kind customers_kind = {.name = "a table of customers",
                                                   .beginning = segment_customers_beginning};
static const perebor_output_kind segments_kind = {.name = "a table of segments",
                                                  .beginning = segment_segments_beginning};
static const perebor_output_kind profiles_kind = {.name = "a table of profiles",
                                                  .beginning = segment_profiles_beginning};

/** What a writer needs. */
typedef struct written {
    const segmentation *made;
    csv_form form;
} written;

static perebor_status write_customers(const void *context, FILE *stream, perebor_error *error) {
    const written *written = context;
    csv_sheet sheet = csv_sheet_begin(stream, &written->form);
    return segment_write_customers(&sheet, written->made, error);
}

static perebor_status write_segments(const void *context, FILE *stream, perebor_error *error) {
    const written *written = context;
    csv_sheet sheet = csv_sheet_begin(stream, &written->form);
    return segment_write_segments(&sheet, written->made, error);
}

static perebor_status write_profiles(const void *context, FILE *stream, perebor_error *error) {
    const written *written = context;
    csv_sheet sheet = csv_sheet_begin(stream, &written->form);
    return segment_write_profiles(&sheet, written->made, error);
}

/** The files of the folder. */
static const struct {
    const char *name;
    const perebor_output_kind *kind;
    output_file_write *write;
} tables[] = {{"customers.csv", &customers_kind, write_customers},
              {"segments.csv", &segments_kind, write_segments},
              {"segment_profiles.csv", &profiles_kind, write_profiles}};
enum { n_tables = sizeof tables / sizeof *tables };

/** folder/name, to be freed; NULL if memory is short. */
static char *join(const char *folder, const char *name) {
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);
    if (path != NULL) {
        (void)snprintf(path, size, "%s/%s", folder, name);
    }
    return path;
}

/** Decides about a table, and writes it if there is something to write. */
static perebor_status handle(const segment_files *files, size_t table, const written *written,
                             const perebor_input *inputs, size_t n_inputs, perebor_error *error) {
    perebor_status status;
    perebor_file_identity found = {0};
    char *path = join(files->folder, tables[table].name);
    if (path == NULL) {
        return perebor_no_memory(error, "to write segments");
    }
    PEREBOR_TRY(done, perebor_output_check(path, tables[table].kind, files->overwrite, inputs,
                                           n_inputs, &found, error));
    if (written != NULL) {
        status = output_file_replace(path, &found, tables[table].write, written, error);
    }
done:
    free(path);
    return status;
}

perebor_status segment_files_check(const segment_files *files, const perebor_input *inputs,
                                   size_t n_inputs, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < n_tables; i++) {
        PEREBOR_TRY(done, handle(files, i, NULL, inputs, n_inputs, error));
    }
done:
    return status;
}

perebor_status segment_files_write(const segment_files *files, const segmentation *made,
                                   const perebor_input *inputs, size_t n_inputs,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const written written = {made, files->form};
    if (mkdir(files->folder, 0777) != 0 && errno != EEXIST) {
        return perebor_fail(error, PEREBOR_ERR_IO, "cannot make the folder %s: %s", files->folder,
                            strerror(errno));
    }
    for (size_t i = 0; i < n_tables; i++) {
        PEREBOR_TRY(done, handle(files, i, &written, inputs, n_inputs, error));
    }
done:
    return status;
}
