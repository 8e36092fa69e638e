// SPDX-License-Identifier: MIT
/**
 * @file generated_file.h
 * A file that is written piece by piece and appears under its name only when it is whole.
 */
#ifndef PEREBOR_GENERATE_GENERATED_FILE_H
#define PEREBOR_GENERATE_GENERATED_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/draft.h"
#include "perebor/status.h"

/** A file being written. Starts as {0}. */
typedef struct generated_file {
    perebor_draft draft;
    perebor_file_identity found; /**< What is there, and is replaced. */
} generated_file;

/** A path in a folder, which the caller frees; NULL if there is no memory. */
char *generated_file_path(const char *folder, const char *name, const char *suffix);

/** The files that every generation writes, and how the first of them begins. */
#define GENERATED_TRUTH "truth.csv"
#define GENERATED_TRUTH_START "id,component,y,p_true"
#define GENERATED_FAULTS "dirt.json"

/**
 * @param[in] suffix  Appended to the name.
 * @retval PEREBOR_ERR_IO  The system refused.
 */
PEREBOR_MUST_CHECK perebor_status generated_file_open(generated_file *file, const char *folder,
                                                      const char *name, const char *suffix,
                                                      perebor_error *error);

PEREBOR_MUST_CHECK perebor_status generated_file_write(generated_file *file, const void *bytes,
                                                       size_t size, perebor_error *error);

/**
 * Appends all of another file.
 *
 * @param[in]  before  Written before it, unless it is empty.
 * @param[out] size    Of the other file.
 */
PEREBOR_MUST_CHECK perebor_status generated_file_append(generated_file *file, const char *path,
                                                        const char *before, uint64_t *size,
                                                        perebor_error *error);

/** Brings it to the disk and gives it its name. */
PEREBOR_MUST_CHECK perebor_status generated_file_finish(generated_file *file, perebor_error *error);

/** Deletes what is not finished; frees. Fine after generated_file_finish(). */
void generated_file_release(generated_file *file);

#endif
