// SPDX-License-Identifier: MIT
/**
 * @file svc_conjugate.h
 * The free points of a block all at once, by conjugate gradients.
 */
#ifndef PEREBOR_MODEL_SVC_SVC_CONJUGATE_H
#define PEREBOR_MODEL_SVC_SVC_CONJUGATE_H

#include <stddef.h>

#include "base/simd.h"

/** The dual over some points. Arrays are [n], a multiple of SVC_PAD; what pads them is zero. */
typedef struct svc_quadratic {
    size_t n;
    const float *entries; /**< [points][n] kernel values; rows of free points are there. */
    float *errors;        /**< Minus the gradient. */
    double *coefficients; /**< What is optimised, */
    const double *highest, *lowest; /**< and its bounds. */
    size_t *free;                   /**< [n_free] in ascending order: between their bounds. */
    size_t n_free;
    size_t rank;          /**< The kernel is about U'U and a diagonal D; 0: the diagonal alone. */
    const float *factors; /**< [rank][n] U */
    const float *rests;   /**< D, above 0 */
    double *root;         /**< [rank][rank + 1] scratch */
    float *arrays;        /**< [SVC_CONJUGATE_ARRAYS][n] scratch */
} svc_quadratic;

enum { SVC_CONJUGATE_ARRAYS = 8 };

typedef struct svc_conjugates {
    /**
     * Moves all free points together until their errors lie within @p tolerance of each other, or
     * until @p most products of the matrix and a vector were taken. A point that reaches a bound
     * stays there, and is no longer among the free.
     *
     * @return How many products were taken.
     */
    size_t (*descend)(svc_quadratic *quadratic, double tolerance, size_t most);
} svc_conjugates;

PEREBOR_KERNEL_DECLARE(svc_conjugates, svc_conjugates);

#endif
