// SPDX-License-Identifier: MIT
/**
 * @file svc_linear.h
 * A support vector machine with a linear kernel, by an interior point method whose iterations cost
 * n p^2: any C takes a dozen or two of them.
 */
#ifndef PEREBOR_MODEL_SVC_SVC_LINEAR_H
#define PEREBOR_MODEL_SVC_SVC_LINEAR_H

#include <stdbool.h>
#include <stdint.h>

#include "model/svc/svc_precision.h"
#include "perebor/learner.h"

/** f(x) = weights.x + bias. */
typedef struct svc_hyperplane {
    double *weights; /**< [n_columns], the caller's */
    double bias;
    uint32_t iterations;
    bool converged;
    svc_precision precision;
} svc_hyperplane;

/**
 * Finds the optimal hyperplane; see svc_linear.c for the method. Leaves the workspace as it was.
 *
 * @param[in]     bounds  Cost of a point of each class.
 * @param[in,out] plane   Gives weights room; the rest is output.
 */
PEREBOR_MUST_CHECK perebor_status svc_linear_solve(const perebor_training *training,
                                                   const double bounds[2], uint64_t max_iterations,
                                                   perebor_workspace *workspace,
                                                   svc_hyperplane *plane, perebor_error *error);

#endif
