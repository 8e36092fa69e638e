// SPDX-License-Identifier: MIT
/**
 * @file knapsack_dual.h
 * Prices of limits: the Lagrangian dual of a knapsack problem.
 */
#ifndef PEREBOR_OFFER_KNAPSACK_DUAL_H
#define PEREBOR_OFFER_KNAPSACK_DUAL_H

#include "offer/knapsack.h"

/** net - Σ_k w_k amount_k */
double knapsack_reduced(const knapsack_option *option, const double *price);

/** L(w), see knapsack.h. */
double knapsack_bound(const knapsack *problem, const double *price);

/**
 * Minimises L to about a millionth of it.
 *
 * @param[out] price  [n_limits] at least 0.
 * @param[out] bound  L there.
 */
PEREBOR_MUST_CHECK perebor_status knapsack_prices(const knapsack *problem, double *price,
                                                  double *bound, perebor_error *error);

#endif
