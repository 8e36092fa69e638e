// SPDX-License-Identifier: MIT
/**
 * @file csv_parts.h
 * A CSV file cut between its records.
 */
#ifndef PEREBOR_TABLE_CSV_PARTS_H
#define PEREBOR_TABLE_CSV_PARTS_H

#include "base/scratch.h"
#include "table/csv_table.h"

/** Some records: what is between this place and the next. */
typedef struct csv_part {
    uint64_t at;   /**< Bytes before it. */
    uint64_t line; /**< From 1. */
    uint64_t row;  /**< Rows before it. */
} csv_part;

/** Starts as {0}; released with csv_parts_release(). */
typedef struct csv_parts {
    csv_dialect dialect;
    csv_part *parts; /**< [n + 1]; the last is the end. */
    size_t n, capacity;
    int file; /**< Has UTF-8 text, or what is near it. */
    bool is_scratch;
    perebor_scratch scratch;
} csv_parts;

/** Bytes of a part, but for its last record. */
enum { CSV_PART_BYTES = 1 << 18 };

/**
 * Reads the dialect and finds the parts.
 *
 * @param[in] load  Gets the warnings; its arena has the header.
 * @retval PEREBOR_ERR_FORMAT  No header, a quote that is not closed, and such.
 */
PEREBOR_MUST_CHECK perebor_status csv_parts_find(csv_parts *parts, table_load *load,
                                                 const perebor_table_source *source,
                                                 const char *beside, perebor_error *error);

/** Opens a reader of a part, closed by the caller. */
PEREBOR_MUST_CHECK perebor_status csv_parts_open(const csv_parts *parts, size_t i,
                                                 const perebor_table_source *source,
                                                 csv_reader *reader, perebor_error *error);

void csv_parts_release(csv_parts *parts);

#endif
