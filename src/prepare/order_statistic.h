// SPDX-License-Identifier: MIT
/**
 * @file order_statistic.h
 * Medians, quantiles and modes without sorting everything.
 */
#ifndef PEREBOR_PREPARE_ORDER_STATISTIC_H
#define PEREBOR_PREPARE_ORDER_STATISTIC_H

#include <stddef.h>
#include <stdint.h>

/** Values to select from, as integers of the same order. */
struct order_keys {
    uint64_t *keys;    /* [n_keys] */
    uint64_t *scratch; /* [n_keys] */
    size_t n_keys;
};

/** Turns values (no NaN) into keys; @p keys has its arrays already. */
void order_keys_set(struct order_keys *keys, const double *values, size_t n_values);

/**
 * The quantile at @p share by linear interpolation at share * (n - 1), in numpy's order of
 * operations. @pre n_keys > 0; 0 <= share <= 1.
 */
double order_quantile(const struct order_keys *keys, double share);

/** The median: the middle value, or half the sum of the two. @pre n_keys > 0 */
double order_median(const struct order_keys *keys);

/** The most frequent value, the smallest of several. Sorts the keys. @pre n_keys > 0 */
double order_mode(struct order_keys *keys);

#endif
