// SPDX-License-Identifier: MIT
#include "export/onnx_wire.h"

#include <string.h>

enum { wire_varint = 0, wire_length_delimited = 2 };

/** Seven bits a byte, the lowest first. */
static void put_varint(byte_buffer *message, uint64_t value) {
    for (; value >= 0x80u; value >>= 7) {
        bytes_put_u8(message, (uint8_t)(value | 0x80u));
    }
    bytes_put_u8(message, (uint8_t)value);
}

void wire_put_integer(byte_buffer *message, unsigned field, int64_t value) {
    put_varint(message, field << 3 | wire_varint);
    put_varint(message, (uint64_t)value);
}

void wire_put_bytes(byte_buffer *message, unsigned field, const void *bytes, size_t size) {
    put_varint(message, field << 3 | wire_length_delimited);
    put_varint(message, size);
    bytes_put(message, bytes, size);
}

void wire_put_text(byte_buffer *message, unsigned field, const char *text) {
    wire_put_bytes(message, field, text, strlen(text));
}

void wire_put_message(byte_buffer *message, unsigned field, byte_buffer *inner) {
    wire_put_bytes(message, field, inner->data, inner->size);
    message->failed = message->failed || inner->failed;
    bytes_release(inner);
}
