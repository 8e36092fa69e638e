// SPDX-License-Identifier: MIT
/**
 * @file byte_stream.h
 * The text of a table as a stream of bytes: from a regular file or from memory, decompressed where
 * it is gzip or zstd, and UTF-8 where it was UTF-16; in constant memory, however large it is.
 *
 * A file that is no text, such as a workbook, is refused by what it is.
 */
#ifndef PEREBOR_TABLE_BYTE_STREAM_H
#define PEREBOR_TABLE_BYTE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "perebor/status.h"
#include "table/decompress.h"
#include "table/encoding.h"

/** Bytes that one layer has from the one below and has not used. */
typedef struct byte_feed {
    char *bytes;      /**< Allocated; NULL until needed. */
    const char *next; /**< Not yet used: n_left bytes. */
    size_t n_left;
} byte_feed;

/** Everything in it is private to byte_stream.c but what is marked. */
typedef struct byte_stream {
    const char *name;
    const char *encoding;    /**< To be read: declared or by its mark; NULL: neither. */
    bool has_mark;           /**< To be read: it began with the byte order mark of UTF-8. */
    compression compression; /**< To be read. */
    uint64_t n_bytes;        /**< To be read: taken from the source so far, as it lies there. */

    int file; /**< -1: memory. */
    const char *memory;
    size_t memory_left;
    perebor_sha256 digest;
    bool is_digested; /**< May be set to false: nobody asks for the digest. */
    bool at_end;      /**< Nothing is left of the source beyond the feeds. */
    uint64_t n_decompressed;
    byte_feed compressed; /**< As they lie in the source. */
    byte_feed encoded;    /**< Decompressed, not yet in UTF-8. */
    bool encoded_at_end;
    decompressor *decompressor;
    recoder *recoder;
} byte_stream;

/**
 * Opens a regular file for reading, and nothing else: a pipe or a device may never begin, or never
 * end.
 *
 * @param[out] file  The caller closes it.
 *
 * @retval PEREBOR_ERR_IO  It cannot be opened, or is not a regular file.
 */
PEREBOR_MUST_CHECK perebor_status byte_stream_open_regular(int *file, const char *name,
                                                           perebor_error *error);

/**
 * Opens a file.
 *
 * @param[in] name      Borrowed; the path.
 * @param[in] encoding  As declared, of perebor_encoding_find(); NULL: by the byte order mark.
 *
 * @retval PEREBOR_ERR_IO      It cannot be opened, or is not a regular file.
 * @retval PEREBOR_ERR_FORMAT  It is no text, or its mark contradicts the declaration.
 */
PEREBOR_MUST_CHECK perebor_status byte_stream_open_file(byte_stream *stream, const char *name,
                                                        const char *encoding, perebor_error *error);

/** The same from memory, which is borrowed. */
PEREBOR_MUST_CHECK perebor_status byte_stream_open_memory(byte_stream *stream, const char *name,
                                                          const char *encoding, const char *bytes,
                                                          size_t size, perebor_error *error);

/** Text in memory, which is borrowed, taken as it is. */
void byte_stream_wrap(byte_stream *stream, const char *name, const char *bytes, size_t size);

/**
 * Reads some, as much as is at hand and has room.
 *
 * @param[out] n_got  0 at the end only.
 */
PEREBOR_MUST_CHECK perebor_status byte_stream_read(byte_stream *stream, char *to, size_t capacity,
                                                   size_t *n_got, perebor_error *error);

/** Closes what was opened; one that failed to open needs it not. */
void byte_stream_close(byte_stream *stream);

#endif
