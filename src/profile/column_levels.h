// SPDX-License-Identifier: MIT
/**
 * @file column_levels.h
 * Columns as levels, the way phi_k and contingency tables want them.
 */
#ifndef PEREBOR_PROFILE_COLUMN_LEVELS_H
#define PEREBOR_PROFILE_COLUMN_LEVELS_H

#include <stdint.h>

#include "perebor/dataset.h"
#include "statistics/contingency.h"

/** @param[out] levels [n_rows] @return The number of levels: bins for a numeric column. */
size_t profile_column_levels(uint32_t *levels, const perebor_column *column, size_t n_rows);

/** The target as levels. */
void profile_label_levels(uint32_t *levels, const uint8_t *labels, size_t n_rows);

#endif
