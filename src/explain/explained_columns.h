// SPDX-License-Identifier: MIT
/**
 * @file explained_columns.h
 * How much of a column the others know already.
 */
#ifndef PEREBOR_EXPLAIN_EXPLAINED_COLUMNS_H
#define PEREBOR_EXPLAIN_EXPLAINED_COLUMNS_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/dataset.h"
#include "perebor/status.h"

/**
 * R squared of the linear regression of each column on all others: numbers and places of levels as
 * they are, a nominal column as indicators of its levels but the first; missing values count as the
 * mean. For a nominal column, it is one less the share of variance that is left of its indicators,
 * all of them together.
 *
 * @param[out] explained  [n_columns] from 0 to 1; NaN of a constant column.
 * @param[in]  rows       [n_rows] of the dataset.
 */
PEREBOR_MUST_CHECK perebor_status explained_columns(double *explained,
                                                    const perebor_dataset *dataset,
                                                    const uint32_t *rows, size_t n_rows,
                                                    perebor_error *error);

#endif
