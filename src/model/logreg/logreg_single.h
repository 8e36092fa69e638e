// SPDX-License-Identifier: MIT
/**
 * @file logreg_single.h
 * Products of the curvature with a vector in single precision, for many dense columns: these take
 * as long as the columns take to be read, and single precision is half as much to read. What is
 * computed of them is corrected by products in double precision (logreg_implicit.c).
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_SINGLE_H
#define PEREBOR_MODEL_LOGREG_LOGREG_SINGLE_H

#include <stddef.h>

#include "base/simd.h"

/** Rows of a block; floats that a column's sum is kept in. */
enum { LOGREG_SINGLE_ROWS = 64, LOGREG_SINGLE_LANES = 16 };

typedef struct logreg_single_kernels {
    /**
     * As logreg_kernels.curve, but in single precision, over the listed columns; breaks off at the
     * deadline.
     *
     * @param[out]    products  At the places that are listed.
     * @param[in]     list      [n_columns] by which the columns were packed.
     * @param[in,out] rows     [stride], taken and replaced by weight times the sum in brackets.
     * @param[out]    lanes    [n_columns][LOGREG_SINGLE_LANES + 1], to compute in.
     */
    void (*curve)(double *products, double *rows, const float *packed, size_t stride,
                  const size_t *list, size_t n_columns, const double *factors,
                  const double *weights, float *lanes);
} logreg_single_kernels;

PEREBOR_KERNEL_DECLARE(logreg_single_kernels, logreg_single_kernels);

#endif
