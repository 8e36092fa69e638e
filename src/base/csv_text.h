// SPDX-License-Identifier: MIT
/**
 * @file csv_text.h
 * Fields of CSV (RFC 4180), into bytes or a stream.
 */
#ifndef PEREBOR_BASE_CSV_TEXT_H
#define PEREBOR_BASE_CSV_TEXT_H

#include <stdio.h>

#include "base/bytes.h"

/** A text, quoted where it must be. */
void csv_put_text(byte_buffer *bytes, const char *text);
void csv_write_text(FILE *stream, const char *text);

/** A comma and a real, the shortest that reads as the same; or the comma alone for NaN. */
void csv_write_real(FILE *stream, double value);

/** The most that csv_format_unsigned() writes. */
enum { CSV_UNSIGNED_SIZE = 24 };

/** A comma and a whole number. @return The length; no zero follows. */
size_t csv_format_unsigned(uint64_t value, char text[CSV_UNSIGNED_SIZE]);

#endif
