// SPDX-License-Identifier: MIT
/**
 * @file quality_rows.h
 * What is the matter with rows: repeated ones, keys without partners, customers without activity.
 */
#ifndef PEREBOR_INSPECT_QUALITY_ROWS_H
#define PEREBOR_INSPECT_QUALITY_ROWS_H

#include "inspect/quality_column.h"

/** Rows that equal an earlier one in every column. */
PEREBOR_MUST_CHECK perebor_status quality_note_duplicates(const table *table, quality_notes *notes,
                                                          perebor_error *error);

/** Missing values in a table's key, and rows that repeat one: in a table to be pivoted, with its
 * heading. */
PEREBOR_MUST_CHECK perebor_status quality_note_keys(const table_load *load, const table *table,
                                                    quality_notes *notes, perebor_error *error);

/** Keys of a table that the base lacks, and keys of the base that the table lacks. */
PEREBOR_MUST_CHECK perebor_status quality_note_orphans(const table_load *load, const table *base,
                                                       const table *table, quality_notes *notes,
                                                       perebor_error *error);

/** Rows of the joined table that equal another in all but keys, passthrough columns and missing
 * values. In quality_near_duplicates.c. */
PEREBOR_MUST_CHECK perebor_status quality_note_near_duplicates(
    const quality_column *columns, size_t n_columns, const table_cell *ids, const char *id_name,
    const table_load *load, quality_notes *notes, perebor_error *error);

/**
 * Rows with nothing in a column made by a pivot step where nearly all have something. In
 * quality_activity.c.
 *
 * @param[in] ids  The column that identifies rows, or NULL.
 */
void quality_note_inactivity(const quality_column *columns, size_t n_columns,
                             const quality_column *ids, const table_load *load,
                             quality_notes *notes);

#endif
