// SPDX-License-Identifier: MIT
/**
 * @file knn_distance_filter.h
 * Rough distances in single precision, at twice the speed, that pass over whatever is surely not
 * near. What they let through is measured in double precision; they bear on no distance and on no
 * neighbour. Where a list is empty, they say first what k of the rows are not farther away than.
 */
#ifndef PEREBOR_MODEL_KNN_KNN_DISTANCE_FILTER_H
#define PEREBOR_MODEL_KNN_KNN_DISTANCE_FILTER_H

#include <stdbool.h>

#include "model/knn/knn_kernel.h"
#include "perebor/matrix.h"

/** Training rows for manhattan and euclidean distances. */
typedef struct knn_distance_filter {
    float *packed;      /**< As knn_kernels' rough() wants them, or NULL: nothing to gain. */
    double *longest[2]; /**< [chunks] by knn_metric: the largest norm among the rows of a chunk. */
    size_t chunk_rows, n_columns;
    size_t n_terms; /**< That a rough distance is summed from: columns, and ones that are added. */
} knn_distance_filter;

/**
 * @param[in] least_rows  Of fewer rows nothing is made.
 * @param[in] n_ones      How many ones are added to rough distances at most: levels.
 * @param[in] chunk_rows  A multiple of KNN_FILTER_TILE.
 * @return False if memory is short.
 */
PEREBOR_MUST_CHECK bool knn_distance_filter_create(knn_distance_filter *filter,
                                                   const perebor_matrix *rows, size_t least_rows,
                                                   size_t n_ones, size_t chunk_rows,
                                                   perebor_workspace *workspace);

/** The norm of query @p query of a group. @param[in] queries  [n_columns][KNN_QUERIES] */
double knn_distance_filter_norm(const knn_distance_filter *filter, knn_metric metric,
                                const double *queries, size_t query);

/**
 * A rough distance that no row of a chunk exceeds whose distance is below a limit.
 *
 * @param[in] limit  As knn_kernels' distances() sums them.
 * @param[in] norm   Of the query.
 * @param[in] slack  What rough distances may be off by beside, at most.
 * @return Infinity if there is none, as values are too large.
 */
float knn_distance_filter_limit(const knn_distance_filter *filter, knn_metric metric, size_t chunk,
                                double limit, double norm, double slack);

/**
 * The other way round: a distance that is not below that of any row of a chunk whose rough distance
 * is at most @p rough.
 */
double knn_distance_filter_bound(const knn_distance_filter *filter, knn_metric metric, size_t chunk,
                                 float rough, double norm);

#endif
