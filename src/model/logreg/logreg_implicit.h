// SPDX-License-Identifier: MIT
/**
 * @file logreg_implicit.h
 * The quadratic of logreg_quadratic.h, for more columns than a matrix of all pairs would serve: its
 * curvature is only ever multiplied with vectors, through the columns.
 *
 *     minimise over u + d:  sum_j (g_j + l2_j u_j) d_j + d'(H + diag l2) d / 2
 *                           + sum_j l1_j |u_j + d_j|
 *
 * Without l1 it is one run of conjugate gradients, preconditioned by the diagonal (Hestenes and
 * Stiefel, J. Res. Nat. Bur. Standards 49, 1952). With l1, sweeps of coordinate descent find signs,
 * and conjugate gradients go over the variables in use, their signs given.
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_IMPLICIT_H
#define PEREBOR_MODEL_LOGREG_LOGREG_IMPLICIT_H

#include <stdbool.h>

#include "model/logreg/logreg_point.h"

typedef struct logreg_implicit {
    const logreg_point *at;
    double *values; /**< [ld], the minimum */
    /** How far the gradient has come down, in the norm of the preconditioner; 0: to rounding. */
    double precision;
    size_t n_products; /**< How often the curvature was multiplied by a vector, in all. */

    bool any_l1;
    double *curvature; /* [stride], second derivative of the loss by the margin */
    double *moves;     /* [stride], change of margins at values */
    double *drag;      /* [stride], curvature * moves, and scratch */
    double *packed;    /* [stride * n_dense], the dense columns as products read them, or NULL: */
    logreg_packed rough_columns; /* of many, those in use as products read them roughly: */
    float *singles;              /* [stride * n_dense], made when they are first needed */
    int16_t *shorts; /* [stride * n_dense], likewise, for as long as these are trusted */
    double *units;   /* [n_dense] of shorts */
    bool is_many;    /* Products are rough at first. */
    perebor_workspace *workspace;
    logreg_used used;   /* which dense columns these are, and the sparse ones in use */
    void *lanes;        /* scratch of a product */
    bool rough;         /* Products are in single precision, of rounded columns where possible, */
    bool is_trusted;    /* and these are taken at their word, */
    bool trusts;        /* as they have been from the beginning. */
    double first;       /* measure at the present point */
    double *squares;    /* [ld], H_jj of dense columns, where it was formed last */
    double formed_at;   /* sum of the curvature there; 0: nowhere */
    double *diagonal;   /* [ld], H_jj + l2_j, about if there is no l1 */
    double *inverse;    /* [ld], 1 / diagonal, 0 where that is 0 */
    double *slope;      /* [ld], gradient of the smooth part at values */
    double *scale;      /* [ld], 1 / diagonal of variables in use, otherwise 0 */
    double *residual;   /* [ld] */
    double *search;     /* [ld] */
    double *product;    /* [ld] */
    double *correction; /* [ld] */
    double *given;      /* [ld], the residual that a correction is found for */
} logreg_implicit;

/** Makes one in the workspace, for quadratics near @p at, which must outlive it. */
PEREBOR_MUST_CHECK perebor_status logreg_implicit_create(logreg_implicit **quadratic,
                                                         const logreg_point *at,
                                                         perebor_workspace *workspace,
                                                         perebor_error *error);

/** Forgets what is known of other points, and how many products there were. */
void logreg_implicit_restart(logreg_implicit *quadratic);

/** Whether there are so many dense columns that products with them are in single precision first,
 * and no l1: then so may be what is far from the optimum. Columns that are not centred may be far
 * larger than what they tell, which single precision would lose. */
bool logreg_implicit_may_be_rough(const logreg_implicit *quadratic);

/**
 * Takes values to the minimum of the quadratic at the present point, to a precision; breaks off at
 * the deadline.
 *
 * @param[in] precision  Wanted; that reached is in the quadratic.
 * @param[in] expected   What the step before was to leave of the measure's root.
 * @param[in] is_far     Margins and gradients are in single precision themselves.
 *                       @pre logreg_implicit_may_be_rough()
 */
PEREBOR_MUST_CHECK perebor_status logreg_implicit_minimise(logreg_implicit *quadratic,
                                                           double precision, double expected,
                                                           bool is_far, perebor_error *error);

/** As logreg_problem_combine(), in single precision.
 * @pre logreg_implicit_minimise() was the last to be called, and is_trusted. */
double logreg_implicit_combine(logreg_implicit *quadratic, double *direction, const double *steps);

/** As logreg_problem_gradient(), in single precision; likewise. @param[in,out] pull  Is the same
 * after it. */
void logreg_implicit_gradient(logreg_implicit *quadratic, double *gradient, double *pull);

#endif
