// SPDX-License-Identifier: MIT
/**
 * @file logreg_single.h
 * The curvature in single precision. Products of it with a vector, for many dense columns: these
 * take as long as the columns take to be read, and single precision is half as much to read. What
 * is computed of them is corrected by products in double precision (logreg_implicit.c). And the
 * matrix of it, for many rows: twice as many terms at once. It is no more than what steps are found
 * by; where they end is decided by gradients in double precision (logreg_solver.c).
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_SINGLE_H
#define PEREBOR_MODEL_LOGREG_LOGREG_SINGLE_H

#include <stddef.h>

#include "base/simd.h"
#include "model/logreg/logreg_kernel.h"

/** Rows of a block; floats that a column's sum is kept in; rows of a block of the matrix. */
enum { LOGREG_SINGLE_ROWS = 64, LOGREG_SINGLE_LANES = 16, LOGREG_SINGLE_BLOCK = 1024 };

/** The largest whole number that a column is rounded to. */
enum { LOGREG_SHORT_MOST = 32767 };

/** Columns that are packed: in single precision, or rounded to whole numbers of a unit of each,
 * which is half as much to read. */
typedef struct logreg_packed {
    const float *singles;
    const int16_t *shorts; /**< NULL: in single precision */
    const double *units;   /**< [n_columns] of the shorts */
} logreg_packed;

typedef struct logreg_single_kernels {
    /**
     * As logreg_kernels.curve, but in single precision, over the listed columns; breaks off at the
     * deadline.
     *
     * @param[out]    products  At the places that are listed; NULL: only rows are wanted.
     * @param[in]     packed    By logreg_view_kernels.pack_singles or pack_shorts.
     * @param[in]     list      [n_columns] by which the columns were packed.
     * @param[in,out] rows      [stride], taken and replaced by weight times the sum in brackets.
     * @param[in]     factors   NULL: all are 0.
     * @param[in]     weights   NULL: all are 1.
     * @param[out]    lanes     [n_columns][LOGREG_SINGLE_LANES + 1], to compute in.
     */
    void (*curve)(double *products, double *rows, const logreg_packed *packed, size_t stride,
                  const size_t *list, size_t n_columns, const double *factors,
                  const double *weights, float *lanes);

    /**
     * As logreg_kernels.gram, with terms and their sums over a block of rows in single precision.
     *
     * @param[out] panel  [n_listed rounded up to LOGREG_TILE][LOGREG_SINGLE_BLOCK]
     */
    void (*gram)(double *gram, size_t ld, const logreg_gram_columns *columns, const size_t *list,
                 size_t n_listed, const double *root, size_t from, size_t to, float *panel);
} logreg_single_kernels;

PEREBOR_KERNEL_DECLARE(logreg_single_kernels, logreg_single_kernels);

#endif
