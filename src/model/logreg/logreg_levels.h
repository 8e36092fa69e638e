// SPDX-License-Identifier: MIT
/**
 * @file logreg_levels.h
 * The levels of a nominal column as columns that are never written out: which level each row has is
 * enough. Passes over them cost one addition a row, however many levels there are.
 *
 * Column j of the block is, as the others of logreg_problem.h, centred and divided by its root mean
 * square, and bears the sign s_i of the label:
 *
 *     z_ij = s_i ([row i has level j] - c_j) / q_j.
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_LEVELS_H
#define PEREBOR_MODEL_LOGREG_LOGREG_LEVELS_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/matrix.h"

/** Levels of a block at most. */
enum { LOGREG_MOST_LEVELS = 256 };

/** Columns that are summed side by side. */
enum { LOGREG_LEVELS_COLUMNS = 4 };

typedef struct logreg_levels {
    const uint16_t *codes; /**< [n_rows] which of the kept levels a row has; n: none of them. */
    size_t n_rows;
    size_t first; /**< The problem's column of the first level; the others follow. */
    size_t n;     /**< Levels that are kept, at most LOGREG_MOST_LEVELS. */
} logreg_levels;

/** A level that is kept. */
typedef struct logreg_level {
    size_t feature; /**< Its column in the matrix. */
    double centre;  /**< c_j: the share of the rows that have it, or 0. */
    double scale;   /**< q_j */
} logreg_level;

/**
 * Reads a nominal column. Levels that no row has are left out, and beside a free intercept those
 * that every row has: they say nothing.
 *
 * @param[in]  centred  Whether columns are centred.
 * @param[out] levels   All but `first`; codes are in the workspace.
 * @param[out] kept     [indicators->n_levels], of which levels->n are written.
 */
PEREBOR_MUST_CHECK perebor_status logreg_levels_read(logreg_levels *levels, logreg_level *kept,
                                                     const perebor_indicators *indicators,
                                                     size_t n_rows, bool centred,
                                                     perebor_workspace *workspace,
                                                     perebor_error *error);

/**
 * sums[j] = sum of value * factor over the rows of level j; behind them that of the other rows.
 *
 * @param[out] sums             [levels->n + 1]
 * @param[in]  values, factors  [n_rows]
 */
void logreg_levels_sum(const logreg_levels *levels, double *sums, const double *values,
                       const double *factors);

/**
 * The same of several columns side by side, to the bit: which level a row has is looked up once.
 *
 * @param[out] sums     [LOGREG_LEVELS_COLUMNS][levels->n + 1]
 * @param[in]  columns  [LOGREG_LEVELS_COLUMNS] of [n_rows]
 */
void logreg_levels_sum_columns(const logreg_levels *levels, double *sums,
                               const double *const *columns, const double *factors);

/**
 * sums[j][k] = sum of values over the rows of level j of @p a and level k of @p b; each has one
 * more for the other rows.
 *
 * @param[out] sums  [a->n + 1][b->n + 1]
 */
void logreg_levels_sum_pairs(const logreg_levels *a, const logreg_levels *b, double *sums,
                             const double *values);

/** target[i] += sign of row i times the term of its level. @param[in] terms  [levels->n + 1] */
void logreg_levels_add(const logreg_levels *levels, double *target, const double *signs,
                       const double *terms);

#endif
