// SPDX-License-Identifier: MIT
/**
 * @file generated_chunk.h
 * A stretch of customers as the bytes of every file: what one thread makes at a time.
 *
 * A chunk is made of consecutive positions of the files, a whole block of dirt, and depends on
 * nothing else; so the files are the same whoever makes which chunk.
 */
#ifndef PEREBOR_GENERATE_GENERATED_CHUNK_H
#define PEREBOR_GENERATE_GENERATED_CHUNK_H

#include <stdint.h>

#include "generate/class_order.h"
#include "generate/customer_block.h"
#include "generate/fault_list.h"
#include "generate/generated_text.h"
#include "generate/generator.h"
#include "generate/population.h"

typedef struct generated_chunk {
    const perebor_generator *generator;
    const perebor_generate_options *options;
    population drawn;
    customer_block block;
    uint64_t *numbers;      /**< [capacity] of the customers of the block */
    generated_text *tables; /**< [n_tables]; nothing in those that are not written */
    generated_text truth;
    fault_list found;
    char *faults; /**< Elements of a JSON array without its brackets; "" for none. */
    uint64_t n_positive;
} generated_chunk;

/** Customers in a chunk; the last one may have fewer. */
size_t generated_chunk_capacity(const perebor_generator *generator);

/** Whether a table is written in a scenario. */
bool generated_chunk_has_table(const perebor_generator *generator, perebor_scenario scenario,
                               size_t table);

/** Released with generated_chunk_release(), also after failure. Starts as {0}. */
PEREBOR_MUST_CHECK perebor_status generated_chunk_create(generated_chunk *chunk,
                                                         const perebor_generator *generator,
                                                         const perebor_generate_options *options,
                                                         perebor_error *error);

void generated_chunk_release(generated_chunk *chunk);

/** Makes the first lines of the files, and the faults that tables have as a whole. */
PEREBOR_MUST_CHECK perebor_status generated_chunk_begin(generated_chunk *chunk,
                                                        perebor_error *error);

/**
 * Makes the lines of n customers.
 *
 * @param[in] order  Sorts them; NULL: they come by their numbers.
 * @param[in] first  Position of the first; a multiple of the capacity.
 */
PEREBOR_MUST_CHECK perebor_status generated_chunk_make(generated_chunk *chunk,
                                                       const class_order *order, uint64_t first,
                                                       size_t n, perebor_error *error);

#endif
