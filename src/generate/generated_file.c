// SPDX-License-Identifier: MIT
#include "generate/generated_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/try.h"

static perebor_status refused(const generated_file *file, perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_IO, "%s: cannot be written (%s)", file->path,
                        strerror(errno));
}

perebor_status generated_file_open(generated_file *file, const char *folder, const char *name,
                                   bool overwrite, perebor_error *error) {
    perebor_status status;
    size_t size = strlen(folder) + strlen(name) + sizeof "/.tmp";
    generated_file made = {.path = malloc(size), .temporary = malloc(size), .overwrite = overwrite};
    if (made.path == NULL || made.temporary == NULL) {
        status = perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for %s", name);
        goto done;
    }
    snprintf(made.path, size, "%s/%s", folder, name);
    snprintf(made.temporary, size, "%s/%s.tmp", folder, name);
    if (!overwrite && access(made.path, F_OK) == 0) {
        status = perebor_fail(error, PEREBOR_ERR_CONFLICT, "%s exists; --overwrite replaces it",
                              made.path);
        goto done;
    }
    made.stream = fopen(made.temporary, "wb");
    if (made.stream == NULL) {
        status = refused(&made, error);
        goto done;
    }
    *file = made;
    return PEREBOR_OK;
done:
    generated_file_release(&made);
    return status;
}

perebor_status generated_file_finish(generated_file *file, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    FILE *stream = file->stream;
    file->stream = NULL;
    bool written = fflush(stream) == 0 && ferror(stream) == 0 && fsync(fileno(stream)) == 0;
    written = fclose(stream) == 0 && written;
    if (!written || rename(file->temporary, file->path) != 0) {
        status = refused(file, error);
        (void)unlink(file->temporary);
        return status;
    }
    return perebor_file_sync_folder(file->path, error);
}

void generated_file_release(generated_file *file) {
    if (file->stream != NULL) {
        (void)fclose(file->stream);
        (void)unlink(file->temporary);
    }
    free(file->path);
    free(file->temporary);
    *file = (generated_file){0};
}
