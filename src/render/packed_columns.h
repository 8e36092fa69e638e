// SPDX-License-Identifier: MIT
/**
 * @file packed_columns.h
 * Columns of a page as the page's script reads them: short ones as JSON, long ones as arrays of
 * bytes in elements of their own.
 *
 *     [1, 2, 3]                                      as it is
 *     {"as": "sequence", "of": [0, 1]}               first, first + step, …
 *     {"as": "codes", "of": [0.1, 0.2], "in": "c1"}  a byte each, its place in `of`; 255: none
 *     {"as": "codes16", …}                           two bytes each; 65535: none
 *     {"as": "float32", "in": "c2"}                  four bytes each, NaN: none
 *     {"as": "present32", "in": "c3"}                a bit each, whether there is one, by falling
 *                                                    bits of bytes; then four bytes for each one
 *     {"as": "float64", "in": "c4"}                  eight bytes each
 *
 * Numbers have the least byte first. Float32 is for what is drawn and shown with a few digits;
 * whole numbers that it does not hold exactly take eight bytes.
 */
#ifndef PEREBOR_RENDER_PACKED_COLUMNS_H
#define PEREBOR_RENDER_PACKED_COLUMNS_H

#include <stdio.h>

#include "render/story_json.h"

/** Columns that wait to be written behind the document. Starts as {0}. */
typedef struct packed_columns {
    char *elements; /**< HTML, terminated; NULL: none. */
    size_t length, capacity, n;
    bool failed;
} packed_columns;

/** For story_json.put_values, whose context is a packed_columns. */
void packed_columns_put(story_json *writing, const story_column *column, size_t n_rows);

void packed_columns_release(packed_columns *columns);

#endif
