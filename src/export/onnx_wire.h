// SPDX-License-Identifier: MIT
/**
 * @file onnx_wire.h
 * Fields of protocol buffers: a message is its fields one after the other, each a tag and a value.
 */
#ifndef PEREBOR_EXPORT_ONNX_WIRE_H
#define PEREBOR_EXPORT_ONNX_WIRE_H

#include "base/bytes.h"

/** A whole number; negative ones take ten bytes, as int64 does. */
void wire_put_integer(byte_buffer *message, unsigned field, int64_t value);

void wire_put_bytes(byte_buffer *message, unsigned field, const void *bytes, size_t size);
void wire_put_text(byte_buffer *message, unsigned field, const char *text);

/** A message within a message; it is released. */
void wire_put_message(byte_buffer *message, unsigned field, byte_buffer *inner);

#endif
