// SPDX-License-Identifier: MIT
/**
 * @file split.h
 * One division of the rows into a training part and a test part.
 *
 * Bit-identical to scikit-learn 1.2.1's train_test_split(stratify=labels), or without stratify, for
 * the same seed: the order of the rows inside each part is the same too.
 */
#ifndef PEREBOR_SPLIT_H
#define PEREBOR_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

PEREBOR_BEGIN_DECLS

/** How to divide. */
typedef struct perebor_split_settings {
    double
        test_size; /**< Share of the rows, in [0, 1); 0 leaves every row, in order, for training. */
    bool stratify; /**< Keep the share of positives equal in both parts. */
    bool by_group; /**< Keep the rows of a group together (GroupShuffleSplit); needs groups. */
    uint32_t seed; /**< What numpy's legacy RandomState takes as random_state=. */
} perebor_split_settings;

/** Row numbers of the two parts; owns both arrays. */
typedef struct perebor_split {
    uint32_t *train; /**< [n_train] */
    size_t n_train;
    uint32_t *test; /**< [n_test] */
    size_t n_test;
} perebor_split;

/**
 * Divides @p n_rows rows.
 *
 * @param[out] split   Filled; released with perebor_split_release().
 * @param[in]  labels  [n_rows], 0 or 1.
 * @param[in]  groups  [n_rows], or NULL unless settings->by_group.
 *
 * @retval PEREBOR_ERR_ARGUMENT  No labels, a class has fewer than two rows, or a part would be
 * empty.
 */
PEREBOR_MUST_CHECK perebor_status perebor_split_make(perebor_split *split, const uint8_t *labels,
                                                     const uint32_t *groups, size_t n_rows,
                                                     const perebor_split_settings *settings,
                                                     perebor_error *error);

/** Frees the arrays of a split and zeroes it. */
void perebor_split_release(perebor_split *split);

PEREBOR_END_DECLS

#endif
