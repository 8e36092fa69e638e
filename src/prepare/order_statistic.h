// SPDX-License-Identifier: MIT
/**
 * @file order_statistic.h
 * Medians, quantiles and modes without sorting everything.
 */
#ifndef PEREBOR_PREPARE_ORDER_STATISTIC_H
#define PEREBOR_PREPARE_ORDER_STATISTIC_H

#include <stddef.h>
#include <stdint.h>

/** Values to select from, as integers of the same order. What is asked of them uses them up. */
typedef struct order_keys {
    uint64_t *keys;    /* [n_keys] */
    uint64_t *scratch; /* [n_keys] */
    size_t n_keys;     /* fits 32 bits */
} order_keys;

typedef struct order_quartiles {
    double lower, median, upper;
} order_quartiles;

/** Turns values (no NaN) into keys; @p keys has its arrays already. */
void order_keys_set(order_keys *keys, const double *values, size_t n_values);

/** The median: the middle value, or half the sum of the two. @pre n_keys > 0 */
double order_median(order_keys *keys);

/**
 * The median, and the quartiles by linear interpolation at (n - 1) / 4 and 3 (n - 1) / 4, in
 * numpy's order of operations. @pre n_keys > 0
 */
order_quartiles order_find_quartiles(order_keys *keys);

/** The most frequent value, the smallest of several. @pre n_keys > 0 */
double order_mode(order_keys *keys);

#endif
