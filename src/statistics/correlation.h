// SPDX-License-Identifier: MIT
/**
 * @file correlation.h
 * How far two columns go together: Pearson, Spearman, Kendall, and Chaddock's words.
 *
 * With a column of 0 and 1 Pearson's coefficient is the point-biserial one.
 */
#ifndef PEREBOR_STATISTICS_CORRELATION_H
#define PEREBOR_STATISTICS_CORRELATION_H

#include <stddef.h>

#include "perebor/status.h"

/** Pearson's coefficient; NaN if a column is constant. @param[in] x, y [n] no NaN. */
double perebor_pearson(const double *x, const double *y, size_t n);

/** A column with its mean and the sum of squares about it, for coefficients with many others. */
typedef struct perebor_spread {
    const double *values; /**< [n] borrowed, no NaN. */
    double mean, squares;
} perebor_spread;

/** Finds mean and squares. @param[in] values  [n] borrowed, no NaN. */
perebor_spread perebor_spread_of(const double *values, size_t n);

/**
 * Pearson's coefficients of a column with others, bit for bit those of perebor_pearson(), but eight
 * pairs at a time, whose sums need not wait for each other.
 *
 * @param[in]  x, others     Of columns of @p n rows.
 * @param[out] coefficients  [n_others], NaN with a column that is constant.
 */
void perebor_pearson_each(const perebor_spread *x, const perebor_spread *others, size_t n_others,
                          size_t n, double *coefficients);

/**
 * Ranks from 1, ties by their average rank.
 *
 * @param[out] ranks   [n]
 * @param[in]  values  [n] no NaN.
 */
PEREBOR_MUST_CHECK perebor_status perebor_average_ranks(double *ranks, const double *values,
                                                        size_t n, perebor_error *error);

/** Spearman's coefficient: Pearson's of the average ranks. */
PEREBOR_MUST_CHECK perebor_status perebor_spearman(double *coefficient, const double *x,
                                                   const double *y, size_t n, perebor_error *error);

/** Kendall's tau-b by Knight's method (JASA 61, 1966), in n log n. */
PEREBOR_MUST_CHECK perebor_status perebor_kendall(double *coefficient, const double *x,
                                                  const double *y, size_t n, perebor_error *error);

/** The probability of a Pearson or Spearman coefficient as great without dependence, by t. */
double perebor_correlation_p(double coefficient, size_t n);

/** Chaddock's word for a coefficient's strength: bounds .1, .3, .5, .7, .9. */
const char *perebor_chaddock(double coefficient);

#endif
