// SPDX-License-Identifier: MIT
/**
 * @file csv_table.h
 * A CSV source as a table: its dialect and encoding found out or as given, every row as long as
 * the header.
 */
#ifndef PEREBOR_TABLE_CSV_TABLE_H
#define PEREBOR_TABLE_CSV_TABLE_H

#include "table/csv.h"
#include "table/table.h"

/**
 * Reads all of an open reader.
 *
 * Header, decimal mark and encoding are judged by all of the source, see csv_header.h,
 * decimal_mark.h and cell_encoding.h; the delimiter by its beginning, which every row must bear
 * out. What had to be guessed is a warning of the load.
 *
 * @param[out]    table   Filled; released with table_release().
 * @param[out]    report  Its sha256, sizes and dialect are filled in.
 * @param[in,out] reader  Opened and not yet read from.
 *
 * @retval PEREBOR_ERR_FORMAT  No header, no rows, a ragged row, an empty or repeated column name,
 *                             the header again, bytes that are not of the encoding.
 */
PEREBOR_MUST_CHECK perebor_status table_read_csv(table *table, perebor_source_report *report,
                                                 table_load *load,
                                                 const perebor_table_source *source,
                                                 csv_reader *reader, perebor_error *error);

/** Opens the file of a source and reads it. */
PEREBOR_MUST_CHECK perebor_status table_read_csv_file(table *table, perebor_source_report *report,
                                                      table_load *load,
                                                      const perebor_table_source *source,
                                                      perebor_error *error);

#endif
