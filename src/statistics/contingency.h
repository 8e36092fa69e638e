// SPDX-License-Identifier: MIT
/**
 * @file contingency.h
 * Two columns of levels as a table of counts, and what such a table says of their association.
 *
 * Levels are numbered from 0; PEREBOR_NO_LEVEL is a missing value, and its row is left out. A table
 * holds only levels that occur, so every row and every column of it has a count above 0.
 */
#ifndef PEREBOR_STATISTICS_CONTINGENCY_H
#define PEREBOR_STATISTICS_CONTINGENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

#define PEREBOR_NO_LEVEL UINT32_MAX

/** Counts, one row a level of the first column. Owns its arrays. */
typedef struct perebor_contingency {
    size_t n_rows, n_columns;
    double *counts;      /**< [n_rows][n_columns] whole numbers */
    double *row_sums;    /**< [n_rows] */
    double *column_sums; /**< [n_columns] */
    double total;
} perebor_contingency;

/**
 * Counts.
 *
 * @param[out] table     Released with perebor_contingency_release().
 * @param[in]  first     [n] below n_first, or PEREBOR_NO_LEVEL.
 * @param[in]  second    [n] below n_second, or PEREBOR_NO_LEVEL.
 *
 * @retval PEREBOR_ERR_MEMORY  n_first * n_second counts do not fit.
 */
PEREBOR_MUST_CHECK perebor_status perebor_contingency_count(perebor_contingency *table,
                                                            const uint32_t *first, size_t n_first,
                                                            const uint32_t *second, size_t n_second,
                                                            size_t n, perebor_error *error);

void perebor_contingency_release(perebor_contingency *table);

/** (rows - 1) (columns - 1), 0 if one of them has a single level. */
double perebor_contingency_dof(const perebor_contingency *table);

/** Pearson's chi squared; with Yates' correction if the table is 2 by 2 and @p corrected. */
double perebor_chi_squared(const perebor_contingency *table, bool corrected);

/** The likelihood-ratio statistic G; with Yates' correction likewise. */
double perebor_g_statistic(const perebor_contingency *table, bool corrected);

/** Cramér's V, from chi squared without correction; NaN if a column has one level. */
double perebor_cramers_v(const perebor_contingency *table);

/** The same with Bergsma's correction of bias (Journal of the Korean Statistical Society, 2013). */
double perebor_cramers_v_corrected(const perebor_contingency *table);

/** Mutual information in nats, from the frequencies as they are. */
double perebor_mutual_information(const perebor_contingency *table);

#endif
