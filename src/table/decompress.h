// SPDX-License-Identifier: MIT
/**
 * @file decompress.h
 * gzip and Zstandard, piece by piece, in constant memory.
 *
 * Several members or frames one after the other are one stream, as `cat a.gz b.gz` makes it.
 */
#ifndef PEREBOR_TABLE_DECOMPRESS_H
#define PEREBOR_TABLE_DECOMPRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/status.h"

typedef enum compression { COMPRESSION_NONE, COMPRESSION_GZIP, COMPRESSION_ZSTD } compression;

/** What a file is compressed with, by its first bytes. */
compression compression_of(const char *bytes, size_t size);

/** "gzip", "zstd", or "" for none. */
const char *compression_name(compression kind);

typedef struct decompressor decompressor;

/** @param[in] name  Borrowed; the file, for messages. */
PEREBOR_MUST_CHECK perebor_status decompressor_create(decompressor **result, compression kind,
                                                      const char *name, perebor_error *error);

/**
 * Decompresses some.
 *
 * @param[in,out] from   Narrowed by what was used of it.
 * @param[out]    n_got  How many bytes were written to @p to; 0 if more input is needed.
 *
 * @retval PEREBOR_ERR_FORMAT  The data are damaged, or something else follows them.
 */
PEREBOR_MUST_CHECK perebor_status decompressor_run(decompressor *state, const char **from,
                                                   size_t *n_from, char *to, size_t capacity,
                                                   size_t *n_got, perebor_error *error);

/** Whether the input may end here: fails if it is in the middle of something. */
PEREBOR_MUST_CHECK perebor_status decompressor_check_end(const decompressor *state,
                                                         perebor_error *error);

/** NULL is fine. */
void decompressor_free(decompressor *state);

#endif
