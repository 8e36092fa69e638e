// SPDX-License-Identifier: MIT
/**
 * @file prediction_order.h
 * Ranks of many rows, and numbers that occur twice, in little memory.
 */
#ifndef PEREBOR_RUN_PREDICTION_ORDER_H
#define PEREBOR_RUN_PREDICTION_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/** Where a row lies among all. */
typedef struct prediction_place {
    uint32_t rank; /**< 1 for the highest probability; ties share it, as by scikit-learn's "min". */
    uint32_t decile; /**< 1 for the highest tenth of the rows … 10; ties in the order of rows. */
} prediction_place;

/** A row's probability, and in the end its place. */
typedef union prediction_slot {
    double probability;
    prediction_place place;
} prediction_slot;

/**
 * Turns probabilities into places. Needs 8 bytes a row more.
 *
 * @param[in,out] slots  [n] probabilities, from 0 to 1; then places.
 * @param[in]     n      Below 2^32.
 */
PEREBOR_MUST_CHECK perebor_status prediction_order(prediction_slot *slots, size_t n,
                                                   perebor_error *error);

/** Sorts numbers, in place. */
void prediction_sort_keys(uint64_t *keys, size_t n);

/**
 * Keeps of some numbers those that occur again, sorted, once each; 0 may be kept though it occurs
 * once. Needs 8 bytes a number more.
 */
PEREBOR_MUST_CHECK perebor_status prediction_keep_repeated(uint64_t *keys, size_t n, size_t *n_kept,
                                                           perebor_error *error);

#endif
