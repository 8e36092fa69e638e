// SPDX-License-Identifier: MIT
/**
 * @file matrix.h
 * A table of doubles, column by column: what preparation makes and learners read.
 *
 * The first columns are dense: element (row, column) is values[column * stride + row]. Columns
 * start at 64-byte boundaries and stride is a multiple of 8; the rows from n_rows up to stride hold
 * zeros, so that kernels may read whole vectors.
 *
 * The columns after these are the levels of nominal columns, 1 where a row has the level and
 * otherwise 0. They are not stored one by one: of each nominal column there is one block of codes,
 * which level a row has, so that memory and passes over it are those of one column however many
 * levels there are. A learner that wants all columns dense, where these are few, asks for
 * perebor_matrix_expand().
 */
#ifndef PEREBOR_MATRIX_H
#define PEREBOR_MATRIX_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"
#include "perebor/workspace.h"

PEREBOR_BEGIN_DECLS

/** The columns [first, first + n_levels) of a matrix: the levels of one nominal column. */
typedef struct perebor_indicators {
    uint32_t
        *codes; /**< [stride] column first + code is 1; n_levels where none is, as in padding. */
    size_t first;
    size_t n_levels; /**< At least 1, below UINT32_MAX. */
} perebor_indicators;

/** A matrix, or a view of one; its values live in a workspace. */
typedef struct perebor_matrix {
    double *values; /**< [dense columns][stride] */
    size_t n_rows;
    size_t n_columns; /**< Dense ones and levels. */
    size_t stride;
    perebor_indicators *indicators; /**< [n_indicators], one after the other from the last dense
                                         column to the last column; NULL if all are dense. */
    size_t n_indicators;
    const int8_t *monotonic; /**< [dense columns] as perebor_column has it, or NULL: none is. */
} perebor_matrix;

/** Makes a zeroed matrix of dense columns in the workspace. */
PEREBOR_MUST_CHECK perebor_status perebor_matrix_create(perebor_matrix *matrix, size_t n_rows,
                                                        size_t n_columns,
                                                        perebor_workspace *workspace,
                                                        perebor_error *error);

/**
 * Makes a matrix of zeroed dense columns in the workspace, with room for blocks of levels, which
 * perebor_matrix_add_levels() adds.
 */
PEREBOR_MUST_CHECK perebor_status perebor_matrix_create_coded(perebor_matrix *matrix, size_t n_rows,
                                                              size_t n_dense, size_t most_blocks,
                                                              perebor_workspace *workspace,
                                                              perebor_error *error);

/**
 * Adds a block of levels behind the last column; no row has one of them yet.
 *
 * @pre  There is room for it, and 0 < n_levels < UINT32_MAX.
 */
perebor_indicators *perebor_matrix_add_levels(perebor_matrix *matrix, size_t n_levels);

/** How many columns are dense: the first ones. */
static inline size_t perebor_matrix_n_dense(const perebor_matrix *matrix) {
    return matrix->n_indicators == 0 ? matrix->n_columns : matrix->indicators[0].first;
}

/** Borrows a dense column. @pre column < perebor_matrix_n_dense(). */
static inline double *perebor_matrix_column(const perebor_matrix *matrix, size_t column) {
    assert(column < perebor_matrix_n_dense(matrix));
    return matrix->values + column * matrix->stride;
}

/** The block that a column is of. @pre perebor_matrix_n_dense() <= column < n_columns. */
const perebor_indicators *perebor_matrix_indicators(const perebor_matrix *matrix, size_t column);

/** The value at a row of any column. */
double perebor_matrix_value(const perebor_matrix *matrix, size_t row, size_t column);

/** Writes any column out, padding included. @param[out] values  [stride] */
void perebor_matrix_read(const perebor_matrix *matrix, size_t column, double *values);

/**
 * The same matrix with every column dense: itself if it is so already, otherwise a copy in the
 * workspace, of rows times columns doubles. For learners whose columns are few, and for files.
 *
 * @param[out] dense  May be @p matrix.
 */
PEREBOR_MUST_CHECK perebor_status perebor_matrix_expand(perebor_matrix *dense,
                                                        const perebor_matrix *matrix,
                                                        perebor_workspace *workspace,
                                                        perebor_error *error);

/** Copies rows, by their numbers, into a matrix in the workspace. @param[in] rows  [n_rows] */
PEREBOR_MUST_CHECK perebor_status perebor_matrix_pick(perebor_matrix *picked,
                                                      const perebor_matrix *matrix,
                                                      const uint32_t *rows, size_t n_rows,
                                                      perebor_workspace *workspace,
                                                      perebor_error *error);

PEREBOR_END_DECLS

#endif
