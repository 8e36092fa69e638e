// SPDX-License-Identifier: MIT
/**
 * @file csv_reading.h
 * A CSV source that is being read: what header, decimal mark and encoding are judged by.
 */
#ifndef PEREBOR_TABLE_CSV_READING_H
#define PEREBOR_TABLE_CSV_READING_H

#include "table/csv.h"
#include "table/table.h"

typedef struct csv_reading {
    csv_reader *reader;
    table_load *load;
    table *table;
    const perebor_table_source *source;
    csv_field *header;    /**< [n_columns] raw names, in the arena. */
    uint64_t header_line; /**< 0: the names are the experiment's. */
    char delimiter;
    size_t capacity; /**< Rows that the columns have room for. */
} csv_reading;

#endif
