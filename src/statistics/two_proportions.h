// SPDX-License-Identifier: MIT
/**
 * @file two_proportions.h
 * Two independent groups, and the share of each in which something happens.
 */
#ifndef PEREBOR_STATISTICS_TWO_PROPORTIONS_H
#define PEREBOR_STATISTICS_TWO_PROPORTIONS_H

#include <stddef.h>

/** A share and an interval of it. */
typedef struct perebor_proportion {
    double share, low, high;
} perebor_proportion;

/**
 * A share with its interval by Wilson (JASA 22, 1927): the shares p that are within z standard
 * errors √(p (1 - p) / n) of the observed one. NaN if n is 0.
 *
 * @param[in] z  Standard normal quantile: 1.96 for 95 %.
 */
perebor_proportion perebor_wilson_interval(size_t n_positive, size_t n, double z);

/**
 * The first share less the second, with the hybrid score interval: method 10 of R. G. Newcombe,
 * "Interval estimation for the difference between independent proportions", Statistics in Medicine
 * 17 (1998). NaN if a group is empty.
 */
perebor_proportion perebor_newcombe_interval(size_t n_positive, size_t n, size_t n_positive_other,
                                             size_t n_other, double z);

/**
 * The probability that a two-sided test of two shares at level @p alpha says that they differ: the
 * normal approximation, pooled under equality, of Fleiss, Levin and Paik, Statistical Methods for
 * Rates and Proportions, 2003, section 4.3, without a correction for continuity and without the
 * tail on the wrong side. NaN if a group is empty or a share is not between 0 and 1.
 */
double perebor_two_proportions_power(double p, double n, double p_other, double n_other,
                                     double alpha);

/**
 * How many are needed in both groups together for such a power.
 *
 * @param[in] share  Of all of them that are in the first group, between 0 and 1.
 * @return Infinite if the shares are equal.
 */
double perebor_two_proportions_size(double p, double p_other, double share, double alpha,
                                    double power);

#endif
