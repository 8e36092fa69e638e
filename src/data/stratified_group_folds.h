// SPDX-License-Identifier: MIT
/**
 * @file stratified_group_folds.h
 * Folds that keep groups together and classes as even as that allows, as scikit-learn 1.2.1's
 * StratifiedGroupKFold cuts them.
 */
#ifndef PEREBOR_DATA_STRATIFIED_GROUP_FOLDS_H
#define PEREBOR_DATA_STRATIFIED_GROUP_FOLDS_H

#include <stddef.h>
#include <stdint.h>

#include "data/mersenne.h"
#include "perebor/status.h"

/**
 * Takes n_groups * n_splits * n_splits steps.
 *
 * @param[out] test_fold  [n_rows]
 * @param      random     To shuffle by; NULL: not shuffled.
 * @param      scratch    [n_rows]
 *
 * @retval PEREBOR_ERR_ARGUMENT  More splits than groups or than rows of a class, or a fold would be
 *         without rows.
 */
PEREBOR_MUST_CHECK perebor_status data_stratified_group_folds(
    uint16_t *test_fold, const uint8_t *labels, const uint32_t *groups, size_t n_rows,
    size_t n_splits, mersenne *random, uint32_t *scratch, perebor_error *error);

#endif
