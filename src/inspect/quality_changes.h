// SPDX-License-Identifier: MIT
/**
 * @file quality_changes.h
 * What a step changes: tables are remembered before it, and compared after it.
 */
#ifndef PEREBOR_INSPECT_QUALITY_CHANGES_H
#define PEREBOR_INSPECT_QUALITY_CHANGES_H

#include "inspect/quality_notes.h"
#include "table/joined.h"

/** Tables, or rows of the joined table, before a step. Starts as {0}. */
struct quality_memory {
    struct table_before *tables; /**< [n_tables] */
    size_t n_tables;
    uint32_t *rows; /**< [n_rows] of the base */
    size_t n_rows;
};

/** Copies the columns that a cleaning step may change. */
PEREBOR_MUST_CHECK perebor_status quality_remember_tables(struct quality_memory *memory,
                                                          const struct table_load *load,
                                                          const perebor_clean_step *step,
                                                          perebor_error *error);

/** Lists the cells that differ from what is remembered, and rows that are gone or new. */
PEREBOR_MUST_CHECK perebor_status quality_list_changes(struct quality_notes *notes,
                                                       const struct quality_memory *memory,
                                                       const struct table_load *load,
                                                       const perebor_clean_step *step,
                                                       perebor_error *error);

/** Copies which rows the joined table has. */
PEREBOR_MUST_CHECK perebor_status quality_remember_rows(struct quality_memory *memory,
                                                        const struct table_joined *joined,
                                                        perebor_error *error);

/** Lists the rows that a filter dropped, by their identifier. */
void quality_list_dropped(struct quality_notes *notes, const struct quality_memory *memory,
                          const struct table_load *load, const struct table_joined *joined);

void quality_memory_release(struct quality_memory *memory);

#endif
