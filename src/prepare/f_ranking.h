// SPDX-License-Identifier: MIT
/**
 * @file f_ranking.h
 * Ranking columns by the one-way ANOVA F statistic between the two classes.
 */
#ifndef PEREBOR_PREPARE_F_RANKING_H
#define PEREBOR_PREPARE_F_RANKING_H

#include <stddef.h>
#include <stdint.h>

/** For one column, by class: how many rows, the sum of their values and of the squares. */
typedef struct f_sums {
    double n_rows[2], sum[2], square[2];
} f_sums;

/** F in scikit-learn's order of operations (f_oneway); NaN for a constant column. */
double f_statistic(const f_sums *sums);

/**
 * Orders columns from the least to the most telling. NaN is least; of equal ones the later is the
 * more telling, as with SelectKBest. Breaks off at the deadline (base/deadline.h).
 *
 * @param[out] ranking   [n_columns] columns.
 * @param[in]  f_values  [n_columns]
 */
void f_rank(uint32_t *ranking, const double *f_values, size_t n_columns);

#endif
