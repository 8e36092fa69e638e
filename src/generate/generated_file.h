// SPDX-License-Identifier: MIT
/**
 * @file generated_file.h
 * A file that is written row by row and appears under its name only when it is whole.
 */
#ifndef PEREBOR_GENERATE_GENERATED_FILE_H
#define PEREBOR_GENERATE_GENERATED_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "perebor/status.h"

/** A file being written under a temporary name beside its own. */
typedef struct generated_file {
    FILE *stream;
    char *path, *temporary;
    bool overwrite;
} generated_file;

/** @retval PEREBOR_ERR_CONFLICT  It exists and may not be replaced. */
PEREBOR_MUST_CHECK perebor_status generated_file_open(generated_file *file, const char *folder,
                                                      const char *name, bool overwrite,
                                                      perebor_error *error);

/** Brings it to the disk and gives it its name. */
PEREBOR_MUST_CHECK perebor_status generated_file_finish(generated_file *file, perebor_error *error);

/** Deletes what is not finished; frees. Fine after generated_file_finish(). */
void generated_file_release(generated_file *file);

#endif
