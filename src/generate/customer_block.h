// SPDX-License-Identifier: MIT
/**
 * @file customer_block.h
 * A block of customers in memory, and the dirt that is local to it.
 */
#ifndef PEREBOR_GENERATE_CUSTOMER_BLOCK_H
#define PEREBOR_GENERATE_CUSTOMER_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "generate/fault_list.h"
#include "generate/population.h"
#include "perebor/status.h"

/** Customers at positions first … first + n - 1 of the files. */
typedef struct customer_block {
    uint64_t first;
    size_t n, capacity;
    customer *customers; /**< [capacity] */
    double *values;      /**< Values of all of them. */
    uint8_t *flags;
} customer_block;

PEREBOR_MUST_CHECK perebor_status customer_block_create(customer_block *block,
                                                        const perebor_generator *generator,
                                                        size_t capacity, perebor_error *error);

void customer_block_release(customer_block *block);

/**
 * Puts doubled customers, months of zero and an outlier into a block.
 *
 * @param[out] faults  Gets each of them.
 */
PEREBOR_MUST_CHECK perebor_status customer_block_soil(customer_block *block,
                                                      const perebor_generator *generator,
                                                      uint64_t seed, fault_list *faults,
                                                      perebor_error *error);

#endif
