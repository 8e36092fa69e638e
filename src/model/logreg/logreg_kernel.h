// SPDX-License-Identifier: MIT
/**
 * @file logreg_kernel.h
 * The passes over the rows that logistic regression spends its time in.
 *
 * Columns are [stride] doubles, stride a multiple of 8. The column of signs holds +1 for a positive
 * row, -1 for a negative one and 0 for padding; the columns that a solver sees are multiplied by
 * it, so that the margin of row i is the sum of weight times column, labels need no further thought
 * and padding contributes exactly nothing. Every sum has one order whatever the instruction set.
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_KERNEL_H
#define PEREBOR_MODEL_LOGREG_LOGREG_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/simd.h"

/** Rows that logreg_kernels.gram takes at a time: its panel stays in the second-level cache. */
enum { LOGREG_BLOCK = 512 };

/** Columns are taken four at a time: panels have a multiple of four of them. */
enum { LOGREG_TILE = 4 };

/** Weights of the two classes. */
typedef struct logreg_class_weights {
    double positive, negative;
} logreg_class_weights;

typedef struct logreg_view logreg_view;

/** Columns that a matrix of curvature is formed of. */
typedef struct logreg_gram_columns {
    const double *values; /**< [n_columns][stride], the first the signs; no more if there are: */
    const logreg_view *views; /**< [n_columns], or NULL */
    size_t stride;
} logreg_gram_columns;

/** Where rows stand; all are [stride]. */
typedef struct logreg_rows {
    double *margins;
    const double *signs;
    double *pull, *root; /**< As logreg_kernels.advance writes them. */
} logreg_rows;

typedef struct logreg_kernels {
    /** The mean of a column's real rows, and whether they are all the same. */
    double (*mean)(const double *column, const double *signs, size_t n_rows, size_t stride,
                   bool *constant);

    /**
     * Writes (column - centre) / scale * sign, where scale is the root mean square of the
     * deviations, and returns scale; 0 (and zeros) if there are no deviations to speak of.
     */
    double (*standardise)(double *standard, const double *column, const double *signs,
                          size_t n_rows, size_t stride, double centre);

    /**
     * Moves the margins by alpha * direction and evaluates the loss there.
     *
     * @param[out] pull  [stride], weight times the chance of the other class: minus the derivative
     *                   of the loss by the margin.
     * @param[out] root  [stride], the square root of the second derivative.
     * @return The sum of weight * log(1 + exp(-margin)).
     */
    double (*advance)(double *margins, const double *direction, double alpha, const double *signs,
                      size_t stride, logreg_class_weights weights, double *pull, double *root);

    /** gradient[j] = -sum of column j times pull. */
    void (*gradient)(double *gradient, const double *columns, size_t stride, size_t n_columns,
                     const double *pull);

    /**
     * What a matrix of curvature makes of factors, reading the columns once:
     * products[j] = sum of column j times weight times (rows + sum of column k times factor k).
     *
     * @param[in,out] rows    [stride], taken and replaced by weight times the sum in brackets.
     * @param[in]     packed  [stride * n_columns], by logreg_view_kernels.pack.
     * @param[out]    lanes   [n_columns][PEREBOR_LANES], to compute in.
     */
    void (*curve)(double *products, double *rows, const double *packed, size_t stride,
                  size_t n_columns, const double *factors, const double *weights, double *lanes);

    /**
     * The symmetric matrix of sums of root^2 * column a * column b over the columns listed. The
     * rows [from, to) are added; the first call, from 0, begins with zeros, and the last, to the
     * stride, makes the matrix whole.
     *
     * @param[in]  from  A multiple of LOGREG_SINGLE_BLOCK.
     * @param[out] gram   [n_listed rounded up to LOGREG_TILE][ld], ld at least as much.
     * @param[out] panel  [n_listed rounded up to LOGREG_TILE][LOGREG_BLOCK], to compute in.
     */
    void (*gram)(double *gram, size_t ld, const logreg_gram_columns *columns, const size_t *list,
                 size_t n_listed, const double *root, size_t from, size_t to, double *panel);

    /** direction = the listed columns times steps; returns the largest magnitude in it. */
    double (*combine)(double *direction, const double *columns, size_t stride, const size_t *list,
                      const double *steps, size_t n_listed);

    /** scores[row] = intercept + sum of coefficient * value, column by column. */
    void (*score)(double *scores, const double *values, size_t n_rows, size_t stride,
                  const double *coefficients, size_t n_columns, double intercept);

    /** scores[row] += coefficients[codes[row]], those of n_levels and beyond nothing: what the sum
     * of coefficient * value over the levels comes to. */
    void (*score_levels)(double *scores, const uint32_t *codes, size_t n_rows,
                         const double *coefficients, size_t n_levels);
} logreg_kernels;

PEREBOR_KERNEL_DECLARE(logreg_kernels, logreg_kernels);

#endif
