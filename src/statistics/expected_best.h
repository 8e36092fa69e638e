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

/** Of the best of n draws. */
typedef struct perebor_expected_best {
    double mean, sd; /**< NaN of no scores. */
} perebor_expected_best;

/**
 * @param[in] sorted   [n_scores] ascending.
 * @param[in] n_draws  n > 0.
 */
perebor_expected_best perebor_best_of(const double *sorted, size_t n_scores, double n_draws);

/**
 * The probability that the best of @p n_a draws from one search is above the best of @p n_b from
 * another, independent of it; half of it where both are equal. NaN of no scores.
 */
double perebor_best_ahead(const double *sorted_a, size_t n_scores_a, double n_a,
                          const double *sorted_b, size_t n_scores_b, double n_b);

#endif
