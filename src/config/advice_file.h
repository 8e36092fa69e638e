// SPDX-License-Identifier: MIT
/**
 * @file advice_file.h
 * A file of templates for advice, read. docs/reference/advice.md lists its keys.
 */
#ifndef PEREBOR_CONFIG_ADVICE_FILE_H
#define PEREBOR_CONFIG_ADVICE_FILE_H

#include "base/arena.h"
#include "offer/advice.h"
#include "perebor/status.h"

/**
 * Reads the file. Every fault is an error that names file:line:column and the remedy.
 *
 * @param[in] arena  What was read belongs to it.
 *
 * @retval PEREBOR_ERR_IO      The file cannot be read.
 * @retval PEREBOR_ERR_FORMAT  Not YAML, or not such a file.
 */
PEREBOR_MUST_CHECK perebor_status advice_file_read(offer_advice *advice, perebor_arena *arena,
                                                   const char *path, perebor_error *error);

#endif
