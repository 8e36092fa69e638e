// SPDX-License-Identifier: MIT
/**
 * @file words.h
 * Sentences with gaps, so that each language puts what is told where it belongs.
 */
#ifndef PEREBOR_REPORT_WORDS_H
#define PEREBOR_REPORT_WORDS_H

#include <stddef.h>
#include <stdio.h>

/** What goes into a gap. */
typedef struct words_gap {
    const char *name, *text;
} words_gap;

/** Writes a sentence such as "row {id}"; a gap that is not among @p gaps stays as it is.
 * @param[in] gaps  A gap without a name ends them. */
void words_write(FILE *stream, const char *sentence, const words_gap *gaps);

/** Characters of a text in UTF-8. */
size_t words_count_characters(const char *text);

/** Writes a text and spaces up to a width in characters. */
void words_write_padded(FILE *stream, const char *text, size_t width);

#endif
