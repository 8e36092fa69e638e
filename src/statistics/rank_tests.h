// SPDX-License-Identifier: MIT
/**
 * @file rank_tests.h
 * Tests that look at order alone: whether two classes differ in a column, whether labels come in
 * random order.
 */
#ifndef PEREBOR_STATISTICS_RANK_TESTS_H
#define PEREBOR_STATISTICS_RANK_TESTS_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/** A statistic and the probability of one as extreme, both sides, if nothing is the matter. */
typedef struct perebor_statistical_test {
    double statistic, p;
} perebor_statistical_test;

/**
 * Mann and Whitney's U of the positive class: normal approximation with corrections for ties and
 * continuity, as scipy.stats.mannwhitneyu does for more than 8 rows.
 *
 * @param[in] values  [n] no NaN.
 * @param[in] labels  [n] 0 or 1; NaN results unless both occur.
 */
PEREBOR_MUST_CHECK perebor_status perebor_mann_whitney(perebor_statistical_test *result,
                                                       const double *values, const uint8_t *labels,
                                                       size_t n, perebor_error *error);

/**
 * Kolmogorov and Smirnov's greatest distance between the classes' distribution functions; the
 * probability is that of the limit.
 */
PEREBOR_MUST_CHECK perebor_status perebor_kolmogorov_smirnov(perebor_statistical_test *result,
                                                             const double *values,
                                                             const uint8_t *labels, size_t n,
                                                             perebor_error *error);

/**
 * Wald and Wolfowitz's number of runs of equal labels, as a normal deviate: far below 0 if the
 * rows are sorted by class.
 */
perebor_statistical_test perebor_runs_test(const uint8_t *labels, size_t n);

#endif
