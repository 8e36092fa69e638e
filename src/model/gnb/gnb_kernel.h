// SPDX-License-Identifier: MIT
/**
 * @file gnb_kernel.h
 * The passes over rows of Gaussian naive Bayes.
 *
 * Sums over the rows of a class are in the order of the rows, so that they wait for one another:
 * GNB_COLUMNS columns are summed side by side, a lane each. Scores are in the order of the columns,
 * a lane a row.
 */
#ifndef PEREBOR_MODEL_GNB_GNB_KERNEL_H
#define PEREBOR_MODEL_GNB_GNB_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/simd.h"

/** Columns that are summed side by side. */
enum { GNB_COLUMNS = 8 };

/** Levels that are scored in one pass over the rows, at most. */
enum { GNB_LEVELS = 256 };

/** GNB_COLUMNS columns: dense ones, or the levels from @p first on of a block. */
typedef struct gnb_columns {
    const double *values[GNB_COLUMNS]; /**< [n_rows] each, of dense ones. */
    const uint32_t *codes;             /**< [n_rows], or NULL: they are dense. */
    size_t first;
} gnb_columns;

/** Means and variances of the rows of each class, and variances of all rows, by column. */
typedef struct gnb_moments {
    double means[2][GNB_COLUMNS], variances[2][GNB_COLUMNS], of_all[GNB_COLUMNS];
} gnb_moments;

typedef struct gnb_kernels {
    /** @param counts  Rows of each class. Breaks off at the deadline. */
    void (*moments)(gnb_moments *found, const gnb_columns *columns, const uint8_t *labels,
                    size_t n_rows, const double counts[2]);

    /**
     * scores += ((x - m_0)^2 / v_0 - (x - m_1)^2 / v_1) / 2 of a dense column.
     *
     * @param values  [n_rows rounded up to PEREBOR_LANES]
     */
    void (*score)(double *scores, const double *values, size_t n_rows, const double m[2],
                  const double v[2]);

    /**
     * scores += the term of each of the levels [first, first + n_levels), one after the other.
     *
     * @param terms  [n_levels] of rows without the level and with it.
     */
    void (*score_levels)(double *scores, const uint32_t *codes, size_t n_rows, size_t first,
                         double (*terms)[2], size_t n_levels);
} gnb_kernels;

PEREBOR_KERNEL_DECLARE(gnb_kernels, gnb_kernels);

#endif
