// SPDX-License-Identifier: MIT
/**
 * @file column_reference.h
 * How columns were distributed where a model was fitted, so that later tables can be held against
 * it without the first ones.
 */
#ifndef PEREBOR_RUN_COLUMN_REFERENCE_H
#define PEREBOR_RUN_COLUMN_REFERENCE_H

#include <stddef.h>
#include <stdint.h>

#include "h5/file_tree.h"
#include "perebor/dataset.h"
#include "perebor/status.h"

/** Quantiles that are kept of a numeric column: 0, 1/100 … 1. */
enum { COLUMN_QUANTILES = 101 };

/**
 * Adds the group `reference`: `share_missing` [column]; `quantile` [column][COLUMN_QUANTILES] of
 * numeric columns; `level_share` of the levels of the others, in the order of schema/levels, of the
 * values that are there.
 *
 * @param[in] rows  [n_rows] of the dataset.
 */
PEREBOR_MUST_CHECK perebor_status column_reference_to_tree(const perebor_dataset *dataset,
                                                           const uint32_t *rows, size_t n_rows,
                                                           h5_tree *tree, h5_node *parent,
                                                           perebor_error *error);

/** How a column of a later table lies against the one of training. */
typedef struct column_drift {
    /** Population stability index over ten bins of equal share in training, or over levels (unknown
     * ones are one more): sum of (q - p) log(q / p), shares below 1/10000 counting as that. By
     * custom below .1 is stable, above .25 is a shift. */
    double psi;
    double ks; /**< Largest distance of the distribution functions at the quantiles, from either
                    side; NaN unless numeric. */
    double share_missing, share_missing_then;
} column_drift;

/** Values of later rows, counted against the columns of training: whole numbers, which add up in
 * any order. */
typedef struct column_counts {
    const h5_node *reference;
    const perebor_dataset *schema;
    size_t n;         /**< How many counts there are. */
    uint64_t *counts; /**< [n]; counts of other rows may be added. */
    size_t *first;    /**< [schema->n_columns] where each column's are. */
} column_counts;

/**
 * Begins with no rows.
 *
 * @param[out] counts     Released with column_counts_release(), also if this fails.
 * @param[in]  reference  The group that column_reference_to_tree() made.
 * @param[in]  schema     Of the model.
 *
 * @retval PEREBOR_ERR_FORMAT  The group is not of this schema.
 */
PEREBOR_MUST_CHECK perebor_status column_counts_begin(column_counts *counts,
                                                      const h5_node *reference,
                                                      const perebor_dataset *schema,
                                                      perebor_error *error);

/** Counts rows first … end - 1 of a dataset of the same columns. */
void column_counts_add(column_counts *counts, const perebor_dataset *dataset, size_t first,
                       size_t end);

/** Compares what was counted with the columns of training. @param[out] drifts  [n_columns] */
void column_counts_compare(const column_counts *counts, column_drift *drifts);

void column_counts_release(column_counts *counts);

#endif
