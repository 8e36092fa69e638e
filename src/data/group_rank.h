// SPDX-License-Identifier: MIT
/**
 * @file group_rank.h
 * Numbering groups by the order of their values, as numpy.unique(return_inverse=True) does.
 */
#ifndef PEREBOR_DATA_GROUP_RANK_H
#define PEREBOR_DATA_GROUP_RANK_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/**
 * Ranks groups.
 *
 * @param[out] ranks     [n_rows] the place of each row's group among the distinct ones.
 * @param[out] n_groups  How many are distinct.
 */
PEREBOR_MUST_CHECK perebor_status data_rank_groups(uint32_t *ranks, size_t *n_groups,
                                                   const uint32_t *groups, size_t n_rows,
                                                   perebor_error *error);

#endif
