// SPDX-License-Identifier: MIT
/**
 * @file logreg_point.h
 * Where a solver of penalised logistic regression stands: weights, margins, and the loss and its
 * derivatives there. The mathematics is that of logreg_solver.c.
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_POINT_H
#define PEREBOR_MODEL_LOGREG_LOGREG_POINT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/logreg/logreg_problem.h"

/** Penalties of the weights of the original columns, and of the intercept if it is not free. */
typedef struct logreg_penalty {
    double l1, l2;
} logreg_penalty;

/** A model: log-odds = intercept + sum of coefficient * value. */
typedef struct logreg_solution {
    double *coefficients; /**< [n_features] */
    double intercept;
    bool converged;
    uint32_t iterations;
} logreg_solution;

typedef struct logreg_point {
    const logreg_problem *problem;
    double *margins;   /**< [stride] */
    double *direction; /**< [stride], how a whole step changes the margins; the solver sets it. */
    double *pull;      /**< [stride] */
    double *root;      /**< [stride] */
    double *gradient;  /**< [ld], of the loss; the solver sets it after a step. */
    double *lanes;     /**< [n_dense][PEREBOR_LANES], to compute in */
    double *weights;   /**< [ld] */
    double *l1, *l2;   /**< [ld], transformed to the problem's columns */
    double objective;
} logreg_point;

/** Goes to where every solver starts: weights 0, and the free intercept that is best for them. */
void logreg_point_start(logreg_point *point, logreg_penalty penalty);

/** l1_j |u_j| + (l2_j / 2) u_j^2 */
double logreg_point_penalty(const logreg_point *point, size_t column, double weight);

/** The penalty of all weights. */
double logreg_point_total_penalty(const logreg_point *point);

/** Moves the margins by alpha * direction, the weights not; returns the loss there. */
double logreg_point_advance(logreg_point *point, double alpha);

/** Whether logreg_point_go() serves: all columns are dense, and read as views. */
static inline bool logreg_point_can_go(const logreg_point *point) {
    const logreg_problem *problem = point->problem;
    return problem->views != NULL && problem->n_columns == problem->n_dense;
}

/**
 * Goes a whole step, the weights excepted: direction, margins and the gradient where they lead, in
 * one reading of the columns and to the bits that one after the other has.
 *
 * @param[in]  steps  [n_columns]
 * @param[out] loss   There.
 * @param[in] arrived Called with the context for every LOGREG_SINGLE_BLOCK rows whose root is
 * known, while they are at hand; or NULL.
 * @return The largest magnitude of the direction.
 * @pre logreg_point_can_go()
 */
double logreg_point_go(logreg_point *point, const double *steps, double *loss,
                       void (*arrived)(void *context, size_t from, size_t to), void *context);

/**
 * Says what the model is.
 *
 * @param[in,out] solution  Its coefficients and intercept are written.
 * @retval PEREBOR_ERR_NUMERIC  The intercept is not finite.
 */
PEREBOR_MUST_CHECK perebor_status logreg_point_finish(const logreg_point *point,
                                                      logreg_solution *solution,
                                                      perebor_error *error);

#endif
