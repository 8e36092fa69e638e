// SPDX-License-Identifier: MIT
/**
 * @file columns.h
 * The columns of a dataset that people may ask about: features, and what was joined beside them.
 */
#ifndef PEREBOR_SEGMENT_COLUMNS_H
#define PEREBOR_SEGMENT_COLUMNS_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/dataset.h"

/** Features and passthrough columns together. */
size_t segment_n_columns(const perebor_dataset *dataset);

/** @param[in] at  Below segment_n_columns(); features come first. */
const perebor_column *segment_column(const perebor_dataset *dataset, size_t at);

/** By its name; NULL if there is none. */
const perebor_column *segment_find_column(const perebor_dataset *dataset, const char *name);

/** The level of a row; NULL for a number, or where it is missing or a level of none. */
const char *segment_level(const perebor_column *column, size_t row);

#endif
