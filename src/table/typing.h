// SPDX-License-Identifier: MIT
/**
 * @file typing.h
 * From cells to a dataset: numbers, places of levels, labels, identifiers.
 */
#ifndef PEREBOR_TABLE_TYPING_H
#define PEREBOR_TABLE_TYPING_H

#include "perebor/dataset.h"
#include "table/roles.h"

/**
 * Types every column of the joined table that has a role.
 *
 * @param[out]    dataset  Everything it points to is in @p arena or borrowed from the load's spec.
 * @param[in,out] arena    Holds the arrays.
 * @param[in,out] joined   The cells of its features and passthrough columns are freed on the way.
 *
 * @retval PEREBOR_ERR_FORMAT  A value is not what its role says, or the target has not two classes.
 */
PEREBOR_MUST_CHECK perebor_status table_type(perebor_dataset *dataset, perebor_arena *arena,
                                             table_load *load, const table_joined *joined,
                                             const table_roles *roles, perebor_error *error);

#endif
