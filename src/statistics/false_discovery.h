// SPDX-License-Identifier: MIT
/**
 * @file false_discovery.h
 * Many tests at once: Benjamini and Hochberg's control of the false discovery rate (JRSS B 57,
 * 1995), and Holm's of any false discovery at all (Scandinavian Journal of Statistics 6, 1979).
 */
#ifndef PEREBOR_STATISTICS_FALSE_DISCOVERY_H
#define PEREBOR_STATISTICS_FALSE_DISCOVERY_H

#include <stddef.h>

#include "perebor/status.h"

/**
 * Adjusted probabilities: rejecting those below a level keeps the expected share of false
 * discoveries below that level.
 *
 * @param[out] adjusted  [n]; NaN where p is.
 * @param[in]  p         [n]; NaN is no test and does not count.
 */
PEREBOR_MUST_CHECK perebor_status perebor_false_discovery_adjust(double *adjusted, const double *p,
                                                                 size_t n, perebor_error *error);

/**
 * Adjusted probabilities: rejecting those below a level keeps the probability of one false
 * rejection or more below that level, however the tests depend on each other.
 *
 * @param[out] adjusted  [n]; NaN where p is.
 * @param[in]  p         [n]; NaN is no test and does not count.
 */
PEREBOR_MUST_CHECK perebor_status perebor_holm_adjust(double *adjusted, const double *p, size_t n,
                                                      perebor_error *error);

/**
 * The p-value of the best of @p n_ahead trials being better than the best of @p n_behind, from that
 * of a test which takes both for equally lucky: p n_ahead / n_behind, no more than 1, if n_ahead is
 * the greater; else p. The trials ahead are n_ahead / n_behind searches of the other's size, the
 * luckiest of which is tested (Bonferroni). NaN if p is.
 */
double perebor_p_of_more_trials(double p, size_t n_ahead, size_t n_behind);

#endif
