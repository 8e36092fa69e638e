// SPDX-License-Identifier: MIT
/**
 * @file bivariate_normal.h
 * Probabilities of the standard bivariate normal distribution.
 */
#ifndef PEREBOR_STATISTICS_BIVARIATE_NORMAL_H
#define PEREBOR_STATISTICS_BIVARIATE_NORMAL_H

/**
 * P(X < h, Y < k) for the correlation @p rho in [-1, 1]; absolute error below 1e-14.
 *
 * Drezner and Wesolowsky's integral over the correlation (1990), and near ±1 Genz's expansion
 * ("Numerical computation of rectangular bivariate and trivariate normal and t probabilities",
 * Statistics and Computing 14, 2004), by Gauss–Legendre quadrature with 32 nodes.
 */
double perebor_bivariate_normal(double h, double k, double rho);

#endif
