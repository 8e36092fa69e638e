// SPDX-License-Identifier: MIT
/**
 * @file knn_distance.h
 * Which distances are computed for all rows, and the distance of one row alone.
 */
#ifndef PEREBOR_MODEL_KNN_KNN_DISTANCE_H
#define PEREBOR_MODEL_KNN_KNN_DISTANCE_H

#include "model/knn/knn_kernel.h"

/** What to measure many rows by: powers are rough at first. */
static inline knn_metric knn_rough_metric(knn_metric metric) {
    return metric == KNN_MINKOWSKI ? KNN_ROUGH_MINKOWSKI : metric;
}

/**
 * The distance of one row, with the bits that knn_kernels' distances() give it. No rough one.
 *
 * @param[in] packed  Tiles of eight rows.
 * @param[in] query   Its values are @p step apart.
 */
double knn_distance(knn_metric metric, double p, const double *packed, size_t row, size_t n_columns,
                    const double *query, size_t step);

#endif
