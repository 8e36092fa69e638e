// SPDX-License-Identifier: MIT
/**
 * @file typing_groups.h
 * The numbers of the groups of rows.
 */
#ifndef PEREBOR_TABLE_TYPING_GROUPS_H
#define PEREBOR_TABLE_TYPING_GROUPS_H

#include "table/typing_cells.h"

/**
 * Numbers the groups by sorted value, as numpy.unique does and hence scikit-learn: by number if
 * every value is one, else by code points.
 *
 * @param[in]  column  Of the groups.
 * @param[out] groups  [n_rows] in the arena.
 *
 * @retval PEREBOR_ERR_FORMAT  A row without a group.
 */
PEREBOR_MUST_CHECK perebor_status typing_groups(const typing *typing, size_t column,
                                                const uint32_t **groups, perebor_error *error);

#endif
