// SPDX-License-Identifier: MIT
/**
 * @file generator_file.h
 * generator.yaml, read. docs/reference/generator.md lists its keys.
 */
#ifndef PEREBOR_CONFIG_GENERATOR_FILE_H
#define PEREBOR_CONFIG_GENERATOR_FILE_H

#include <stddef.h>

#include "generate/generator.h"
#include "perebor/status.h"

/**
 * Reads a generator file. Every fault is an error that names file:line:column and the remedy.
 *
 * @param[out] generator  Freed with perebor_generator_free().
 *
 * @retval PEREBOR_ERR_IO      The file cannot be read.
 * @retval PEREBOR_ERR_FORMAT  Not YAML, or not a generator.
 */
PEREBOR_MUST_CHECK perebor_status perebor_generator_read(perebor_generator **generator,
                                                         const char *path, perebor_error *error);

/**
 * The same for a text.
 *
 * @param[in] path  Its name, for messages.
 */
PEREBOR_MUST_CHECK perebor_status perebor_generator_parse(perebor_generator **generator,
                                                          const char *path, const char *text,
                                                          size_t size, perebor_error *error);

/** Frees a generator that was read. Does nothing if it is NULL. */
void perebor_generator_free(perebor_generator *generator);

#endif
