// SPDX-License-Identifier: MIT
/**
 * @file tail_probability.h
 * How improbable a test statistic is: tails of the usual distributions, small ones to nearly full
 * relative precision down to 1e-300.
 */
#ifndef PEREBOR_STATISTICS_TAIL_PROBABILITY_H
#define PEREBOR_STATISTICS_TAIL_PROBABILITY_H

/** P(Z > z) of the standard normal distribution. */
double perebor_normal_tail(double z);

/** P(X > x) of chi squared with @p dof degrees of freedom. */
double perebor_chi_squared_tail(double x, double dof);

/** P(X > f) of Fisher's F with the two numbers of degrees of freedom. */
double perebor_f_tail(double f, double dof_numerator, double dof_denominator);

/** P(|T| > |t|) of Student's t. */
double perebor_t_tails(double t, double dof);

/** P(sup |B(u)| > x) of the Brownian bridge: the limit of Kolmogorov and Smirnov. */
double perebor_kolmogorov_tail(double x);

#endif
