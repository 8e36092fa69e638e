// SPDX-License-Identifier: MIT
/**
 * @file logreg_view.h
 * Columns that are standardised whenever they are read, instead of being kept standardised.
 *
 * A copy of many columns would take as much memory as the training part itself. For column j, with
 * centre c_j, root mean square q_j and the signs s_i, a pass computes
 *
 *     z_ij = s_i z'_ij,   z'_ij = (x_ij - c_j) (1 / q_j),
 *
 * to the bits that logreg_kernels.standardise writes: a sign changes no magnitude, before or after
 * a rounding. So signs may be taken out of a sum over columns, and into what a sum over rows
 * multiplies the column by, and sums are the same to the bit as over columns that are kept.
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_VIEW_H
#define PEREBOR_MODEL_LOGREG_LOGREG_VIEW_H

#include <stddef.h>

#include "base/simd.h"
#include "model/logreg/logreg_kernel.h"

struct logreg_view {
    const double *values; /**< [stride], finite in the padding. */
    double centre;
    double inverse; /**< 1 / q */
    double largest; /**< max_i |z_ij|, about; for pack_shorts() alone. */
};

/** A whole step, and what is to be known where it leads. */
typedef struct logreg_way {
    logreg_rows rows;  /**< Pull and root are written, margins moved. */
    double *direction; /**< [stride], written */
    size_t stride, n_columns;
    const double *steps; /**< One for each column that is combined. */
    logreg_class_weights weights;
    double *gradient; /**< [n_columns], written */
    double loss;      /**< Written */
    double *lanes;    /**< [n_columns][PEREBOR_LANES], to compute in */
    /** Called for every LOGREG_SINGLE_BLOCK rows [from, to) that are there; or NULL. */
    void (*arrived)(void *context, size_t from, size_t to);
    void *context;
} logreg_way;

/** Signs are [stride], 0 in the padding; all break off at the deadline. */
typedef struct logreg_view_kernels {
    /**
     * The scale that logreg_kernels.standardise would return, divided by a unit; 0 if there are no
     * deviations to speak of.
     *
     * @param[out] unit  1, or the largest deviation where that is extreme: then squares are of
     *                   deviations divided by it.
     * @param[out] largest  The largest deviation, divided by it.
     */
    double (*measure)(const double *column, const double *signs, size_t n_rows, size_t stride,
                      double centre, double *unit, double *largest);

    /** to[i] = z_i of the rows [start, start + n_rows), both multiples of PEREBOR_LANES. */
    void (*write)(double *to, const logreg_view *view, const double *signs, size_t start,
                  size_t n_rows);

    /** As logreg_kernels.gradient; pull is 0 in the padding. */
    void (*gradient)(double *gradient, const logreg_view *views, const double *signs, size_t stride,
                     size_t n_views, const double *pull);

    /** squares[j] = sum of z_ij^2 times weight; weights are 0 in the padding. */
    void (*weighted_squares)(double *squares, const logreg_view *views, size_t stride,
                             size_t n_views, const double *weights);

    /** direction = the columns times steps; returns the largest magnitude in it. */
    double (*combine)(double *direction, const logreg_view *views, const double *signs,
                      size_t stride, const double *steps, size_t n_views);

    /**
     * combine(), logreg_kernels.advance by a whole step and gradient(), reading the columns once: a
     * block of rows stays in the second-level cache in between. The same bits, and what combine()
     * returns.
     */
    double (*go)(logreg_way *way, const logreg_view *views);

    /**
     * What the matrix of curvature makes of factors, exact to rounding and reading the columns
     * once: moves = the columns times factors, as combine() has them; drag = weights times moves;
     * products = minus what gradient() has of drag.
     *
     * @param[out] moves  [stride], or drag itself: not wanted.
     * @param[out] lanes  [n_views][PEREBOR_LANES], to compute in.
     */
    void (*curve)(double *products, const logreg_view *views, const double *signs, size_t stride,
                  size_t n_views, const double *factors, const double *weights, double *moves,
                  double *drag, double *lanes);

    /** The largest magnitude of [n], n a multiple of PEREBOR_LANES; not a number if one is none. */
    double (*largest)(const double *values, size_t n);

    /** rows += by * weight * column */
    void (*drag)(double *rows, const logreg_view *view, const double *signs, size_t stride,
                 double by, const double *weights);

    /** Columns in the order in which logreg_kernels.curve reads them. */
    void (*pack)(double *packed, const logreg_view *views, const double *signs, size_t stride,
                 size_t n_views);

    /** The sum of a packed column times rows. */
    double (*packed_product)(const double *packed, size_t stride, size_t n_columns, size_t column,
                             const double *rows);

    /** rows += by * weight * a packed column */
    void (*packed_drag)(double *rows, const double *packed, size_t stride, size_t n_columns,
                        size_t column, double by, const double *weights);

    /**
     * The listed columns in single precision, in the order of logreg_single_kernels.curve: block of
     * rows by block of rows, the last filled up with zeros.
     *
     * @param[out] packed  [stride rounded up to LOGREG_SINGLE_ROWS][n_listed]
     */
    void (*pack_singles)(float *packed, const logreg_view *views, const double *signs,
                         size_t stride, const size_t *list, size_t n_listed);

    /**
     * The same in whole numbers of a unit of each column, up to LOGREG_SHORT_MOST, rounded to the
     * nearest.
     *
     * @param[out] units  [n_listed]
     */
    void (*pack_shorts)(int16_t *packed, double *units, const logreg_view *views,
                        const double *signs, size_t stride, const size_t *list, size_t n_listed);
} logreg_view_kernels;

PEREBOR_KERNEL_DECLARE(logreg_view_kernels, logreg_view_kernels);

#endif
