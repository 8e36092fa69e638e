// SPDX-License-Identifier: MIT
/**
 * @file logreg_sparse.h
 * Columns that are zero in most rows, such as the levels of a nominal column: only the other rows
 * are kept, so that passes over them cost as much as there are values.
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_SPARSE_H
#define PEREBOR_MODEL_LOGREG_LOGREG_SPARSE_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/matrix.h"

/** A column's values other than zero, by row. */
typedef struct logreg_sparse_column {
    const uint32_t *rows; /**< [n_values], rising */
    double *values;       /**< [n_values] */
    size_t n_values;
} logreg_sparse_column;

/**
 * Finds the dense columns of a matrix that have values in at most an eighth of the rows, those of
 * none included.
 *
 * @param[in,out] columns   [matrix->n_columns], NULL in all members; set for those found, in the
 *                          workspace.
 * @param[out]    n_sparse  How many were found.
 */
PEREBOR_MUST_CHECK perebor_status logreg_sparse_find(logreg_sparse_column *columns,
                                                     size_t *n_sparse, const perebor_matrix *matrix,
                                                     perebor_workspace *workspace,
                                                     perebor_error *error);

/**
 * The levels of a nominal column, a column each: rows are sorted by their level.
 *
 * @param[out] columns  [levels->n_levels], in the workspace.
 */
PEREBOR_MUST_CHECK perebor_status logreg_sparse_of_levels(logreg_sparse_column *columns,
                                                          const perebor_indicators *levels,
                                                          size_t n_rows,
                                                          perebor_workspace *workspace,
                                                          perebor_error *error);

/**
 * Makes the values (value / scale) * sign, where scale is the root mean square over all @p n_rows
 * rows, and returns scale; 0 if there are no values to speak of.
 */
double logreg_sparse_standardise(logreg_sparse_column *column, const double *signs, size_t n_rows);

/** The sum of value * factor of its row. */
static inline double logreg_sparse_dot(const logreg_sparse_column *column, const double *factors) {
    double sum = 0.0;
    for (size_t k = 0; k < column->n_values; k++) {
        sum += column->values[k] * factors[column->rows[k]];
    }
    return sum;
}

/** target += step * column. */
static inline void logreg_sparse_add(const logreg_sparse_column *column, double step,
                                     double *target) {
    for (size_t k = 0; k < column->n_values; k++) {
        target[column->rows[k]] += step * column->values[k];
    }
}

#endif
