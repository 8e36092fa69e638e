// SPDX-License-Identifier: MIT
/**
 * @file vif.h
 * How much of each column the others explain together.
 */
#ifndef PEREBOR_STATISTICS_VIF_H
#define PEREBOR_STATISTICS_VIF_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/status.h"

/**
 * Variance inflation factors: the diagonal of the inverse of a correlation matrix.
 *
 * The inverse is found by Beaton's sweep operator (1964) with the largest pivot first, so that a
 * singular matrix does no harm and the order of the columns does not matter.
 *
 * A matrix of correlations that were taken pair by pair need not be that of any columns: it may
 * have negative eigenvalues, and its inverse then is about nothing. Such a matrix has no factors.
 *
 * With a matrix of phi_k, sqrt(1 - 1/vif) is a column's global phi_k.
 *
 * @param[out] vif          [n_columns]; +infinity for a combination of others; NaN where the
 *                          matrix has NaN on the diagonal (a constant column, left out), and
 *                          everywhere if the rest is not positive semidefinite or has NaN in it.
 * @param[in]  correlation  [n_columns][n_columns] symmetric, 1 on the diagonal.
 *
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status perebor_vif(double *vif, const double *correlation,
                                              size_t n_columns, perebor_error *error);

/**
 * How much of the variance of each column some others explain together: R squared of its regression
 * on them, by the same sweeps.
 *
 * @param[out] share       [n_columns] from 0 to 1; NaN of the explaining columns, of constant ones,
 *                         and everywhere if something in the rest of the matrix is NaN.
 * @param[in]  explaining  [n_columns] which ones explain.
 *
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status perebor_explained_share(double *share, const double *correlation,
                                                          const bool *explaining, size_t n_columns,
                                                          perebor_error *error);

#endif
