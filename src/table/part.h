// SPDX-License-Identifier: MIT
/**
 * @file part.h
 * Loading some of the rows of the one table that there is, as if they were all.
 */
#ifndef PEREBOR_TABLE_PART_H
#define PEREBOR_TABLE_PART_H

#include "table/observer.h"

/** Where the rows come from. */
typedef struct table_part {
    void *context;
    /** Reads them: a table without rows is none. */
    perebor_status (*read)(void *context, table_load *load, table *table, perebor_error *error);
    bool is_part; /**< Others see the rest: nothing is judged by how many rows there are. */
    const table_observer *observer;
} table_part;

/**
 * As perebor_tables_load_frozen(), for the rows of a part.
 *
 * @param[out] dataset  NULL if no row is left of it.
 * @param[out] report   Says nothing of sources.
 */
PEREBOR_MUST_CHECK perebor_status table_load_part(perebor_dataset **dataset,
                                                  perebor_tables_report *report,
                                                  const perebor_tables_spec *spec,
                                                  const perebor_dataset *schema,
                                                  const table_part *part, perebor_error *error);

#endif
