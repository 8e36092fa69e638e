// SPDX-License-Identifier: MIT
/**
 * @file svc_pairs.h
 * Sequential minimal optimisation over some points, one pair after another. The points may be all
 * there are, or a block whose arrays stay in the first level of cache.
 */
#ifndef PEREBOR_MODEL_SVC_SVC_PAIRS_H
#define PEREBOR_MODEL_SVC_SVC_PAIRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/svc/svc_steps.h"

/** The row of kernel values of one point; that of @p other stays valid. */
typedef const float *svc_pairs_row(void *context, size_t point, size_t other);

/** Arrays are [n], a multiple of SVC_CLASSES; points that pad them have two infinite barriers. */
typedef struct svc_pairs {
    size_t n;
    double *errors;            /**< Minus the gradient. */
    double *ceilings, *floors; /**< Barriers; see svc_steps.h. */
    double *coefficients;      /**< What is optimised. */
    double *highest, *lowest;  /**< Their bounds. */
    const double *diagonal;    /**< Kernel values of points with themselves. */
    const float *rounded;      /**< The same in single precision. */
    svc_pairs_row *row;
    void *context;
} svc_pairs;

/** Barriers of a point according to its coefficient. */
void svc_pairs_bar(svc_pairs *pairs, size_t point);

/**
 * Moves pairs until no pair violates optimality by more than @p tolerance, or values are no longer
 * finite.
 *
 * @return How many pairs were moved, @p max_moves at most.
 */
uint64_t svc_pairs_descend(svc_pairs *pairs, double tolerance, uint64_t max_moves);

#endif
