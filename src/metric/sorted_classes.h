// SPDX-License-Identifier: MIT
/**
 * @file sorted_classes.h
 * The scores of each class in ascending order, as integers.
 */
#ifndef PEREBOR_METRIC_SORTED_CLASSES_H
#define PEREBOR_METRIC_SORTED_CLASSES_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"
#include "perebor/workspace.h"

/**
 * Parts scores by class and sorts each class. Keys are integers in the order of the scores; equal
 * scores, -0 and +0 among them, have one key, and none has UINT64_MAX.
 *
 * @param[out] classes  [2][n_class + 1] negative, positive, in the workspace; UINT64_MAX stands
 *                      after the last negative.
 * @param[in]  scores   [n_class[0] + n_class[1]], no NaN.
 * @param      workspace  Not returned to where it was.
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status metric_sort_classes(uint64_t *classes[2], const uint8_t *labels,
                                                      const double *scores, const size_t n_class[2],
                                                      perebor_workspace *workspace);

/** The same of scores that are parted already. @param[in] scores  [2][n_class]. */
PEREBOR_MUST_CHECK perebor_status metric_sort_parted(uint64_t *classes[2],
                                                     const double *const scores[2],
                                                     const size_t n_class[2],
                                                     perebor_workspace *workspace);

#endif
