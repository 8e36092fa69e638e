// SPDX-License-Identifier: MIT
/**
 * @file encoding.h
 * Encodings of text other than UTF-8, by iconv.
 *
 * Those of one byte a character agree with ASCII, so that records can be parsed first and cells
 * converted afterwards: that is a charset. Those of more (UTF-16) are converted before anything
 * else looks at the bytes: that is a recoder.
 */
#ifndef PEREBOR_TABLE_ENCODING_H
#define PEREBOR_TABLE_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/** Whether an encoding of perebor_encoding_find() is of one byte a character. */
bool encoding_is_charset(const char *encoding);

/**
 * The encoding that a byte order mark announces ("utf-8", "utf-16le", …), or NULL.
 *
 * @param[out] mark_size  Bytes of the mark.
 */
const char *encoding_of_mark(const char *bytes, size_t size, size_t *mark_size);

/** UTF-16 without a mark, told by the zero bytes of its ASCII: its name, or NULL. */
const char *encoding_of_zeros(const char *bytes, size_t size);

enum { CHARSET_SIZE = 256, CHARSET_MAX_LENGTH = 4 };

/** What each byte of an encoding means. */
typedef struct charset {
    char utf8[CHARSET_SIZE][CHARSET_MAX_LENGTH];
    uint8_t length[CHARSET_SIZE]; /**< 0: the byte means nothing. */
} charset;

/** @retval PEREBOR_ERR_IO  This system's iconv does not know the encoding. */
PEREBOR_MUST_CHECK perebor_status charset_load(charset *set, const char *encoding,
                                               perebor_error *error);

/**
 * Converts a text to UTF-8.
 *
 * @param[out] result  At least CHARSET_MAX_LENGTH * @p length bytes.
 * @param[out] bad     The byte that means nothing, if there is one.
 *
 * @return The length of the result, or SIZE_MAX if a byte means nothing.
 */
size_t charset_convert(const charset *set, char *result, const char *text, size_t length,
                       unsigned char *bad);

typedef struct recoder recoder;

/** @param[in] name  Borrowed; the file, for messages. */
PEREBOR_MUST_CHECK perebor_status recoder_create(recoder **result, const char *encoding,
                                                 const char *name, perebor_error *error);

/**
 * Converts some.
 *
 * @param[in,out] from   Narrowed by what was used of it; a character that is cut stays.
 * @param[in]     last   Nothing follows what is in @p from.
 * @param[out]    n_got  Bytes written to @p to; 0 if more input is needed or there is no more.
 *
 * @retval PEREBOR_ERR_FORMAT  The bytes are not of the encoding.
 */
PEREBOR_MUST_CHECK perebor_status recoder_run(recoder *state, const char **from, size_t *n_from,
                                              bool last, char *to, size_t capacity, size_t *n_got,
                                              perebor_error *error);

/** NULL is fine. */
void recoder_free(recoder *state);

#endif
