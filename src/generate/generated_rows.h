// SPDX-License-Identifier: MIT
/**
 * @file generated_rows.h
 * Customers as the lines of a table.
 */
#ifndef PEREBOR_GENERATE_GENERATED_ROWS_H
#define PEREBOR_GENERATE_GENERATED_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "generate/customer_block.h"
#include "generate/fault_list.h"
#include "generate/generated_text.h"
#include "generate/generator.h"

/** How the lines of one table are written. */
typedef struct generated_rows {
    const perebor_generator *generator;
    size_t table; /**< Its number. */
    uint64_t seed;
    bool clean;
    bool extreme;       /**< With the further faults of dirt_extreme. */
    fault_list *faults; /**< Gets what is put in. */
} generated_rows;

void generated_rows_header(const generated_rows *rows, generated_text *text);

/** Appends the lines of a block. */
void generated_rows_write(const generated_rows *rows, const customer_block *block,
                          generated_text *text);

#endif
