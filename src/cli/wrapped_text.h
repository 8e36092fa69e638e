// SPDX-License-Identifier: MIT
/**
 * @file wrapped_text.h
 * Text and names for a terminal of 79 columns.
 */
#ifndef PEREBOR_CLI_WRAPPED_TEXT_H
#define PEREBOR_CLI_WRAPPED_TEXT_H

#include <stddef.h>
#include <stdio.h>

/** A paragraph, broken at spaces, every line of which begins at a column. */
void wrapped_text_print(FILE *stream, const char *text, size_t indent);

/** A name in so many columns; one that is wider has lines of its own above. */
void wrapped_text_print_name(FILE *stream, const char *name, size_t indent, size_t width);

#endif
