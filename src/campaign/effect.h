// SPDX-License-Identifier: MIT
/**
 * @file effect.h
 * What a treatment did on average: two groups, drawn at random, and the share of each in which
 * something happened.
 */
#ifndef PEREBOR_CAMPAIGN_EFFECT_H
#define PEREBOR_CAMPAIGN_EFFECT_H

#include <stddef.h>
#include <stdint.h>

#include "statistics/two_proportions.h"

/** An estimate with its interval of 95 %; NaN where there is none. */
typedef struct campaign_estimate {
    double value, low, high;
} campaign_estimate;

/** What the treatment did to a group of customers, by those who got it and those who did not. */
typedef struct campaign_effect {
    size_t n_treated, n_untreated;
    size_t positive_treated, positive_untreated;
    perebor_proportion treated, untreated; /**< Shares, by Wilson. */
    campaign_estimate difference;          /**< Treated less untreated, by Newcombe. */
    campaign_estimate adjusted;            /**< The same, adjusted by the score. */
    campaign_estimate ratio;               /**< Treated over untreated, by Katz. */
    double imbalance; /**< How far the groups' mean scores differ: a standard normal number if they
                         were drawn at random. */
} campaign_effect;

/** Customers. Everything is borrowed. */
typedef struct campaign_rows {
    size_t n;
    const uint8_t *treated, *outcome; /**< [n] 0 or 1 */
    const double *score;              /**< [n] finite */
} campaign_rows;

/**
 * Measures the effect among those of the rows that @p chosen picks.
 *
 * The adjusted difference is that of two lines, outcome by score in each group, at the mean score
 * of both: least squares with interactions of W. Lin, "Agnostic notes on regression adjustments to
 * experimental data", Annals of Applied Statistics 7 (2013), whose variance is MacKinnon and
 * White's HC2; to it comes what is due to the mean score being that of a sample (Negi and
 * Wooldridge, Econometric Reviews 40, 2021), so that the interval is for the population.
 *
 * @param[in] chosen  [n] 1: counts; NULL: all do.
 */
campaign_effect campaign_effect_measure(const campaign_rows *rows, const uint8_t *chosen);

#endif
