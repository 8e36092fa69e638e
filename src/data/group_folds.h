// SPDX-License-Identifier: MIT
/**
 * @file group_folds.h
 * Folds that keep groups together and are as equal in rows as largest-first packing makes them.
 */
#ifndef PEREBOR_DATA_GROUP_FOLDS_H
#define PEREBOR_DATA_GROUP_FOLDS_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/**
 * Assigns rows to folds as scikit-learn's GroupKFold does.
 *
 * @param[out] test_fold  [n_rows]
 *
 * @retval PEREBOR_ERR_ARGUMENT  More splits than groups.
 */
PEREBOR_MUST_CHECK perebor_status data_group_folds(uint16_t *test_fold, const uint32_t *groups,
                                                   size_t n_rows, size_t n_splits,
                                                   perebor_error *error);

#endif
