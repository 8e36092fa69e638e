// SPDX-License-Identifier: MIT
/**
 * @file svc_optimum.h
 * How far coefficients of a support vector machine are from the optimum, for tests.
 */
#ifndef TESTS_UNIT_MODEL_SVC_OPTIMUM_H
#define TESTS_UNIT_MODEL_SVC_OPTIMUM_H

#include "model/svc/svc_rows.h"

/**
 * m(b) - M(b), from kernel values that are computed anew, in double precision: at the optimum it is
 * not above 0. Fails the test if there is no memory.
 *
 * @param[in] c             The bound of every point.
 * @param[in] coefficients  [n_points]
 */
double svc_optimum_violation(const svc_gram *gram, const uint8_t *labels, size_t n_points, double c,
                             const double *coefficients, perebor_workspace *workspace);

#endif
