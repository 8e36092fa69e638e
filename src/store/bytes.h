// SPDX-License-Identifier: MIT
/**
 * @file bytes.h
 * Numbers and texts to bytes and back, little-endian, with every read checked.
 *
 * A writer remembers a failed allocation, a cursor a read past the end; both then do nothing, so
 * that a record is written or read without a check on every line and asked once at its end.
 */
#ifndef PEREBOR_STORE_BYTES_H
#define PEREBOR_STORE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes being written. Starts as {0}; released with store_bytes_release(). */
typedef struct store_bytes {
    uint8_t *data;
    size_t size, capacity;
    bool failed;
} store_bytes;

void store_put(store_bytes *bytes, const void *data, size_t size);
void store_put_u8(store_bytes *bytes, uint8_t value);
void store_put_u32(store_bytes *bytes, uint32_t value);
void store_put_u64(store_bytes *bytes, uint64_t value);
void store_put_double(store_bytes *bytes, double value);

/** Length, bytes and a final zero; NULL counts as "". */
void store_put_text(store_bytes *bytes, const char *text);

void store_bytes_release(store_bytes *bytes);

/** Bytes being read; borrows them. */
typedef struct store_cursor {
    const uint8_t *at;
    size_t left;
    bool failed;
} store_cursor;

/** The next @p size bytes, in place; NULL if there are not so many. */
const void *store_get(store_cursor *cursor, size_t size);
uint8_t store_get_u8(store_cursor *cursor);
uint32_t store_get_u32(store_cursor *cursor);
uint64_t store_get_u64(store_cursor *cursor);
double store_get_double(store_cursor *cursor);

/** A text in place: valid UTF-8 without a zero inside; "" if it is not. */
const char *store_get_text(store_cursor *cursor);

#endif
