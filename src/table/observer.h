// SPDX-License-Identifier: MIT
/**
 * @file observer.h
 * Somebody who looks on while tables are loaded.
 */
#ifndef PEREBOR_TABLE_OBSERVER_H
#define PEREBOR_TABLE_OBSERVER_H

#include "table/joined.h"
#include "table/table.h"

/** Called at the moments that are not NULL; a failure ends the load. */
typedef struct table_observer {
    void *context;
    /** All sources are read. */
    perebor_status (*after_reading)(void *context, const table_load *load, perebor_error *error);
    perebor_status (*before_cleaning_step)(void *context, const table_load *load,
                                           const perebor_clean_step *step, perebor_error *error);
    perebor_status (*after_cleaning_step)(void *context, const table_load *load,
                                          const perebor_clean_step *step, perebor_error *error);
    perebor_status (*after_cleaning)(void *context, const table_load *load, perebor_error *error);
    perebor_status (*after_joining)(void *context, const table_load *load,
                                    const table_joined *joined, perebor_error *error);
    perebor_status (*before_filter)(void *context, const table_load *load,
                                    const table_joined *joined, perebor_error *error);
    perebor_status (*after_filter)(void *context, const table_load *load,
                                   const table_joined *joined, perebor_error *error);
    perebor_status (*after_filtering)(void *context, const table_load *load,
                                      const table_joined *joined, perebor_error *error);
} table_observer;

/** perebor_tables_load() with somebody looking on, or NULL. */
PEREBOR_MUST_CHECK perebor_status table_load_observed(perebor_dataset **dataset,
                                                      perebor_tables_report *report,
                                                      const perebor_tables_spec *spec,
                                                      const table_observer *observer,
                                                      perebor_error *error);

#endif
