// SPDX-License-Identifier: MIT
/**
 * @file feature.h
 * Cells of a column → numbers, or places among levels, by the column's role.
 */
#ifndef PEREBOR_TABLE_FEATURE_H
#define PEREBOR_TABLE_FEATURE_H

#include "perebor/dataset.h"
#include "table/roles.h"
#include "table/typing_cells.h"

/**
 * A column of a known role.
 *
 * @param[out] column  Its arrays are in the arena; missing values are NaN.
 * @retval PEREBOR_ERR_FORMAT  A value is not what the role says; the message names its place.
 */
PEREBOR_MUST_CHECK perebor_status typing_feature(const typing *typing, const table_feature *feature,
                                                 perebor_column *column, perebor_error *error);

/**
 * Warns of whole numbers that a double rounds: of more digits than it has, they are most likely
 * codes.
 *
 * @param[in] values  What typing_feature() made of a numeric column, whose cells are still there.
 */
PEREBOR_MUST_CHECK perebor_status typing_warn_of_lost_digits(const typing *typing, size_t column,
                                                             const double *values,
                                                             perebor_error *error);

/** A passthrough column, which has no declared role: numbers if all are, else nominal. */
PEREBOR_MUST_CHECK perebor_status typing_passthrough(const typing *typing, size_t column,
                                                     perebor_column *result, perebor_error *error);

#endif
