// SPDX-License-Identifier: MIT
/**
 * @file quality_role.h
 * What the experiment does with a column of the joined table, as far as findings depend on it.
 */
#ifndef PEREBOR_INSPECT_QUALITY_ROLE_H
#define PEREBOR_INSPECT_QUALITY_ROLE_H

#include "table/table.h"

typedef enum quality_role {
    QUALITY_FEATURE, /**< Numeric or nominal. */
    QUALITY_LEVELS,  /**< Ordinal or boolean: its levels are declared. */
    QUALITY_TARGET,
    QUALITY_PASSTHROUGH,
    QUALITY_DROPPED,
} quality_role;

quality_role quality_role_of(const table_load *load, const char *column);

/** Whether the experiment says what fills missing values of a feature. @p numeric: of its values.
 */
bool quality_fills_missing(const table_load *load, const char *column, bool numeric);

#endif
