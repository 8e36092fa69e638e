// SPDX-License-Identifier: MIT
/**
 * @file output_file.h
 * Output of a command that goes to a file: nobody sees half of it.
 */
#ifndef PEREBOR_CLI_OUTPUT_FILE_H
#define PEREBOR_CLI_OUTPUT_FILE_H

#include <stdio.h>

#include "perebor/file_identity.h"
#include "perebor/status.h"

/** Writes a command's output. */
typedef perebor_status output_file_write(const void *context, FILE *stream, perebor_error *error);

/**
 * Has it written into memory, and then gives the file its name in one step.
 *
 * @param[in,out] found  What perebor_output_check() found there.
 */
PEREBOR_MUST_CHECK perebor_status output_file_replace(const char *path,
                                                      perebor_file_identity *found,
                                                      output_file_write *write, const void *context,
                                                      perebor_error *error);

#endif
