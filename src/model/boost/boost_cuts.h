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

/** For columns of so many rows, in @p workspace. */
PEREBOR_MUST_CHECK perebor_status boost_cutter_create(boost_cutter **cutter, size_t n_rows,
                                                      perebor_workspace *workspace,
                                                      perebor_error *error);

/**
 * Cuts a column.
 *
 * @return [n_cuts, less than BOOST_MOST_BINS] ascending, the cutter's until it cuts another column:
 *         the last one infinity if some values, but not all, are no numbers.
 */
const double *boost_cut(boost_cutter *cutter, const double *values, size_t n_rows, size_t max_bins,
                        size_t *n_cuts);

#endif
