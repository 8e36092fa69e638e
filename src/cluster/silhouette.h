// SPDX-License-Identifier: MIT
/**
 * @file silhouette.h
 * How well points lie in their clusters (Rousseeuw, Journal of Computational and Applied
 * Mathematics 20, 1987).
 */
#ifndef PEREBOR_CLUSTER_SILHOUETTE_H
#define PEREBOR_CLUSTER_SILHOUETTE_H

#include "cluster/points.h"

/**
 * The mean over points of (b - a) / max(a, b): a is the mean Euclidean distance to the others of
 * its cluster, b that to the nearest other cluster; 0 for a point that is alone. As scikit-learn's
 * silhouette_score; n² distances. NaN if fewer than two clusters have points.
 */
PEREBOR_MUST_CHECK perebor_status cluster_silhouette(double *mean, const cluster_points *points,
                                                     const uint32_t *labels, size_t k,
                                                     perebor_error *error);

#endif
