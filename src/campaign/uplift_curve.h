// SPDX-License-Identifier: MIT
/**
 * @file uplift_curve.h
 * Whom to treat: what a treatment did among those who come first by a score.
 *
 * Among the first share φ of all customers by the score,
 *
 *     uplift(φ) = share positive of the treated - share positive of the untreated among them
 *     gain(φ)   = φ uplift(φ)            what treating these alone brings, per customer of all
 *     Qini      = ∫ (gain(φ) - φ gain(1)) dφ     above treating as many at random
 *
 * after N. Radcliffe, "Using control groups to target on predicted lift", Direct Marketing
 * Analytics Journal (2007), in shares of all customers instead of counts. Customers of one score
 * count in proportion, as if each order of theirs had been tried.
 *
 * Intervals are percentiles of a bootstrap that draws each group anew (Efron and Tibshirani 1993,
 * chapter 13). The draws are functions of the seed, the resample and the draw alone.
 */
#ifndef PEREBOR_CAMPAIGN_UPLIFT_CURVE_H
#define PEREBOR_CAMPAIGN_UPLIFT_CURVE_H

#include <stdint.h>

#include "campaign/effect.h"
#include "perebor/status.h"

enum { UPLIFT_POINTS = 101 };

/** Starts as {0}; released with uplift_curve_release(). */
typedef struct uplift_curve {
    campaign_estimate qini;
    campaign_estimate *uplift;  /**< [n_shares] */
    double gain[UPLIFT_POINTS]; /**< At shares 0, .01 … 1. */
} uplift_curve;

/**
 * Measures.
 *
 * @param[in] rows         Both groups have somebody; the highest scores come first.
 * @param[in] shares       [n_shares] rising, in (0, 1].
 * @param[in] n_resamples  0: no intervals.
 *
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status uplift_curve_measure(uplift_curve *curve,
                                                       const campaign_rows *rows,
                                                       const double *shares, size_t n_shares,
                                                       size_t n_resamples, uint64_t seed,
                                                       perebor_error *error);

void uplift_curve_release(uplift_curve *curve);

#endif
