// SPDX-License-Identifier: MIT
/**
 * @file tree_sklearn_sort.h
 * The sort of scikit-learn's trees. It is not stable, and the order in which it leaves rows of
 * equal value decides how their weights are rounded, so it is repeated move by move.
 */
#ifndef PEREBOR_MODEL_TREE_TREE_SKLEARN_SORT_H
#define PEREBOR_MODEL_TREE_TREE_SKLEARN_SORT_H

#include <stddef.h>
#include <stdint.h>

/** Sorts by value. @param[in,out] values  [n], with @param[in,out] rows  [n] moved along. */
void tree_sklearn_sort(float *values, uint32_t *rows, size_t n);

#endif
