// SPDX-License-Identifier: MIT
/**
 * @file cluster_choice.h
 * Clusters by a method, and how many of them: by the mean silhouette with k-means, by BIC with a
 * mixture.
 */
#ifndef PEREBOR_CLUSTER_CLUSTER_CHOICE_H
#define PEREBOR_CLUSTER_CLUSTER_CHOICE_H

#include "cluster/kmeans.h"
#include "cluster/mixture.h"

/** Values are stored in result files: never renumber. */
typedef enum cluster_method {
    CLUSTER_KMEANS = 0,
    CLUSTER_MIXTURE = 1, /**< Normal distributions with diagonal covariances. */
} cluster_method;

/** "kmeans", "gmm", NULL. */
extern const char *const cluster_method_names[];

/** One number of clusters that was tried. */
typedef struct cluster_attempt {
    size_t k;
    double inertia, silhouette;
    double bic; /**< NaN with k-means. */
} cluster_attempt;

/** Starts as {0}; released with cluster_choice_release(). */
typedef struct cluster_choice {
    cluster_method method;
    size_t k, n_dimensions;
    double *centers;   /**< [k][n_dimensions] means */
    double *variances; /**< [k][n_dimensions] of a mixture; NULL with k-means */
    double *weights;   /**< [k] likewise */
    uint32_t *labels;  /**< [n] of the points that it was fitted on */
    cluster_attempt attempts[CLUSTER_MOST];
    size_t n_attempts;
    double silhouette;   /**< That of the labels. */
    size_t n_silhouette; /**< Points that silhouettes are means over. */
    bool converged;
} cluster_choice;

/** Most points whose silhouettes are computed; of more, so many are drawn. */
enum { CLUSTER_SILHOUETTE_POINTS = 3000 };

/** Clusters of a given number. The choice has no silhouette and one attempt without. */
PEREBOR_MUST_CHECK perebor_status cluster_choice_fit(cluster_choice *choice,
                                                     const cluster_points *points,
                                                     cluster_method method, size_t k,
                                                     size_t n_starts, perebor_stream stream,
                                                     uint64_t key, perebor_error *error);

/**
 * Tries every number from @p k_least to @p k_most and takes the one with the greatest silhouette,
 * or of a mixture with the least BIC; of equal ones the least.
 *
 * @param[in] k_least  At least 2; k_most at most CLUSTER_MOST and points->n - 1.
 */
PEREBOR_MUST_CHECK perebor_status cluster_choose(cluster_choice *choice,
                                                 const cluster_points *points,
                                                 cluster_method method, size_t k_least,
                                                 size_t k_most, perebor_stream stream,
                                                 perebor_error *error);

/** Goes on with more points from where a choice is: its centers move to these. */
PEREBOR_MUST_CHECK perebor_status cluster_choice_extend(cluster_choice *choice,
                                                        const cluster_points *points,
                                                        perebor_error *error);

/** The clusters of other points. @param[out] labels  [points->n] */
void cluster_choice_assign(uint32_t *labels, const cluster_points *points,
                           const cluster_choice *choice);

void cluster_choice_release(cluster_choice *choice);

#endif
