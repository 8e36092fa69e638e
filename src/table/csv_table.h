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
 * Without a declared encoding the source is UTF-8 if all of it is valid; else windows-1251, unless
 * most of what is not ASCII is valid UTF-8: then it is a damaged file and an error.
 *
 * @param[out]    table   Filled; released with table_release().
 * @param[out]    report  Its sha256, sizes and dialect are filled in.
 * @param[in,out] reader  Opened and not yet read from.
 *
 * @retval PEREBOR_ERR_FORMAT  No header, no rows, a ragged row, an empty or repeated column name,
 *                             bytes that are not of the encoding.
 */
PEREBOR_MUST_CHECK perebor_status table_read_csv(struct table *table, perebor_source_report *report,
                                                 struct table_pool *pool, perebor_arena *arena,
                                                 const perebor_table_source *source,
                                                 struct csv_reader *reader, perebor_error *error);

/** Opens the file of a source and reads it. */
PEREBOR_MUST_CHECK perebor_status table_read_csv_file(struct table *table,
                                                      perebor_source_report *report,
                                                      struct table_pool *pool, perebor_arena *arena,
                                                      const perebor_table_source *source,
                                                      perebor_error *error);

#endif
