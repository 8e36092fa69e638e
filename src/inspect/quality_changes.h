// SPDX-License-Identifier: MIT
/**
 * @file quality_changes.h
 * What a step changes: tables are remembered before it, and compared after it.
 */
#ifndef PEREBOR_INSPECT_QUALITY_CHANGES_H
#define PEREBOR_INSPECT_QUALITY_CHANGES_H

#include "inspect/quality_notes.h"
#include "table/joined.h"

typedef struct table_before table_before;

/** Tables, or rows of the joined table, before a step. Starts as {0}. */
typedef struct quality_memory {
    table_before *tables; /**< [n_tables] */
    size_t n_tables;
    uint32_t *rows; /**< [n_rows] of the base */
    size_t n_rows;
} quality_memory;

/** Copies the columns that a cleaning step may change. */
PEREBOR_MUST_CHECK perebor_status quality_remember_tables(quality_memory *memory,
                                                          const table_load *load,
                                                          const perebor_clean_step *step,
                                                          perebor_error *error);

/** Lists the cells that differ from what is remembered, and rows that are gone or new. */
PEREBOR_MUST_CHECK perebor_status quality_list_changes(quality_notes *notes,
                                                       const quality_memory *memory,
                                                       const table_load *load,
                                                       const perebor_clean_step *step,
                                                       perebor_error *error);

/** Copies which rows the joined table has. */
PEREBOR_MUST_CHECK perebor_status quality_remember_rows(quality_memory *memory,
                                                        const table_joined *joined,
                                                        perebor_error *error);

/** Lists the rows that a filter dropped, by their identifier. */
void quality_list_dropped(quality_notes *notes, const quality_memory *memory,
                          const table_load *load, const table_joined *joined);

void quality_memory_release(quality_memory *memory);

#endif
