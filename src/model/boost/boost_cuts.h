// SPDX-License-Identifier: MIT
/**
 * @file boost_cuts.h
 * Where a column is cut into bins (boost_bins.h).
 */
#ifndef PEREBOR_MODEL_BOOST_BOOST_CUTS_H
#define PEREBOR_MODEL_BOOST_BOOST_CUTS_H

#include "model/boost/boost_bins.h"

/** Memory to cut one column after the other. */
typedef struct boost_cutter boost_cutter;

/** Makes a cutter for columns of up to @p n_rows rows, in @p workspace. @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status boost_cutter_create(boost_cutter **cutter, size_t n_rows,
                                                      perebor_workspace *workspace,
                                                      perebor_error *error);

/**
 * Cuts a column: between all its values if these are no more than @p max_bins, else at quantiles.
 *
 * @param[in]  values    [n_rows], NaN where there is none.
 * @param[in]  max_bins  From 2 to 255.
 * @param[out] n_cuts    0: the column has one value only.
 * @return [n_cuts, less than BOOST_MOST_BINS] ascending, the cutter's until it cuts another column:
 *         the last one infinity if some values, but not all, are no numbers.
 */
const double *boost_cut(boost_cutter *cutter, const double *values, size_t n_rows, size_t max_bins,
                        size_t *n_cuts);

#endif
