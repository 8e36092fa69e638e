// SPDX-License-Identifier: MIT
/**
 * @file half_pairs.h
 * What an area under the ROC curve is made of: (positive, negative) pairs of scores, counted twice
 * if the positive scores higher and once if the two tie, so that the area is an integer over an
 * integer.
 *
 * Few rows are compared pair by pair; many are sorted, each class by itself, and the sorted classes
 * are merged. Classes are in the order negative, positive throughout.
 */
#ifndef PEREBOR_METRIC_HALF_PAIRS_H
#define PEREBOR_METRIC_HALF_PAIRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"
#include "perebor/workspace.h"

/** Whether comparing pairs is faster than sorting. */
bool metric_pairs_are_few(const size_t n_class[2]);

/**
 * Counts by comparing.
 *
 * @param[in] classes  [2][n_class] no NaN; behind the scores of the larger class, NaN up to a
 *                     multiple of PEREBOR_LANES.
 */
uint64_t metric_count_pairs(const double *const classes[2], const size_t n_class[2]);

/**
 * Counts by walking both classes.
 *
 * @param[in] positive  [n_positive] keys in ascending order,
 * @param[in] negative  with a key behind the last that is above every other: as from
 *                      metric_sort_classes().
 */
uint64_t metric_count_merged(const uint64_t *positive, size_t n_positive, const uint64_t *negative);

/**
 * Counts by what is faster.
 *
 * @param[in] classes    As metric_count_pairs(), but NaN behind both.
 * @param     workspace  Left as it was.
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status metric_count_half_pairs(uint64_t *half_pairs,
                                                          const double *const classes[2],
                                                          const size_t n_class[2],
                                                          perebor_workspace *workspace);

#endif
