// SPDX-License-Identifier: MIT
/**
 * @file dialect.h
 * How a CSV file separates fields and writes decimals, found out from its beginning.
 */
#ifndef PEREBOR_TABLE_DIALECT_H
#define PEREBOR_TABLE_DIALECT_H

#include <stddef.h>

#include "perebor/status.h"

/**
 * Finds the delimiter of a CSV text: the one of comma, semicolon and tab that gives the first
 * records one number of fields, at least two; if that is none, the one most frequent in the header.
 *
 * @param[in] sample  The beginning of the file; its last record may be cut.
 */
PEREBOR_MUST_CHECK perebor_status table_detect_delimiter(char *delimiter, const char *sample,
                                                         size_t size, perebor_error *error);

/**
 * Finds the decimal mark: a comma if fields are not separated by commas, some fields are numbers
 * with a decimal comma, and none is one with a point; else a point.
 */
PEREBOR_MUST_CHECK perebor_status table_detect_decimal(char *decimal, const char *sample,
                                                       size_t size, char delimiter,
                                                       perebor_error *error);

#endif
