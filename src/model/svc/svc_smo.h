// SPDX-License-Identifier: MIT
/**
 * @file svc_smo.h
 * The dual of a support vector machine by sequential minimal optimisation.
 */
#ifndef PEREBOR_MODEL_SVC_SVC_SMO_H
#define PEREBOR_MODEL_SVC_SVC_SMO_H

#include <stdbool.h>
#include <stdint.h>

#include "model/svc/svc_precision.h"
#include "model/svc/svc_rows.h"

/** What to solve, and how far. */
typedef struct svc_problem {
    const uint8_t *labels; /**< [n_rows] */
    double bounds[2];      /**< Greatest weight of a point of each class: C by class weight. */
    double tolerance;      /**< On the violation of the conditions of optimality, of decisions that
                                span 1 or more; in proportion for others. */
    uint64_t max_iterations;
    bool convex;   /**< The kernel is positive definite. */
    bool together; /**< Solve for all unsettled points at once: rows are not very many. */
} svc_problem;

/** f(x) = sum of coefficients[i] k(x_i, x) + bias. */
typedef struct svc_solution {
    double *coefficients; /**< [n_rows], the caller's; of a positive point in [0, C]. */
    double bias;
    uint64_t iterations;
    bool converged;
    svc_precision precision;
    bool worth_reducing; /**< Kernel values that are reduced would tell decisions apart far better.
                          */
} svc_solution;

/**
 * Maximises the dual over the coefficients; see svc_smo.c for the method. Leaves the workspace as
 * it was.
 *
 * @param[in,out] solution  Gives coefficients room; the rest is output.
 * @retval PEREBOR_ERR_NUMERIC  Kernel values that are not finite.
 */
PEREBOR_MUST_CHECK perebor_status svc_smo_solve(const svc_gram *gram, const svc_problem *problem,
                                                perebor_workspace *workspace,
                                                svc_solution *solution, perebor_error *error);

#endif
