// SPDX-License-Identifier: MIT
/**
 * @file bytes.h
 * Numbers and texts to bytes and back, little-endian, with every read checked.
 *
 * A writer remembers a failed allocation, a cursor a read past the end; both then do nothing, so
 * that a record is written or read without a check on every line and asked once at its end.
 */
#ifndef PEREBOR_BASE_BYTES_H
#define PEREBOR_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes being written. Starts as {0}; released with bytes_release(). */
typedef struct byte_buffer {
    uint8_t *data;
    size_t size, capacity;
    bool failed;
} byte_buffer;

void bytes_put(byte_buffer *bytes, const void *data, size_t size);

/** Room for @p size bytes at the end, which the caller fills and counts; NULL if there is none. */
void *bytes_reserve(byte_buffer *bytes, size_t size);

void bytes_put_u8(byte_buffer *bytes, uint8_t value);
void bytes_put_u32(byte_buffer *bytes, uint32_t value);
void bytes_put_u64(byte_buffer *bytes, uint64_t value);
void bytes_put_double(byte_buffer *bytes, double value);

/** Length, bytes and a final zero; NULL counts as "". */
void bytes_put_text(byte_buffer *bytes, const char *text);

void bytes_release(byte_buffer *bytes);

/** Bytes being read; borrows them. */
typedef struct bytes_cursor {
    const uint8_t *at;
    size_t left;
    bool failed;
} bytes_cursor;

/** The next @p size bytes, in place; NULL if there are not so many. */
const void *bytes_get(bytes_cursor *cursor, size_t size);
uint8_t bytes_get_u8(bytes_cursor *cursor);
uint32_t bytes_get_u32(bytes_cursor *cursor);
uint64_t bytes_get_u64(bytes_cursor *cursor);
double bytes_get_double(bytes_cursor *cursor);

/** A text in place: valid UTF-8 without a zero inside; "" if it is not. */
const char *bytes_get_text(bytes_cursor *cursor);

#endif
