// SPDX-License-Identifier: MIT
/**
 * @file dialect.h
 * How a CSV file separates fields and writes decimals, found out from its beginning; the rest of
 * the file confirms or refutes it (csv_table.c, decimal_mark.h).
 */
#ifndef PEREBOR_TABLE_DIALECT_H
#define PEREBOR_TABLE_DIALECT_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/status.h"

/** The beginning of a file; its last record may be cut. */
typedef struct csv_sample {
    const char *text;
    size_t size;
    char comment; /**< Lines that begin with it are no records; '\0': none. */
} csv_sample;

/**
 * Finds the delimiter of a CSV text: the one of comma, semicolon, tab and vertical bar that gives
 * the first records one number of fields, at least two, and the most of them; if that is none, the
 * one most frequent in the header, or else in the records below it.
 *
 * @param[out] rival  Another one that gives all of them one number of fields too; '\0' if none.
 */
PEREBOR_MUST_CHECK perebor_status table_detect_delimiter(char *delimiter, char *rival,
                                                         const csv_sample *sample,
                                                         perebor_error *error);

/**
 * Finds the decimal mark of the first records: a comma if fields are not separated by commas and
 * more of them are numbers with a decimal comma than with a point; else a point.
 */
PEREBOR_MUST_CHECK perebor_status table_detect_decimal(char *decimal, const csv_sample *sample,
                                                       char delimiter, perebor_error *error);

/** Whether a text is a number with one mark and digits on both sides of it: 1.5, -0,25. */
bool table_is_decimal(const char *text, size_t length, char mark);

#endif
