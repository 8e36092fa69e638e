// SPDX-License-Identifier: MIT
/**
 * @file quadrature.h
 * Gauss-Legendre quadrature on [0, 1], by which Shapley values of products are exact.
 *
 * Where a model is a sum of products of one factor a player, a_j for the row that is explained and
 * b_j for a background row, a coalition S is worth prod_{j in S} a_j prod_{j not in S} b_j, and
 * the Shapley value of player i is (Owen, "Multilinear extensions of games", Management Science
 * 18, 1972)
 *
 *     phi_i = int_0^1 (a_i - b_i) prod_{j != i} (b_j + t (a_j - b_j)) dt.
 *
 * The integrand is a polynomial in t of degree M - 1, so ceil(M / 2) nodes give the integral
 * without error. The leaf of a tree is such a product of indicators, a Gaussian kernel one of
 * Gaussians, a monomial one of powers; a power of a sum is one of truncated series.
 */
#ifndef PEREBOR_EXPLAIN_QUADRATURE_H
#define PEREBOR_EXPLAIN_QUADRATURE_H

#include <stddef.h>

#include "perebor/status.h"
#include "perebor/workspace.h"

/** Lives in a workspace. */
typedef struct explain_quadrature {
    size_t n_nodes;
    const double *nodes;   /**< [n_nodes] in (0, 1), rising; node i and node n - 1 - i add to 1. */
    const double *weights; /**< [n_nodes] positive, adding to 1. */
} explain_quadrature;

/** The nodes that integrate a polynomial of @p degree exactly: of M players M - 1. */
PEREBOR_MUST_CHECK perebor_status explain_quadrature_make(explain_quadrature *quadrature,
                                                          size_t degree,
                                                          perebor_workspace *workspace,
                                                          perebor_error *error);

#endif
