// SPDX-License-Identifier: MIT
/**
 * @file phik.h
 * The correlation coefficient phi_k: of numbers and levels alike, sensitive to any dependence.
 *
 * Baak, Koopman, Snoek and Klous, "A new correlation coefficient between categorical, ordinal and
 * interval variables with Pearson characteristics", Computational Statistics & Data Analysis 152
 * (2020): the chi squared of the contingency table is read as that of a rotated bivariate normal
 * distribution, and its correlation is the coefficient, from 0 to 1. Figures agree with PhiK 0.12.
 */
#ifndef PEREBOR_STATISTICS_PHIK_H
#define PEREBOR_STATISTICS_PHIK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"
#include "statistics/contingency.h"

enum { PEREBOR_PHIK_BINS = 10 /**< PhiK's default for a numeric column. */ };

/**
 * Turns numbers into levels: bins of equal width from (least - 1e-14) to the greatest, each without
 * its lower edge. As in PhiK the least value falls out where 1e-14 is lost in it.
 *
 * @param[out] levels  [n] 0 to n_bins - 1; PEREBOR_NO_LEVEL for NaN and for what falls out.
 * @param[in]  values  [n] NaN is a missing value.
 */
void perebor_phik_bin(uint32_t *levels, const double *values, size_t n, size_t n_bins);

/**
 * The coefficient.
 *
 * @param[in] with_noise  Subtract what chance alone adds to chi squared, as PhiK does by default.
 * @param[out] phik       NaN if a column has fewer than two levels.
 *
 * @retval PEREBOR_ERR_MEMORY  The grid of the table's size does not fit.
 */
PEREBOR_MUST_CHECK perebor_status perebor_phik(double *phik, const perebor_contingency *table,
                                               bool with_noise, perebor_error *error);

/**
 * What small grids show at every correlation, kept from one coefficient to the next: the first
 * table of a shape takes milliseconds, every further one microseconds. Starts as {0}.
 */
typedef struct perebor_phik_curves {
    double *values[PEREBOR_PHIK_BINS + 1][PEREBOR_PHIK_BINS + 1];
} perebor_phik_curves;

/**
 * The coefficient, with noise subtracted, by the curve of the table's shape where both sides have
 * at most PEREBOR_PHIK_BINS levels: within 1e-9 of perebor_phik(), which larger tables go to.
 *
 * @param[in,out] curves  Released with perebor_phik_curves_release().
 *
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status perebor_phik_by_curve(double *phik,
                                                        const perebor_contingency *table,
                                                        perebor_phik_curves *curves,
                                                        perebor_error *error);

void perebor_phik_curves_release(perebor_phik_curves *curves);

/**
 * The significance of a table's dependence as a number of standard deviations: G against chi
 * squared with perebor_effective_dof() degrees of freedom; still finite where the probability is no
 * longer a double above 0. NaN if a column of the table has one level.
 */
double perebor_association_z(const perebor_contingency *table);

#endif
