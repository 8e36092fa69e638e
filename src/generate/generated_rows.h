// SPDX-License-Identifier: MIT
/**
 * @file generated_rows.h
 * Customers as the lines of a table.
 */
#ifndef PEREBOR_GENERATE_GENERATED_ROWS_H
#define PEREBOR_GENERATE_GENERATED_ROWS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/json.h"
#include "generate/customer_block.h"
#include "perebor/generator.h"

/** How the lines of one table are written. */
typedef struct generated_rows {
    const perebor_generator *generator;
    const perebor_generated_table *table;
    uint64_t seed;
    bool clean;
} generated_rows;

void generated_rows_header(const generated_rows *rows, FILE *stream);

/** Writes a block. @param[out] faults  Gets the misspellings; NULL: they are not wanted. */
void generated_rows_write(const generated_rows *rows, const customer_block *block, FILE *stream,
                          perebor_json *faults, uint64_t *n_faults);

#endif
