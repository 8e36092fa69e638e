// SPDX-License-Identifier: MIT
/**
 * @file matrix.h
 * A dense table of doubles, column by column: what preparation makes and learners read.
 *
 * Element (row, column) is values[column * stride + row]. Columns start at 64-byte boundaries and
 * stride is a multiple of 8; the rows from n_rows up to stride hold zeros, so that kernels may read
 * whole vectors.
 */
#ifndef PEREBOR_MATRIX_H
#define PEREBOR_MATRIX_H

#include <stddef.h>

#include "perebor/status.h"
#include "perebor/workspace.h"

PEREBOR_BEGIN_DECLS

/** A matrix, or a view of one; its values live in a workspace. */
typedef struct perebor_matrix {
    double *values; /**< [n_columns][stride] */
    size_t n_rows;
    size_t n_columns;
    size_t stride;
} perebor_matrix;

/** Makes a zeroed matrix in the workspace. */
PEREBOR_MUST_CHECK perebor_status perebor_matrix_create(perebor_matrix *matrix, size_t n_rows,
                                                        size_t n_columns,
                                                        perebor_workspace *workspace,
                                                        perebor_error *error);

/** Borrows a column. @pre column < n_columns. */
static inline double *perebor_matrix_column(const perebor_matrix *matrix, size_t column) {
    return matrix->values + column * matrix->stride;
}

PEREBOR_END_DECLS

#endif
