// SPDX-License-Identifier: MIT
/**
 * @file svc_interior.h
 * The inner loops of the interior point method for linear kernels, over all rows.
 *
 * Arrays are [n] with n the stride of the matrix, a multiple of 8. Each row has a sign (1, -1; 0
 * for rows that pad), a dual weight and its distance to the upper bound, and the multipliers of the
 * two bounds, which are the slack of its margin and its hinge loss.
 *
 * Loops over pairs of columns break off at the deadline (base/deadline.h).
 */
#ifndef PEREBOR_MODEL_SVC_SVC_INTERIOR_H
#define PEREBOR_MODEL_SVC_SVC_INTERIOR_H

#include <stddef.h>

#include "base/simd.h"
#include "perebor/matrix.h"

/** The iterate and what is derived from it. All arrays are [n]. */
typedef struct svc_iterate {
    size_t n;
    double *sign;
    double *weight;    /**< a > 0 */
    double *room;      /**< C - a > 0 */
    double *slack;     /**< z > 0, multiplier of a >= 0 */
    double *loss;      /**< v > 0, multiplier of a <= C */
    double *decision;  /**< x.w + b */
    double *scaling;   /**< 1 / (z / a + v / (C - a)); 0 for rows that pad */
    double *target;    /**< right-hand side of a row */
    double *turned;    /**< sign * (a + scaling * target): what the normal equations sum up */
    double *direction; /**< x.dw + db */
    double *weight_step, *slack_step, *loss_step;
} svc_iterate;

enum { SVC_INTERIOR_BLOCK = 1024, SVC_INTERIOR_SCRATCH = 2 * SVC_INTERIOR_BLOCK };

typedef struct svc_interior {
    /**
     * The upper triangle of the products of columns, weighted by scaling; a constant column of ones
     * comes last.
     *
     * @param      weighted  [SVC_INTERIOR_SCRATCH]
     * @param[out] normal    [n_columns + 1][n_columns + 1]; below the diagonal unspecified
     */
    void (*normal)(const perebor_matrix *rows, const double *scaling, double *weighted,
                   double *normal);

    /**
     * Turns the upper triangle of the normal equations into U with U'U equal to them. A pivot that
     * is nothing but rounding belongs to a column that others combine to: its weight stays as it
     * is.
     */
    void (*factorise)(double *normal, size_t size);

    /** Takes cross_l cross_l' / pivots_l of every level off the upper triangle of the normal
     *  equations. @param[in] cross  [n_levels][size] */
    void (*eliminate)(const double *cross, const double *pivots, size_t n_levels, size_t size,
                      double *normal);

    /** Products of the columns with values. @param[out] sums  [n_columns + 1], the last their sum
     */
    void (*project)(const perebor_matrix *rows, const double *values, double *sums);

    /** The sum of the columns by their weights, and the last. @param[in] weights [n_columns + 1] */
    void (*combine)(const perebor_matrix *rows, const double *weights, double *decisions);

    /** Scaling, target and turned of the predictor; @return the sum of complementary products. */
    double (*predict)(svc_iterate *iterate);

    /**
     * Steps of the predictor from its direction.
     *
     * @param[out] affine  What the complementary products would sum to after the longest step.
     * @return The longest step, at most 1, that keeps everything positive.
     */
    double (*affine)(svc_iterate *iterate, double *affine);

    /** Target and turned of the corrector: complementary products are to become @p centre. */
    void (*correct)(svc_iterate *iterate, double centre);

    /** Steps of the corrector from its direction. @return The longest step, at most 1. */
    double (*finish)(svc_iterate *iterate);

    /** Goes @p step along the direction. */
    void (*advance)(svc_iterate *iterate, double step);
} svc_interior;

PEREBOR_KERNEL_DECLARE(svc_interior, svc_interior);

#endif
