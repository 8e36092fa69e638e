// SPDX-License-Identifier: MIT
/**
 * @file altered_rows.h
 * Rows of a dataset to try other values in: what would the model say if this column were that?
 *
 * They are a copy, in the columns of the data as they were before preparation, and are scored as
 * any rows are: a level that changes changes all prepared columns of its own.
 */
#ifndef PEREBOR_EXPLAIN_ALTERED_ROWS_H
#define PEREBOR_EXPLAIN_ALTERED_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "explain/game.h"
#include "perebor/dataset.h"
#include "perebor/fitted_pipeline.h"
#include "perebor/status.h"
#include "perebor/workspace.h"

/** The copy. Lives in a workspace. */
typedef struct altered_rows {
    perebor_dataset dataset; /**< Points to what follows. */
    double *values;          /**< [n_columns][n_rows] */
    uint8_t *labels;         /**< [n_rows], or NULL if the dataset has none. */
    uint32_t *rows;          /**< [n_rows] 0, 1, 2 … */
} altered_rows;

/**
 * Copies rows.
 *
 * @param[in] rows  [n_rows] of the dataset, which must outlive the copy.
 */
PEREBOR_MUST_CHECK perebor_status altered_rows_make(altered_rows *altered,
                                                    const perebor_dataset *dataset,
                                                    const uint32_t *rows, size_t n_rows,
                                                    perebor_workspace *workspace,
                                                    perebor_error *error);

/** The values of a column, to be changed. @return [n_rows] */
double *altered_rows_column(const altered_rows *altered, size_t column);

/** Sets a column to one value in all rows. */
void altered_rows_fill(const altered_rows *altered, size_t column, double value);

/** Gives a column its values of the dataset back. @param[in] rows  As altered_rows_make() had it.
 */
void altered_rows_restore(const altered_rows *altered, size_t column,
                          const perebor_dataset *dataset, const uint32_t *rows);

/**
 * What the pipeline says of the rows as they are now, on a scale.
 *
 * @param[out] values  [n_rows]
 * @retval PEREBOR_ERR_CONFLICT  Probabilities are wanted and the pipeline has none.
 */
PEREBOR_MUST_CHECK perebor_status altered_rows_score(const altered_rows *altered,
                                                     const perebor_fitted_pipeline *pipeline,
                                                     explain_scale scale,
                                                     perebor_workspace *workspace, double *values,
                                                     perebor_error *error);

#endif
