// SPDX-License-Identifier: MIT
/**
 * @file generated_table.h
 * The tables that golden/prepare/make_preparations.py generates from the same seed.
 */
#ifndef PEREBOR_TESTS_GENERATED_TABLE_H
#define PEREBOR_TESTS_GENERATED_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "perebor/dataset.h"

enum { GENERATED_NUMERIC = 10, GENERATED_COLUMNS = 15, GENERATED_MAX_ROWS = 2200 };

/** A table and its division; too large for the stack. */
typedef struct generated_table {
    perebor_dataset dataset;
    perebor_column columns[GENERATED_COLUMNS];
    double values[GENERATED_COLUMNS][GENERATED_MAX_ROWS];
    uint8_t labels[GENERATED_MAX_ROWS];
    uint32_t training[GENERATED_MAX_ROWS], validation[GENERATED_MAX_ROWS];
    size_t n_training, n_validation;
} generated_table;

/** Fills a table; everything in its dataset points into it. */
void generate_table(generated_table *table, uint64_t seed, size_t n_rows, unsigned missing_of_1000);

#endif
