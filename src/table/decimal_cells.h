// SPDX-License-Identifier: MIT
/**
 * @file decimal_cells.h
 * Plain decimal numbers as cells: see cells.h for their words.
 */
#ifndef PEREBOR_TABLE_DECIMAL_CELLS_H
#define PEREBOR_TABLE_DECIMAL_CELLS_H

#include "table/cells.h"

enum { TABLE_MAX_DECIMAL_LENGTH = 19 };

/** The digits of a decimal cell. */
#define TABLE_DIGITS_MASK ((UINT64_C(1) << 57) - 1)

/** -?(0|[1-9][0-9]*)(mark[0-9]+)? as a cell; TABLE_MISSING if the text is something else. */
table_cell table_decimal_of_text(const char *text, size_t length, char mark);

/** The same of a text of one to eight bytes in a word, the first in its lowest byte, zeros behind
 * the last. */
table_cell table_decimal_of_word(uint64_t word, size_t length, char mark);

/** The text of a decimal cell, at the end of the buffer. */
const char *table_decimal_text(table_cell cell, char buffer[TABLE_DECIMAL_TEXT_SIZE]);

#endif
