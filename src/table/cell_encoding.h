// SPDX-License-Identifier: MIT
/**
 * @file cell_encoding.h
 * The encoding of a CSV source that has been read, judged by all of it: UTF-8, or a charset that is
 * declared or guessed, whose texts are converted here.
 */
#ifndef PEREBOR_TABLE_CELL_ENCODING_H
#define PEREBOR_TABLE_CELL_ENCODING_H

#include "table/csv_reading.h"

/**
 * Makes every text of the table and of its header UTF-8.
 *
 * Without a declared encoding the source is UTF-8 if all of it is valid; else windows-1251, which
 * is a guess and warned of, unless most of what is not ASCII is valid UTF-8: then it is a damaged
 * file and an error.
 *
 * @param[out] encoding  Its name.
 *
 * @retval PEREBOR_ERR_FORMAT  Bytes are not of the encoding.
 */
PEREBOR_MUST_CHECK perebor_status cell_encoding_settle(csv_reading *reading, const char **encoding,
                                                       perebor_error *error);

#endif
