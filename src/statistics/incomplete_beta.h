// SPDX-License-Identifier: MIT
/**
 * @file incomplete_beta.h
 * The regularised incomplete beta function, from which the tails of F and Student's t follow.
 */
#ifndef PEREBOR_STATISTICS_INCOMPLETE_BETA_H
#define PEREBOR_STATISTICS_INCOMPLETE_BETA_H

/**
 * I_x(a, b) for a, b > 0 and x in [0, 1]: the continued fraction of DLMF 8.17.22 by Lentz's method,
 * on the side where it converges fast.
 */
double perebor_beta_lower(double a, double b, double x);

#endif
