// SPDX-License-Identifier: MIT
/**
 * @file class_order.h
 * The customers sorted by class, class 1 first, by their numbers within a class: scenario leak_id.
 *
 * Any stretch of that order is found without walking through what comes before it: the customers of
 * class 1 are counted once, in at most 4096 strides.
 */
#ifndef PEREBOR_GENERATE_CLASS_ORDER_H
#define PEREBOR_GENERATE_CLASS_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "generate/generator.h"
#include "perebor/status.h"

typedef struct class_order {
    const perebor_generator *generator;
    uint64_t seed, n_rows;
    uint64_t stride; /**< Customers that are counted together. */
    size_t n_strides;
    uint64_t *positives; /**< [n_strides + 1] of class 1 before each stride, and in all. */
} class_order;

/** Counts the classes of n_rows customers. */
PEREBOR_MUST_CHECK perebor_status class_order_create(class_order *order,
                                                     const perebor_generator *generator,
                                                     uint64_t seed, uint64_t n_rows, int n_threads,
                                                     perebor_error *error);

void class_order_release(class_order *order);

/**
 * The customers at positions first … first + n - 1 of the order.
 *
 * @param[out] numbers  [n]
 */
void class_order_list(const class_order *order, uint64_t first, size_t n, uint64_t *numbers);

#endif
