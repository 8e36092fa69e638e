// SPDX-License-Identifier: MIT
#include "generate/own_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "generate/generated_file.h"
#include "generate/generated_rows.h"

/** A table's header is written plainly, as dirty files have it, or with the marks of extreme ones.
 */
enum { n_forms = 3 };

/** Whether a file is there and begins so. */
static bool begins_with(const char *path, const char *beginning, size_t length) {
    int descriptor = -1;
    char *start = malloc(length + 1);
    bool begins = false;
    if (start != NULL && perebor_file_open_regular(path, &descriptor, NULL) == PEREBOR_OK) {
        begins = pread(descriptor, start, length, 0) == (ssize_t)length &&
                 memcmp(start, beginning, length) == 0;
        (void)close(descriptor);
    }
    free(start);
    return begins;
}

static bool begins_with_text(const char *path, const char *beginning) {
    return begins_with(path, beginning, strlen(beginning));
}

/** Whether a file begins with a form of the header that a generation gives a table. */
static bool has_header_of(const perebor_generator *generator, size_t table, const char *path) {
    bool found = false;
    for (int form = 0; form < n_forms && !found; form++) {
        generated_text header = {0};
        fault_list ignored = {0};
        perebor_json_begin_array(&ignored.json);
        generated_rows rows = {.generator = generator,
                               .table = table,
                               .clean = form == 0,
                               .extreme = form == 2,
                               .faults = &ignored};
        generated_rows_header(&rows, &header);
        found = !header.failed && begins_with(path, header.bytes, header.length);
        generated_text_release(&header);
        perebor_json_release(&ignored.json);
    }
    return found;
}

static bool is_own(const perebor_generator *generator, const char *folder, size_t table,
                   const char *name, const char *path) {
    perebor_file_identity there = perebor_file_identify(path);
    if (!there.is_regular || there.size == 0) {
        return there.is_regular;
    }
    if (strcmp(name, GENERATED_FAULTS) == 0) {
        return begins_with_text(path, "[]") || begins_with_text(path, "[{\"kind\":");
    }
    char *truth = generated_file_path(folder, GENERATED_TRUTH, "");
    bool found = truth != NULL && begins_with_text(truth, GENERATED_TRUTH_START) &&
                 (table == generator->n_tables || has_header_of(generator, table, path));
    free(truth);
    return found;
}

perebor_status own_file_check(const perebor_generator *generator,
                              const perebor_generate_options *options, size_t table,
                              const char *name, perebor_error *error) {
    char *path = generated_file_path(options->folder, name, "");
    if (path == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for %s", name);
    }
    perebor_status status = PEREBOR_OK;
    bool exists = perebor_file_identify(path).exists;
    if (exists && !options->overwrite) {
        status =
            perebor_fail(error, PEREBOR_ERR_CONFLICT, "%s exists; --overwrite replaces it", path);
    } else if (exists && !is_own(generator, options->folder, table, name, path)) {
        status = perebor_fail(error, PEREBOR_ERR_CONFLICT,
                              "%s does not look like a file that generate wrote: --overwrite "
                              "does not replace it; choose another folder with -o, or delete it "
                              "yourself",
                              path);
    }
    free(path);
    return status;
}
