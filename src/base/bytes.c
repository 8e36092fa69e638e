// SPDX-License-Identifier: MIT
#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/** Room for @p size more bytes, or NULL. */
static uint8_t *extend(byte_buffer *bytes, size_t size) {
    if (bytes->failed || size > SIZE_MAX / 4 - bytes->size) {
        bytes->failed = true;
        return NULL;
    }
    if (bytes->data == NULL || bytes->capacity - bytes->size < size) {
        size_t capacity = 2 * (bytes->size + size) + 64;
        uint8_t *data = realloc(bytes->data, capacity);
        if (data == NULL) {
            bytes->failed = true;
            return NULL;
        }
        bytes->data = data;
        bytes->capacity = capacity;
    }
    uint8_t *room = bytes->data + bytes->size;
    bytes->size += size;
    return room;
}

void *bytes_reserve(byte_buffer *bytes, size_t size) {
    uint8_t *room = extend(bytes, size);
    bytes->size -= room == NULL ? 0 : size;
    return room;
}

void bytes_put(byte_buffer *bytes, const void *data, size_t size) {
    uint8_t *room = extend(bytes, size);
    if (room != NULL && size > 0) {
        memcpy(room, data, size);
    }
}

static void put_integer(byte_buffer *bytes, uint64_t value, size_t size) {
    uint8_t *room = extend(bytes, size);
    for (size_t i = 0; room != NULL && i < size; i++) {
        room[i] = (uint8_t)(value >> 8 * i);
    }
}

void bytes_put_u8(byte_buffer *bytes, uint8_t value) {
    put_integer(bytes, value, 1);
}

void bytes_put_u32(byte_buffer *bytes, uint32_t value) {
    put_integer(bytes, value, 4);
}

void bytes_put_u64(byte_buffer *bytes, uint64_t value) {
    put_integer(bytes, value, 8);
}

void bytes_put_double(byte_buffer *bytes, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_integer(bytes, bits, 8);
}

void bytes_put_text(byte_buffer *bytes, const char *text) {
    const char *put = text == NULL ? "" : text;
    size_t length = strlen(put);
    bytes_put_u64(bytes, length);
    bytes_put(bytes, put, length + 1);
}

void bytes_release(byte_buffer *bytes) {
    free(bytes->data);
    *bytes = (byte_buffer){0};
}

const void *bytes_get(bytes_cursor *cursor, size_t size) {
    if (cursor->failed || size > cursor->left) {
        cursor->failed = true;
        return NULL;
    }
    const void *data = cursor->at;
    cursor->at += size;
    cursor->left -= size;
    return data;
}

static uint64_t get_integer(bytes_cursor *cursor, size_t size) {
    const uint8_t *data = bytes_get(cursor, size);
    uint64_t value = 0;
    for (size_t i = 0; data != NULL && i < size; i++) {
        value |= (uint64_t)data[i] << 8 * i;
    }
    return value;
}

uint8_t bytes_get_u8(bytes_cursor *cursor) {
    return (uint8_t)get_integer(cursor, 1);
}

uint32_t bytes_get_u32(bytes_cursor *cursor) {
    return (uint32_t)get_integer(cursor, 4);
}

uint64_t bytes_get_u64(bytes_cursor *cursor) {
    return get_integer(cursor, 8);
}

double bytes_get_double(bytes_cursor *cursor) {
    uint64_t bits = get_integer(cursor, 8);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

const char *bytes_get_text(bytes_cursor *cursor) {
    uint64_t length = bytes_get_u64(cursor);
    if (length >= cursor->left) {
        cursor->failed = true;
        return "";
    }
    const char *text = bytes_get(cursor, (size_t)length + 1);
    if (text == NULL || text[length] != '\0' || strlen(text) != length ||
        !perebor_text_is_valid(text, (size_t)length)) {
        cursor->failed = true;
        return "";
    }
    return text;
}
