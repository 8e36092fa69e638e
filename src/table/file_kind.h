// SPDX-License-Identifier: MIT
/**
 * @file file_kind.h
 * Files that are often given for tables of text and are none, told by their first bytes.
 */
#ifndef PEREBOR_TABLE_FILE_KIND_H
#define PEREBOR_TABLE_FILE_KIND_H

#include <stddef.h>

#include "perebor/status.h"

/** How many first bytes are worth looking at. */
enum { FILE_KIND_SAMPLE = 4096 };

/**
 * Fails if the bytes are the beginning of something else than a table of text, and says what it is
 * and what to do.
 */
PEREBOR_MUST_CHECK perebor_status file_kind_check(const char *name, const char *bytes, size_t size,
                                                  perebor_error *error);

#endif
