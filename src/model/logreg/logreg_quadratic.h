// SPDX-License-Identifier: MIT
/**
 * @file logreg_quadratic.h
 * The minimum of a convex quadratic with absolute values: what one proximal Newton step needs.
 *
 *     minimise over u:  gradient'(u - u0) + (u - u0)' curvature (u - u0) / 2 + sum of l1[j] |u[j]|
 *
 * A few sweeps of coordinate descent find most signs; then the feature-sign search (Lee, Battle,
 * Raina and Ng, "Efficient sparse coding algorithms", NIPS 2006) walks to the exact minimum in
 * finitely many linear solves, so that collinear columns, on which coordinate descent crawls, cost
 * nothing. With all l1 zero it is one Cholesky solve.
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_QUADRATIC_H
#define PEREBOR_MODEL_LOGREG_LOGREG_QUADRATIC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/simd.h"

/** The problem, its solution and the working space; all memory is the caller's. */
typedef struct logreg_quadratic {
    size_t n;          /**< Variables. */
    size_t ld;         /**< A multiple of 8, at least n; the length of every vector. */
    double *curvature; /**< [n][ld], symmetric, positive semidefinite; beyond n anything finite. */
    double *l1;        /**< [ld], 0 or more; 0: the variable is free. */
    double *gradient;  /**< [ld], of the quadratic at values; kept up to date. */
    double *values;    /**< [ld], the start, and then the minimum. */
    size_t n_sweeps;   /**< Sweeps of coordinate descent, at most; none if all l1 are 0. */

    double *factor;     /**< [n][ld], Cholesky factor of the active part, column by column. */
    double *inverse;    /**< [ld], 1 / its diagonal. */
    double *step;       /**< [ld] */
    double *sign;       /**< [ld], by variable. */
    size_t *active;     /**< [n], variables in the order of the factor. */
    bool *is_settled;   /**< [n], active, or not to be made so again. */
    bool *is_dependent; /**< [n], by position. */
    size_t n_active;
} logreg_quadratic;

typedef struct logreg_quadratic_kernels {
    /** Moves values to the minimum; breaks off at the deadline (base/deadline.h). */
    void (*minimise)(logreg_quadratic *quadratic);
} logreg_quadratic_kernels;

PEREBOR_KERNEL_DECLARE(logreg_quadratic_kernels, logreg_quadratic_kernels);

#endif
