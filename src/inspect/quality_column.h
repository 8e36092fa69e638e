// SPDX-License-Identifier: MIT
/**
 * @file quality_column.h
 * One column under inspection: its cells, its distinct values, its numbers.
 */
#ifndef PEREBOR_INSPECT_QUALITY_COLUMN_H
#define PEREBOR_INSPECT_QUALITY_COLUMN_H

#include "inspect/quality_notes.h"
#include "table/key_index.h"

enum { QUALITY_FEW_LEVELS = 500 /**< More distinct texts than this are no levels. */ };

/** Borrows cells and table. */
typedef struct quality_column {
    const table *table;     /**< That the cells came from. */
    const char *table_name; /**< "" after the join. */
    const char *name;
    const table_cell *cells; /**< [n_rows] */
    size_t n_rows;
    bool is_key;      /**< Identifies rows or their owners. */
    bool is_pivoted;  /**< Made by a pivot step. */
    bool has_unknown; /**< Likewise, of values that had missing values before. */

    size_t n_missing, n_numbers, n_distinct, n_negative;
    bool numeric;       /**< Every value is a number, and there is one. */
    table_cell *levels; /**< [n_distinct] by first appearance; NULL if there are many. */
    uint64_t *counts;   /**< [n_distinct] */
    size_t *first_rows; /**< [n_distinct] */
    table_cell top;
    uint64_t n_top;
    double median, deviation; /**< NaN unless numeric. */
    double least_inlier, greatest_inlier;
    size_t n_outliers;
} quality_column;

/** Counts, sorts and notes a summary. Released with quality_column_release() in any case. */
PEREBOR_MUST_CHECK perebor_status quality_column_summarise(quality_column *column,
                                                           const table_pool *pool,
                                                           quality_notes *notes,
                                                           perebor_error *error);

/** Whether a number is an outlier: |0.6745 (x - median) / MAD| > 8. */
bool quality_is_outlier(const quality_column *column, double value);

/** Findings that a column shows by itself. */
void quality_note_missing(const quality_column *column, quality_notes *notes);
/** Missing values of a joined column that the experiment does not say how to fill. */
void quality_note_joined_missing(const quality_column *column, const table_load *load,
                                 quality_notes *notes);
void quality_note_constant(const quality_column *column, const table_pool *pool,
                           quality_notes *notes);
void quality_note_texts_among_numbers(const quality_column *column, const table_pool *pool,
                                      quality_notes *notes);
void quality_note_negatives(const quality_column *column, quality_notes *notes);
void quality_note_outliers(const quality_column *column, const quality_column *ids,
                           const table_pool *pool, quality_notes *notes);

/** A small class of the target, rare levels of a feature. In quality_levels.c. */
void quality_note_levels(const quality_column *column, const table_load *load,
                         quality_notes *notes);

/** Spellings: variants of one value within a column, rare ones near frequent ones, and ones that
 * only another table tells to be wrong. @param[in] columns [n_columns] of all tables. */
void quality_note_spellings(const quality_column *columns, size_t n_columns, const table_pool *pool,
                            quality_notes *notes);

/** Whether a level is nearly, or but for its form, one that is more frequent. */
bool quality_is_misspelt(const quality_column *column, size_t level, const table_pool *pool,
                         quality_notes *notes);

void quality_column_release(quality_column *column);

#endif
