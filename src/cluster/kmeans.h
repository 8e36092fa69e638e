// SPDX-License-Identifier: MIT
/**
 * @file kmeans.h
 * k-means: centers for which the sum of squared distances of points to the nearest is small.
 *
 * Starts by greedy k-means++ (Arthur and Vassilvitskii, SODA 2007, with 2 + ln k candidates a
 * center), then Lloyd's steps until no point changes its center. The best of several starts counts.
 */
#ifndef PEREBOR_CLUSTER_KMEANS_H
#define PEREBOR_CLUSTER_KMEANS_H

#include "cluster/points.h"

/** Starts as {0}; released with kmeans_release(). */
typedef struct kmeans {
    size_t k, n_dimensions;
    double *centers;  /**< [k][n_dimensions] */
    uint32_t *labels; /**< [n] */
    uint64_t *sizes;  /**< [k] */
    double inertia;   /**< Sum of squared distances to the centers. */
    size_t n_iterations;
    bool converged;
} kmeans;

/**
 * The first center is that of the most points, the last that of the fewest.
 *
 * @param[in] k         From 1 to CLUSTER_MOST, at most points->n.
 * @param[in] n_starts  At least 1.
 * @param[in] key       Sets runs of one stream apart.
 */
PEREBOR_MUST_CHECK perebor_status kmeans_fit(kmeans *found, const cluster_points *points, size_t k,
                                             size_t n_starts, perebor_stream stream, uint64_t key,
                                             perebor_error *error);

/** Lloyd's steps alone; centers keep their order. @param[in] centers  [k][n_dimensions] to start
 * from. */
PEREBOR_MUST_CHECK perebor_status kmeans_refine(kmeans *found, const cluster_points *points,
                                                size_t k, const double *centers,
                                                perebor_error *error);

/** The nearest center of every point; of equally near ones the first. @return Sum of squares. */
double kmeans_assign(uint32_t *labels, const cluster_points *points, const double *centers,
                     size_t k);

void kmeans_release(kmeans *found);

#endif
