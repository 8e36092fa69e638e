// SPDX-License-Identifier: MIT
/**
 * @file svc_steps.h
 * The inner loops of sequential minimal optimisation over all active points.
 *
 * Arrays are [n] with n a multiple of SVC_PAD. A point that must not be chosen on one side has an
 * infinite barrier there, and so have the points that pad an array.
 */
#ifndef PEREBOR_MODEL_SVC_STEPS_H
#define PEREBOR_MODEL_SVC_STEPS_H

#include <stddef.h>

#include "base/simd.h"

/** The most violating pair so far: the condition of optimality is highest - lowest <= tolerance. */
typedef struct svc_extremes {
    double highest; /**< Of errors of points that may go up. */
    size_t at;      /**< The last that has it. */
    double lowest;  /**< Of errors of points that may go down. */
} svc_extremes;

struct svc_steps {
    /**
     * errors -= step * (row_i - row_j), and the extremes afterwards.
     *
     * @param[in] ceilings  0 for points that may go up, -infinity for others.
     * @param[in] floors    0 for points that may go down, +infinity for others.
     */
    void (*move)(double step, const float *row_i, const float *row_j, const double *ceilings,
                 const double *floors, size_t n, double *errors, svc_extremes *extremes);

    /**
     * The partner of point i that promises the greatest decrease, (highest - error)^2 / curvature
     * (second order working set selection; Fan, Chen and Lin, JMLR 6, 2005, WSS 2), compared in
     * single precision: which partner is taken bears on speed, not on the optimum.
     */
    size_t (*partner)(const svc_extremes *extremes, const float *row_i, float diagonal_i,
                      const float *diagonal, const double *errors, const double *floors, size_t n);

    /** errors -= coefficient * row. */
    void (*subtract)(double coefficient, const float *row, size_t n, double *errors);
};

/** Curvature where the kernel is not positive definite; LIBSVM's TAU. */
#define SVC_TAU 1e-12

PEREBOR_KERNEL_DECLARE(struct svc_steps, svc_steps);

#endif
