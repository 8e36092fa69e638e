// SPDX-License-Identifier: MIT
/**
 * @file target.h
 * The target's classes → labels of 0 and 1.
 */
#ifndef PEREBOR_TABLE_TARGET_H
#define PEREBOR_TABLE_TARGET_H

#include "perebor/dataset.h"
#include "table/typing_cells.h"

/**
 * Labels the rows and names the classes. More than two classes are one against the rest.
 *
 * The positive class is the experiment's, or the usual one of a pair: 1, true, yes.
 *
 * @retval PEREBOR_ERR_FORMAT  A missing value, a single class, or none that is positive.
 */
PEREBOR_MUST_CHECK perebor_status typing_target(const typing *typing, size_t target,
                                                perebor_dataset *dataset, perebor_error *error);

#endif
