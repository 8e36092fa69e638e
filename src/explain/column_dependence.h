// SPDX-License-Identifier: MIT
/**
 * @file column_dependence.h
 * How far the columns of the data go together: what makes the importance of one a question about
 * several.
 */
#ifndef PEREBOR_EXPLAIN_COLUMN_DEPENDENCE_H
#define PEREBOR_EXPLAIN_COLUMN_DEPENDENCE_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/dataset.h"
#include "perebor/status.h"

/** From this |Spearman| on two columns share their importance. */
#define EXPLAIN_CLUSTER_SPEARMAN 0.7

/** From this share on a column is explained by the others, and its importance by permutation is not
 * to be believed alone. */
#define EXPLAIN_EXPLAINED 0.5

/** The dependence; owns its arrays. */
typedef struct column_dependence {
    size_t n_columns;
    /**
     * [n_columns][n_columns] symmetric, 1 on the diagonal; of rows where both have a value. Two
     * columns with an order (all but nominal ones): Spearman's coefficient. One of them nominal:
     * the correlation ratio of the other's ranks. Both: Cramér's V. NaN if a column is constant.
     */
    double *association;
    double *explained; /**< [n_columns] R squared on all other columns: share of its variance (of a
                            nominal one: of its levels' indicators together). NaN if constant. */
    uint32_t *partner; /**< [n_columns] the other column of the greatest |association|, the first of
                            equal ones; n_columns if there is none. */
    uint32_t *cluster; /**< [n_columns] number of its cluster, by first column from 0. */
    size_t n_clusters;
} column_dependence;

/**
 * Finds it.
 *
 * Clusters are connected by |Spearman| >= EXPLAIN_CLUSTER_SPEARMAN: every column goes with at least
 * one other of its own. Missing values count as the mean in R squared.
 *
 * @param[out] dependence  Released with column_dependence_release().
 * @param[in]  rows        [n_rows] of the dataset.
 */
PEREBOR_MUST_CHECK perebor_status column_dependence_find(column_dependence *dependence,
                                                         const perebor_dataset *dataset,
                                                         const uint32_t *rows, size_t n_rows,
                                                         perebor_error *error);

void column_dependence_release(column_dependence *dependence);

/**
 * Strata of rows by a column: levels of one with levels; else parts between quantiles, as many as
 * leave @p least rows in each, ten at most. Missing values are a stratum of their own, and equal
 * values always share one.
 *
 * @param[out] strata   [n_rows]
 * @param[out] n_strata How many numbers are used, from 0.
 */
PEREBOR_MUST_CHECK perebor_status column_strata(const perebor_column *column, const uint32_t *rows,
                                                size_t n_rows, size_t least, uint32_t *strata,
                                                size_t *n_strata, perebor_error *error);

#endif
