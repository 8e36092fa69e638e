// SPDX-License-Identifier: MIT
#include "store/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/** Room for @p size more bytes, or NULL. */
static uint8_t *extend(store_bytes *bytes, size_t size) {
    if (bytes->failed || size > SIZE_MAX / 4 - bytes->size) {
        bytes->failed = true;
        return NULL;
    }
    if (bytes->capacity - bytes->size < size) {
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

void store_put(store_bytes *bytes, const void *data, size_t size) {
    uint8_t *room = extend(bytes, size);
    if (room != NULL && size > 0) {
        memcpy(room, data, size);
    }
}

static void put_integer(store_bytes *bytes, uint64_t value, size_t size) {
    uint8_t *room = extend(bytes, size);
    for (size_t i = 0; room != NULL && i < size; i++) {
        room[i] = (uint8_t)(value >> 8 * i);
    }
}

void store_put_u8(store_bytes *bytes, uint8_t value) {
    put_integer(bytes, value, 1);
}

void store_put_u32(store_bytes *bytes, uint32_t value) {
    put_integer(bytes, value, 4);
}

void store_put_u64(store_bytes *bytes, uint64_t value) {
    put_integer(bytes, value, 8);
}

void store_put_double(store_bytes *bytes, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_integer(bytes, bits, 8);
}

void store_put_text(store_bytes *bytes, const char *text) {
    const char *put = text == NULL ? "" : text;
    size_t length = strlen(put);
    store_put_u64(bytes, length);
    store_put(bytes, put, length + 1);
}

void store_bytes_release(store_bytes *bytes) {
    free(bytes->data);
    *bytes = (store_bytes){0};
}

const void *store_get(store_cursor *cursor, size_t size) {
    if (cursor->failed || size > cursor->left) {
        cursor->failed = true;
        return NULL;
    }
    const void *data = cursor->at;
    cursor->at += size;
    cursor->left -= size;
    return data;
}

static uint64_t get_integer(store_cursor *cursor, size_t size) {
    const uint8_t *data = store_get(cursor, size);
    uint64_t value = 0;
    for (size_t i = 0; data != NULL && i < size; i++) {
        value |= (uint64_t)data[i] << 8 * i;
    }
    return value;
}

uint8_t store_get_u8(store_cursor *cursor) {
    return (uint8_t)get_integer(cursor, 1);
}

uint32_t store_get_u32(store_cursor *cursor) {
    return (uint32_t)get_integer(cursor, 4);
}

uint64_t store_get_u64(store_cursor *cursor) {
    return get_integer(cursor, 8);
}

double store_get_double(store_cursor *cursor) {
    uint64_t bits = get_integer(cursor, 8);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

const char *store_get_text(store_cursor *cursor) {
    uint64_t length = store_get_u64(cursor);
    if (length >= cursor->left) {
        cursor->failed = true;
        return "";
    }
    const char *text = store_get(cursor, (size_t)length + 1);
    if (text == NULL || text[length] != '\0' || strlen(text) != length ||
        !perebor_text_is_valid(text, (size_t)length)) {
        cursor->failed = true;
        return "";
    }
    return text;
}
