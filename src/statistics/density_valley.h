// SPDX-License-Identifier: MIT
/**
 * @file density_valley.h
 * Where values that come in two heaps part: the point at which their density is lowest beside what
 * it reaches on either side.
 *
 *     depth(x) = f(x) / min(max of f below x, max of f above x)
 *
 * is least at the valley, among those x that leave a twentieth of the values on either side, so
 * that a few values far out are no heap. The density is a Gaussian kernel estimate of bandwidth .9
 * sd n^(-1/5), Silverman's (Density Estimation, 1986, 3.31) without the quartiles, which of two
 * heaps are often those of one alone. Counts are shared out linearly between the points of a grid
 * (Wand, Journal of Computational and Graphical Statistics 3, 1994).
 */
#ifndef PEREBOR_STATISTICS_DENSITY_VALLEY_H
#define PEREBOR_STATISTICS_DENSITY_VALLEY_H

#include <stddef.h>

#include "perebor/status.h"

/** NaN where there is none. */
typedef struct perebor_valley {
    double at;
    double lower, upper; /**< Where the density is greatest below and above. */
    double depth;        /**< 0 is a gap; near 1 there is hardly a valley. */
    double bandwidth;
} perebor_valley;

/**
 * Finds it.
 *
 * @param[in] sorted  [n] ascending, no NaN.
 */
PEREBOR_MUST_CHECK perebor_status perebor_valley_find(perebor_valley *valley, const double *sorted,
                                                      size_t n, perebor_error *error);

#endif
