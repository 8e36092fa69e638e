// SPDX-License-Identifier: MIT
/**
 * @file generated_text.h
 * A growing buffer that lines of tables are written to. An allocation that fails is remembered, so
 * that lines are written without a check on every field.
 */
#ifndef PEREBOR_GENERATE_GENERATED_TEXT_H
#define PEREBOR_GENERATE_GENERATED_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Starts as {0}; not terminated by a zero. */
typedef struct generated_text {
    char *bytes;
    size_t length, capacity;
    bool failed; /**< There was no memory; everything since is lost. */
} generated_text;

void generated_text_append(generated_text *text, const char *bytes, size_t length);
void generated_text_append_string(generated_text *text, const char *string);
void generated_text_append_unsigned(generated_text *text, uint64_t value);

/** Appends a finite number with so many decimals, correctly rounded: the bytes of printf's %.*f. */
void generated_text_append_real(generated_text *text, double value, uint32_t decimals);

/** Puts what was appended since @p start in quotes if a CSV file needs them there. */
void generated_text_quote(generated_text *text, size_t start, char delimiter);

void generated_text_release(generated_text *text);

#endif
