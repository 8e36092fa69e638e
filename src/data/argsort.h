// SPDX-License-Identifier: MIT
/**
 * @file argsort.h
 * numpy.argsort(kind="quicksort") of integers, with the same order of equal values.
 */
#ifndef PEREBOR_DATA_ARGSORT_H
#define PEREBOR_DATA_ARGSORT_H

#include <stddef.h>
#include <stdint.h>

/** Fills @p order [n_values] so that values[order[i]] ascends, as numpy 1.24's introsort does. */
void data_argsort(uint32_t *order, const uint64_t *values, size_t n_values);

#endif
