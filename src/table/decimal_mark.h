// SPDX-License-Identifier: MIT
/**
 * @file decimal_mark.h
 * Whether numbers of a table have a decimal point or a decimal comma, judged by all of it.
 */
#ifndef PEREBOR_TABLE_DECIMAL_MARK_H
#define PEREBOR_TABLE_DECIMAL_MARK_H

#include <stdbool.h>
#include <stddef.h>

#include "table/csv_reading.h"

/**
 * Settles the decimal mark of a source that declares none and whose fields are not separated by
 * commas: a comma if more cells are numbers with a comma than with a point. What the beginning of
 * the file suggested is taken back where the rest outvotes it.
 *
 * Numbers whose commas could as well separate thousands ("1,234" and no other) are warned of.
 */
PEREBOR_MUST_CHECK perebor_status decimal_mark_settle(csv_reading *reading, perebor_error *error);

/** Whether a part of such a source has a number with the other mark, so that all of it has to say.
 */
PEREBOR_MUST_CHECK perebor_status decimal_mark_doubt(const csv_reading *reading, bool *doubtful,
                                                     perebor_error *error);

/** Whether a text is a number with a decimal point or comma, or with separators of thousands. */
bool decimal_mark_is_number(const char *text, size_t length);

/**
 * Warns of columns that would be numeric if it were not for marks: numbers with the other decimal
 * mark, or with separators of thousands. To be called when tables are clean.
 */
PEREBOR_MUST_CHECK perebor_status decimal_mark_check(table_load *load, perebor_error *error);

#endif
