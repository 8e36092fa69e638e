// SPDX-License-Identifier: MIT
/**
 * @file expected_best.h
 * What the best of n random trials is worth: comparing searches at equal budgets.
 *
 * Dodge, Gururangan, Card, Schwartz and Smith, "Show your work: improved reporting of experimental
 * results" (EMNLP 2019): with N scores v_(1) <= ... <= v_(N) in place of the distribution that they
 * were drawn from, the best of n draws is v_(i) with probability (i/N)^n - ((i-1)/N)^n. It is exact
 * for draws with replacement from these scores, and low for the distribution behind them where n is
 * near N. n need not be whole: a budget in seconds buys n = seconds / seconds per trial.
 */
#ifndef PEREBOR_STATISTICS_EXPECTED_BEST_H
#define PEREBOR_STATISTICS_EXPECTED_BEST_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/** What the best of n draws is expected to be. */
typedef struct perebor_expected_best {
    double mean, sd; /**< NaN of no scores. */
} perebor_expected_best;

/**
 * @param[in] sorted   [n_scores] ascending.
 * @param[in] n_draws  n > 0.
 */
perebor_expected_best perebor_best_of(const double *sorted, size_t n_scores, double n_draws);

/** The scores of two searches, and how many draws of each are compared. */
typedef struct perebor_best_pair {
    const double *sorted[2]; /**< [n_scores[i]] ascending */
    size_t n_scores[2];      /**< At least 1. */
    double n_draws[2];       /**< > 0 */
} perebor_best_pair;

/**
 * How probable it is that two searches whose scores are draws from one distribution differ by as
 * much, or more, in what their best of n_draws is worth: a permutation test. Scores are dealt to
 * the two anew, and anew, and the difference is taken again. It is exact for every n_draws that is
 * the same for both, also near the number of scores, where no interval of a normal distribution
 * holds. Where n_draws differ, differences are taken from their mean.
 *
 * @param[in] n_permutations  p is at least 1 / (n_permutations + 1).
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status perebor_best_test(const perebor_best_pair *pair,
                                                    size_t n_permutations, uint64_t seed, double *p,
                                                    perebor_error *error);

#endif
