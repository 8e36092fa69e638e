// SPDX-License-Identifier: MIT
/**
 * @file mixture.h
 * A mixture of normal distributions whose covariances are diagonal, by expectation and maximisation
 * (Dempster, Laird and Rubin, JRSS B 39, 1977).
 *
 *     p(x) = sum over c of w_c prod over j of N(x_j; m_cj, v_cj)
 *
 * Starts from k-means. Variances get 1e-6 more, as in scikit-learn's GaussianMixture, so that none
 * vanishes.
 */
#ifndef PEREBOR_CLUSTER_MIXTURE_H
#define PEREBOR_CLUSTER_MIXTURE_H

#include "cluster/kmeans.h"

/** Starts as {0}; released with mixture_release(). */
typedef struct mixture {
    size_t k, n_dimensions;
    double *weights;       /**< [k] */
    double *means;         /**< [k][n_dimensions] */
    double *variances;     /**< [k][n_dimensions] */
    double log_likelihood; /**< Mean of ln p(x) over the points. */
    double bic;            /**< -2 n log_likelihood + (2 k d + k - 1) ln n (Schwarz, 1978) */
    size_t n_iterations;
    bool converged; /**< The mean gained no more than 1e-7 in the last step. */
} mixture;

/** @param[in] start  Whose labels the points have at first. */
PEREBOR_MUST_CHECK perebor_status mixture_fit(mixture *found, const cluster_points *points,
                                              const kmeans *start, perebor_error *error);

/** The component of every point that most likely made it; of equally likely ones the first. */
void mixture_assign(uint32_t *labels, const cluster_points *points, const mixture *mixture);

void mixture_release(mixture *found);

#endif
