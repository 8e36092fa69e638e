// SPDX-License-Identifier: MIT
/**
 * @file svc_steps.h
 * The inner loops of sequential minimal optimisation.
 *
 * Arrays are [n] with n a multiple of SVC_CLASSES. A point that must not be chosen on one side has
 * an infinite barrier there, and so have the points that pad an array.
 */
#ifndef PEREBOR_MODEL_SVC_SVC_STEPS_H
#define PEREBOR_MODEL_SVC_SVC_STEPS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/simd.h"

/** The most violating pair so far: the condition of optimality is highest - lowest <= tolerance. */
typedef struct svc_extremes {
    double highest; /**< The greatest error of the points that may go up. */
    size_t at;      /**< The last that has it. */
    double lowest;  /**< The least error of the points that may go down. */
} svc_extremes;

enum { SVC_CLASSES = 32 };

/**
 * Points fall into classes by their position modulo SVC_CLASSES; of each class the point with the
 * greatest error that may go up, and the one with the least that may go down. No class has one if
 * its extreme is infinite.
 */
typedef struct svc_candidates {
    double highest[SVC_CLASSES], lowest[SVC_CLASSES];
    double upward[SVC_CLASSES], downward[SVC_CLASSES]; /**< Positions. */
    bool finite;                                       /**< All errors are. */
} svc_candidates;

typedef struct svc_steps {
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

    /** The same two in single precision throughout. */
    void (*single_move)(float step, const float *row_i, const float *row_j, const float *ceilings,
                        const float *floors, size_t n, float *errors, svc_extremes *extremes);
    size_t (*single_partner)(const svc_extremes *extremes, const float *row_i, float diagonal_i,
                             const float *diagonal, const float *errors, const float *floors,
                             size_t n);

    /** errors -= steps[k] * rows[k] for k in [0, n_rows), in this order. */
    void (*subtract)(const double *steps, const float *const *rows, size_t n_rows, size_t n,
                     double *errors);

    void (*candidates)(const double *errors, const double *ceilings, const double *floors, size_t n,
                       svc_candidates *candidates);
} svc_steps;

/** Curvature where the kernel is not positive definite; LIBSVM's TAU. */
#define SVC_TAU 1e-12

PEREBOR_KERNEL_DECLARE(svc_steps, svc_steps);

#endif
