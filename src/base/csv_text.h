// SPDX-License-Identifier: MIT
/**
 * @file csv_text.h
 * Fields of CSV (RFC 4180) as bytes.
 */
#ifndef PEREBOR_BASE_CSV_TEXT_H
#define PEREBOR_BASE_CSV_TEXT_H

#include "base/bytes.h"

/** A text, quoted where it must be. */
void csv_put_text(byte_buffer *bytes, const char *text);

/** A comma and a real, the shortest that reads as the same; or the comma alone for NaN. */
void csv_put_real(byte_buffer *bytes, double value);

/** A comma and a whole number. */
void csv_put_unsigned(byte_buffer *bytes, uint64_t value);

#endif
