// SPDX-License-Identifier: MIT
/**
 * @file knn_rare.h
 * The last columns of a table, where these have one value in nearly all rows, as levels of nominal
 * columns do: what is kept of a row is where it differs.
 *
 * Where two rows both have the common value of a column, that column adds nothing to their
 * distance, to the bit. So distances that are summed over the columns before these go on with the
 * columns where either of two rows differs, in their order, and have the bits of a sum over all.
 */
#ifndef PEREBOR_MODEL_KNN_KNN_RARE_H
#define PEREBOR_MODEL_KNN_KNN_RARE_H

#include <stdint.h>

#include "model/knn/knn_kernel.h"
#include "perebor/matrix.h"

/** Which columns these are. */
typedef struct knn_rare {
    size_t first;     /**< They are [first, n_columns); none if both are the same. */
    size_t n_columns; /**< Columns of the table. */
    double *common;   /**< [n_columns - first] */
} knn_rare;

/** Where rows differ from the common values. */
typedef struct knn_entries {
    size_t *begins;    /**< [n_rows + 1] Entries of row r are [begins[r], begins[r + 1]). */
    uint32_t *columns; /**< Ascending within a row. */
    double *values;
} knn_entries;

/** One row's. */
typedef struct knn_differences {
    const uint32_t *columns; /**< [n] */
    const double *values;    /**< [n] */
    size_t n;
} knn_differences;

/** The same of training rows by column, for rough distances. */
typedef struct knn_rare_columns {
    size_t *begins; /**< [n_columns - first + 1] */
    uint32_t *rows; /**< Ascending within a column. */
    double *values;
    float *apart[2]; /**< [n_rows up to KNN_FILTER_TILE] by knn_metric: distance of a row from a row
                          that has all common values, over these columns. */
} knn_rare_columns;

/** Finds the last columns that are mostly one value. */
PEREBOR_MUST_CHECK perebor_status knn_rare_find(knn_rare *rare, const perebor_matrix *rows,
                                                perebor_workspace *workspace, perebor_error *error);

PEREBOR_MUST_CHECK perebor_status knn_entries_create(knn_entries *entries, const knn_rare *rare,
                                                     const perebor_matrix *rows,
                                                     perebor_workspace *workspace,
                                                     perebor_error *error);

static inline knn_differences knn_entries_of(const knn_entries *entries, size_t row) {
    size_t begin = entries->begins[row];
    return (knn_differences){entries->columns + begin, entries->values + begin,
                             entries->begins[row + 1] - begin};
}

/** Turns entries of @p n_rows rows around. */
PEREBOR_MUST_CHECK perebor_status knn_rare_columns_create(knn_rare_columns *columns,
                                                          const knn_rare *rare,
                                                          const knn_entries *entries, size_t n_rows,
                                                          perebor_workspace *workspace,
                                                          perebor_error *error);

/** A sum over the columns before these, continued. */
double knn_rare_continue(const knn_rare *rare, knn_metric metric, double p, double sum,
                         knn_differences a, knn_differences b);

/** The same of one row with rows from @p first on. @param[in,out] sums  [n] */
void knn_rare_continue_all(const knn_rare *rare, knn_metric metric, double p, knn_differences a,
                           const knn_entries *entries, size_t first, size_t n, double *sums);

/**
 * Continues rough sums of a query with training rows, in single precision.
 *
 * @param[in,out] sums  [n] of the rows from @p first on.
 * @param[in]     n     A multiple of KNN_FILTER_TILE.
 * @return How far a sum may be off by this, in units of single precision's rounding of the largest
 *         value that went into it; that value is *largest at most beside the distance itself.
 */
double knn_rare_continue_roughly(const knn_rare *rare, const knn_rare_columns *columns,
                                 knn_metric metric, knn_differences query, size_t first, size_t n,
                                 float *sums, double *largest);

#endif
