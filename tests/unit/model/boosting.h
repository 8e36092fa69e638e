// SPDX-License-Identifier: MIT
/**
 * @file boosting.h
 * Random tables to boost on, whose columns have gaps, ties and outliers.
 */
#ifndef TESTS_UNIT_MODEL_BOOSTING_H
#define TESTS_UNIT_MODEL_BOOSTING_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/learner.h"

enum { BOOSTING_MOST_ROWS = 6000, BOOSTING_TEST = 64, BOOSTING_MOST_COLUMNS = 12 };

/** Shared by every test of a program; given back by boosting_give_back(), its teardown. */
extern perebor_workspace boosting_workspace;
int boosting_give_back(void **state);

/** A table, and rows to score. */
typedef struct boosting_table {
    size_t n_rows, n_columns;
    perebor_training training;
    perebor_matrix test; /**< BOOSTING_TEST rows. */
    uint8_t labels[BOOSTING_MOST_ROWS];
} boosting_table;

/** @p n_columns of at most seven kinds: of many values, of few, of two; skewed; with gaps;
 * constant. From nine columns on, splits of the fourth and the ninth have equal gains. */
void boosting_draw(boosting_table *table, uint64_t seed, size_t n_rows, size_t n_columns);

/** One cell. */
double boosting_value(const perebor_matrix *rows, size_t column, size_t row);

#endif
