// SPDX-License-Identifier: MIT
/**
 * @file cell_faults.h
 * The faults of single cells that scenario dirt_extreme puts in.
 */
#ifndef PEREBOR_GENERATE_CELL_FAULTS_H
#define PEREBOR_GENERATE_CELL_FAULTS_H

#include <stddef.h>
#include <stdint.h>

#include "generate/fault_list.h"
#include "generate/generated_text.h"
#include "generate/generator.h"

/** Which cell it is. */
typedef struct cell_place {
    const perebor_generator *generator;
    uint64_t seed;
    size_t table, column;
    uint64_t position; /**< The customer's: what its draws hang on. */
    size_t row;        /**< The customer's in a long table; 0 in a wide one. */
    uint64_t id;       /**< As it is written. */
} cell_place;

/** Puts the first fault that falls on a cell into it; the cell is what follows @p start. */
void cell_faults_put(const cell_place *place, generated_text *text, size_t start,
                     fault_list *faults);

#endif
