// SPDX-License-Identifier: MIT
/**
 * @file profile.h
 * Exploratory analysis of a dataset: every column by itself, by class, against the target and
 * against every other, ready for tables and pictures.
 *
 * Missing values are left out, pairs with a missing value pair by pair; inflation factors are of
 * the rows without any. Features come in the order of the dataset. The matrices are of all
 * features, or, where there are more than PEREBOR_PROFILE_MATRIX, of those that go best with the
 * target; the target follows as the last column.
 */
#ifndef PEREBOR_PROFILE_PROFILE_H
#define PEREBOR_PROFILE_PROFILE_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/dataset.h"
#include "perebor/status.h"
#include "statistics/moments.h"

enum {
    PEREBOR_PROFILE_BINS = 30,     /**< Bins of a numeric column's histogram. */
    PEREBOR_PROFILE_POINTS = 128,  /**< Points of its densities. */
    PEREBOR_PROFILE_QUANTILES = 7, /**< At .01 .05 .25 .5 .75 .95 .99. */
    PEREBOR_PROFILE_MATRIX = 512,  /**< Features in the matrices at most. */
    PEREBOR_PROFILE_CELLS = 4096,  /**< Two columns' levels: with more there is no phi_k. */
};

extern const double perebor_profile_shares[PEREBOR_PROFILE_QUANTILES];

/** Whose rows: all, the negative class, the positive class. */
enum { PEREBOR_ALL_ROWS = 0, PEREBOR_NEGATIVE_ROWS = 1, PEREBOR_POSITIVE_ROWS = 2, PEREBOR_GROUPS };

/** The rows of one group in one column. */
typedef struct perebor_profile_group {
    perebor_moments moments;
    double quantiles[PEREBOR_PROFILE_QUANTILES];
    uint64_t histogram[PEREBOR_PROFILE_BINS];
    double density[PEREBOR_PROFILE_POINTS]; /**< NaN where the group has fewer than two values. */
    uint64_t *level_counts;                 /**< [n_levels] of a column with levels */
} perebor_profile_group;

/** One feature. Figures that a role does not have are NaN. */
typedef struct perebor_profile_column {
    const char *name; /**< The dataset's. */
    perebor_role role;
    const char *const *levels; /**< [n_levels] the dataset's. */
    size_t n_levels, n_missing, n_distinct;
    double lower, upper; /**< Ends of the density, and of the histogram: */
    double bins_to;      /**< the upper end of its bins; of whole numbers beyond upper, so that each
                              bin has as many of them. */
    perebor_profile_group groups[PEREBOR_GROUPS];

    /* Against the target. Nominal columns have no order, hence no area, no U, no t. */
    double auc; /**< of the column as it is, as a score for the positive class */
    double mann_whitney_u, mann_whitney_p, welch_t, welch_p, anova_f, anova_p;
    double chi2, chi2_p, ks_d;
    double
        p_adjusted; /**< Mann-Whitney's, or the table's for a nominal column; Benjamini-Hochberg. */
    double pearson, spearman;
    double phik, phik_z, cramers_v, mutual_information;
    const char *strength; /**< Chaddock's word for phi_k. */

    /* Against all other features of the matrices. */
    double vif; /**< Numeric, ordinal and boolean columns, on the rows where all have a value. */
    double global_phik; /**< sqrt(1 - 1 / vif) of the matrix of phi_k, if it can be inverted. */
} perebor_profile_column;

/** A whole dataset. Owns its arrays, borrows names and levels from the dataset. */
typedef struct perebor_profile {
    const perebor_dataset *dataset;
    size_t n_positive;
    size_t n_columns;
    perebor_profile_column *columns; /**< [n_columns] */
    size_t n_matrix;                 /**< Features in the matrices and, last, the target. */
    size_t *matrix_features;         /**< [n_matrix - 1] their places in columns, ascending */
    double *pearson, *spearman;      /**< [n_matrix][n_matrix]; NaN for nominal columns */
    double *phik, *phik_z;           /**< [n_matrix][n_matrix] */
    double *cramers_v;               /**< [n_matrix][n_matrix], of the same levels and bins */
    double *mutual_information;      /**< [n_matrix][n_matrix], likewise, in nats */
} perebor_profile;

/** The point @p place of PEREBOR_PROFILE_POINTS equally far apart from a column's lower to its
 * upper end, where densities are taken. */
double perebor_profile_point(const perebor_profile_column *column, size_t place);

/** The edge @p place of PEREBOR_PROFILE_BINS + 1 of a column's histogram. */
double perebor_profile_edge(const perebor_profile_column *column, size_t place);

/** Somebody who wants to know how far a profile is. */
typedef struct perebor_profile_watch {
    /** @param[in] what  "columns", then "pairs of columns". */
    void (*progress)(void *context, const char *what, size_t n_done, size_t n);
    void *context;
} perebor_profile_watch;

/**
 * Computes everything.
 *
 * @param[out] profile  Freed with perebor_profile_free().
 * @param[in]  dataset  Borrowed; outlives the profile.
 * @param[in]  watch    NULL: nobody.
 *
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status perebor_profile_make(perebor_profile **profile,
                                                       const perebor_dataset *dataset,
                                                       const perebor_profile_watch *watch,
                                                       perebor_error *error);

void perebor_profile_free(perebor_profile *profile);

#endif
