// SPDX-License-Identifier: MIT
/**
 * @file forest_table.h
 * Random tables to grow forests on, whose columns have ties and outliers.
 */
#ifndef TESTS_UNIT_MODEL_FOREST_TABLE_H
#define TESTS_UNIT_MODEL_FOREST_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/learner.h"

enum { FOREST_MOST_ROWS = 1500, FOREST_TEST = 64, FOREST_MOST_COLUMNS = 12 };

/** Shared by every test of a program; given back by forest_give_back(), its teardown. */
extern perebor_workspace forest_workspace;
int forest_give_back(void **state);

/** A table, and rows to score. */
typedef struct forest_table {
    size_t n_rows, n_columns;
    perebor_training training;
    perebor_matrix test; /**< FOREST_TEST rows. */
    uint8_t labels[FOREST_MOST_ROWS];
} forest_table;

/** @p n_columns of at most six kinds: of many values, of few, of two; skewed; constant. */
void forest_table_draw(forest_table *table, uint64_t seed, size_t n_rows, size_t n_columns);

/** Fits a forest by settings as learning_set_all() has them, which must succeed. */
const perebor_model *forest_fit(const forest_table *table, const char *settings);

#endif
