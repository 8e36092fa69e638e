// SPDX-License-Identifier: MIT
/**
 * @file wilson.h
 * The interval of a share that was counted.
 */
#ifndef PEREBOR_STATISTICS_WILSON_H
#define PEREBOR_STATISTICS_WILSON_H

/**
 * Wilson's score interval, "Probable inference, the law of succession, and statistical inference",
 * JASA 22 (1927): the shares p that a count of @p n_positive in @p n is within z standard
 * deviations of, by p's own deviation. It stays within [0, 1], also where nothing or everything was
 * counted.
 *
 * @param[in]  n      Both bounds are NaN if it is 0.
 * @param[in]  level  Of confidence, between 0 and 1: 0.95.
 */
void perebor_wilson_bounds(double n_positive, double n, double level, double *low, double *high);

#endif
