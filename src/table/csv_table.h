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

/** How a source is written, by its beginning: what its parts are read by. Borrows from the load. */
typedef struct csv_dialect {
    char delimiter, decimal, comment;
    const char *encoding;    /**< As declared or by a mark; NULL: neither. */
    const csv_field *header; /**< [n_columns] as they are written. */
    size_t n_columns;
    uint64_t header_line; /**< 0: the names are the experiment's. */
} csv_dialect;

/** Reads the beginning of an open reader: the first record is what it reads next. */
PEREBOR_MUST_CHECK perebor_status csv_dialect_find(csv_dialect *dialect, table_load *load,
                                                   const perebor_table_source *source,
                                                   csv_reader *reader, perebor_error *error);

/** Whether the record at hand is a row: as many fields as columns, and not a line of nothing. */
bool csv_dialect_has_row(const csv_dialect *dialect, const csv_reader *reader);

/**
 * Reads some of the rows of a source, by its dialect.
 *
 * @param[out]    table  Without a row if all lines are empty.
 * @param[in]     n_rows  Of the part, to make room for.
 * @param[in,out] reader  Of whole records.
 * @param[out]    doubtful  Whether there is something by which only the whole of the source can be
 *                          judged: a number with another decimal mark, text that is not UTF-8 where
 *                          no encoding is declared, or the header again. The table is empty then.
 * @retval PEREBOR_ERR_FORMAT  As table_read_csv().
 */
PEREBOR_MUST_CHECK perebor_status table_read_csv_part(table *table, bool *doubtful,
                                                      table_load *load,
                                                      const perebor_table_source *source,
                                                      const csv_dialect *dialect, size_t n_rows,
                                                      csv_reader *reader, perebor_error *error);

/** Opens the file of a source and reads it. */
PEREBOR_MUST_CHECK perebor_status table_read_csv_file(table *table, perebor_source_report *report,
                                                      table_load *load,
                                                      const perebor_table_source *source,
                                                      perebor_error *error);

#endif
