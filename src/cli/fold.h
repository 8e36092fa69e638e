// SPDX-License-Identifier: MIT
/**
 * @file fold.h
 * Long lines on a narrow terminal: parted between words, and what goes on is indented.
 */
#ifndef PEREBOR_CLI_FOLD_H
#define PEREBOR_CLI_FOLD_H

#include <stdbool.h>
#include <stddef.h>

/** Takes bytes. @return Whether they could be written. */
typedef bool (*fold_put)(void *to, const char *bytes, size_t size);

/**
 * Writes a line of at most @p width characters a piece.
 *
 * It is parted at blanks; a word that is longer than a line stays whole. Further pieces begin below
 * the text that follows the line's first gap of two blanks or more (a label, a gap, a text), or,
 * where there is no such gap in the first half of the line, four columns to the right of its
 * beginning. A line of YAML (`- {…}`, `drop: […]`) stays whole, so that it can be pasted.
 *
 * @param[in] line   Valid UTF-8, each character taking a column; without the line end.
 * @param[in] width  0: as long as it is.
 *
 * @return Whether all could be written.
 */
bool fold_line(const char *line, size_t length, size_t width, fold_put put, void *to);

#endif
