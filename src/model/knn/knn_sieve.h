// SPDX-License-Identifier: MIT
/**
 * @file knn_sieve.h
 * Rough distances in single precision, at twice the speed, that pass over whatever is surely not
 * near. What they let through is measured in double precision; they bear on no distance and on no
 * neighbour.
 */
#ifndef PEREBOR_MODEL_KNN_KNN_SIEVE_H
#define PEREBOR_MODEL_KNN_KNN_SIEVE_H

#include <stdbool.h>

#include "model/knn/knn_kernel.h"
#include "perebor/matrix.h"

/** Training rows for manhattan and euclidean distances. */
typedef struct knn_sieve {
    float *packed;      /**< As knn_kernels' rough() wants them, or NULL: nothing to gain. */
    double *longest[2]; /**< [chunks] by knn_metric: the largest norm among the rows of a chunk. */
    size_t chunk_rows, n_columns;
} knn_sieve;

/** @param[in] chunk_rows  A multiple of KNN_SIEVE_TILE. @return False if memory is short. */
PEREBOR_MUST_CHECK bool knn_sieve_create(knn_sieve *sieve, const perebor_matrix *rows,
                                         size_t chunk_rows, perebor_workspace *workspace);

/** The norm of query @p query of a group. @param[in] queries  [n_columns][KNN_QUERIES] */
double knn_sieve_norm(const knn_sieve *sieve, knn_metric metric, const double *queries,
                      size_t query);

/**
 * A rough distance that no row of a chunk exceeds whose distance is below a limit.
 *
 * @param[in] limit  As knn_kernels' distances() sums them.
 * @param[in] norm   Of the query.
 * @return Infinity if there is none, as values are too large.
 */
float knn_sieve_limit(const knn_sieve *sieve, knn_metric metric, size_t chunk, double limit,
                      double norm);

#endif
