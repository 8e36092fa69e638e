// SPDX-License-Identifier: MIT
/**
 * @file value_order.h
 * Values in ascending order, by a radix sort that skips what all values share.
 */
#ifndef PEREBOR_STATISTICS_VALUE_ORDER_H
#define PEREBOR_STATISTICS_VALUE_ORDER_H

#include <stddef.h>
#include <stdint.h>

/** A value and where it stood. */
typedef struct metric_placed {
    double value;
    uint32_t place;
} metric_placed;

/**
 * Orders values, equal ones by their place.
 *
 * @param[in] values  [n] no NaN; n below 2^32.
 *
 * @return [n], which the caller frees; NULL if memory is short.
 */
metric_placed *metric_order_values(const double *values, size_t n);

/** Sorts in place with the help of @p spare, both [n]. */
void metric_sort_values(double *values, double *spare, size_t n);

#endif
