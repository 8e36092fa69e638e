// SPDX-License-Identifier: MIT
/**
 * @file own_file.h
 * Which files a generation may replace: those that one wrote, and nobody else's.
 */
#ifndef PEREBOR_GENERATE_OWN_FILE_H
#define PEREBOR_GENERATE_OWN_FILE_H

#include <stddef.h>

#include "generate/generator.h"

/**
 * Decides whether a file may be written. One that is there may be replaced only if that was asked
 * for, and if it is what generations write under that name: a table begins with that table's own
 * header and has a truth.csv beside it.
 *
 * @param[in] table  Number of the table whose file it is; n_tables: of another file.
 * @param[in] name   Of the file in options->folder.
 *
 * @retval PEREBOR_ERR_CONFLICT  It is there, and stays.
 */
PEREBOR_MUST_CHECK perebor_status own_file_check(const perebor_generator *generator,
                                                 const perebor_generate_options *options,
                                                 size_t table, const char *name,
                                                 perebor_error *error);

#endif
