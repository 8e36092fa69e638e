// SPDX-License-Identifier: MIT
/**
 * @file csv_header.h
 * The names of a CSV source's columns: its first record, or what the experiment says.
 */
#ifndef PEREBOR_TABLE_CSV_HEADER_H
#define PEREBOR_TABLE_CSV_HEADER_H

#include "table/csv_reading.h"

/** Takes the names, raw, and makes the columns. */
PEREBOR_MUST_CHECK perebor_status csv_header_read(csv_reading *reading, perebor_error *error);

/** Takes the names that csv_header_read() found in another part of the source. */
PEREBOR_MUST_CHECK perebor_status csv_header_repeat(csv_reading *reading, const csv_field *names,
                                                    size_t n_columns, perebor_error *error);

/**
 * Compares the header with the rows below it, all read and as yet in their own encoding.
 *
 * A header that could be one of the rows is warned of: the file may have none.
 *
 * @retval PEREBOR_ERR_FORMAT  A row is the header again, as where files were put together.
 */
PEREBOR_MUST_CHECK perebor_status csv_header_compare(csv_reading *reading, perebor_error *error);

/**
 * Names the columns by the header, which is UTF-8 by now: trimmed and in NFC.
 *
 * @retval PEREBOR_ERR_FORMAT  A name is empty or occurs twice.
 */
PEREBOR_MUST_CHECK perebor_status csv_header_name(csv_reading *reading, perebor_error *error);

#endif
