// SPDX-License-Identifier: MIT
/**
 * @file csv_reading.h
 * A CSV source that is being read: what header, decimal mark and encoding are judged by.
 */
#ifndef PEREBOR_TABLE_CSV_READING_H
#define PEREBOR_TABLE_CSV_READING_H

#include "table/csv.h"
#include "table/table.h"

struct csv_reading {
    struct csv_reader *reader;
    struct table_load *load;
    struct table *table;
    const perebor_table_source *source;
    struct csv_field *header; /**< [n_columns] raw names, in the arena. */
    uint64_t header_line;     /**< 0: the names are the experiment's. */
    char delimiter;
    size_t capacity; /**< Rows that the columns have room for. */
};

#endif
