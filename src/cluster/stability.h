// SPDX-License-Identifier: MIT
/**
 * @file stability.h
 * Whether clusters come again when the points are drawn again (Hennig, "Cluster-wise assessment of
 * cluster stability", Computational Statistics & Data Analysis 52, 2007).
 */
#ifndef PEREBOR_CLUSTER_STABILITY_H
#define PEREBOR_CLUSTER_STABILITY_H

#include "cluster/cluster_choice.h"

/** Means over resamples. */
typedef struct cluster_stability {
    size_t n_resamples;
    double jaccard[CLUSTER_MOST]; /**< Likeness of each cluster with the most similar one of a
                                     resample, over the points that it drew: below .6 it is no
                                     cluster to build on, from .75 on it is one (Hennig). */
    double adjusted_rand;         /**< Likeness of the partitions of all points. */
} cluster_stability;

/**
 * Clusters @p n_resamples bootstrap samples of the points, each as many points drawn with
 * replacement, by the method and the number of clusters of a choice.
 */
PEREBOR_MUST_CHECK perebor_status cluster_stability_measure(
    cluster_stability *stability, const cluster_points *points, const cluster_choice *choice,
    size_t n_resamples, perebor_stream stream, perebor_error *error);

#endif
