// SPDX-License-Identifier: MIT
/**
 * @file part.h
 * Loading some of the rows of the one table that there is, as if they were all.
 */
#ifndef PEREBOR_TABLE_PART_H
#define PEREBOR_TABLE_PART_H

#include "base/arena.h"
#include "table/observer.h"

/** Where the rows come from. */
typedef struct table_part {
    void *context;
    /** Reads them: a table without rows is none. */
    perebor_status (*read)(void *context, table_load *load, table *table, perebor_error *error);
    bool is_part; /**< Others see the rest: nothing is judged by how many rows there are. */
    const table_observer *observer;
} table_part;

/** What the rows of a part are held in. Starts as {0}; released with table_part_rows_release(). */
typedef struct table_part_rows {
    perebor_dataset
        *dataset; /**< NULL if no row is left. Borrows from the schema and the arenas. */
    perebor_arena values, names;
} table_part_rows;

void table_part_rows_release(table_part_rows *rows);

/**
 * As perebor_tables_load_frozen(), for the rows of a part, which are not copied together.
 *
 * @param[out] report   Says nothing of sources.
 */
PEREBOR_MUST_CHECK perebor_status table_load_part(table_part_rows *rows,
                                                  perebor_tables_report *report,
                                                  const perebor_tables_spec *spec,
                                                  const perebor_dataset *schema,
                                                  const table_part *part, perebor_error *error);

#endif
