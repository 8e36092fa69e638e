// SPDX-License-Identifier: MIT
#include "cli/output_file.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/file_write.h"

perebor_status output_file_replace(const char *path, perebor_file_identity *found,
                                   output_file_write *write, const void *context,
                                   perebor_error *error) {
    char *bytes = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&bytes, &size);
    if (stream == NULL) {
        return perebor_no_memory(error, "to write %s", path);
    }
    perebor_status status = write(context, stream, error);
    bool whole = ferror(stream) == 0;
    whole = fclose(stream) == 0 && whole;
    if (status == PEREBOR_OK) {
        status = whole ? perebor_file_replace(path, bytes, size, found, error)
                       : perebor_no_memory(error, "to write %s", path);
    }
    free(bytes);
    return status;
}
