// SPDX-License-Identifier: MIT
/**
 * @file tree_amounts.h
 * Settings of trees that are a number, or a share of how many there are: as scikit-learn reads
 * them.
 */
#ifndef PEREBOR_MODEL_TREE_TREE_AMOUNTS_H
#define PEREBOR_MODEL_TREE_TREE_AMOUNTS_H

#include "perebor/setting.h"

/**
 * A count of rows, or a share of @p n_all rounded up.
 *
 * @param[in] least  The smallest count that the setting takes.
 * @retval PEREBOR_ERR_ARGUMENT  A share above 1, or a count below the least.
 */
PEREBOR_MUST_CHECK perebor_status tree_read_rows(size_t *n, const perebor_setting *setting,
                                                 perebor_value value, int64_t least, size_t n_all,
                                                 perebor_error *error);

/**
 * How many columns max_features means, from 1 to @p n_columns: a count, a share rounded down,
 * "sqrt" or "log2"; NONE: all.
 *
 * @retval PEREBOR_ERR_ARGUMENT  A share above 1.
 */
PEREBOR_MUST_CHECK perebor_status tree_read_features(size_t *n, perebor_value value,
                                                     size_t n_columns, perebor_error *error);

#endif
