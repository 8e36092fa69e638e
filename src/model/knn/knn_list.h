// SPDX-License-Identifier: MIT
/**
 * @file knn_list.h
 * Lists of neighbours, nearest first: by (distance, number of the training row), an order without
 * ties, so that a list does not depend on the order in which rows were looked at.
 */
#ifndef PEREBOR_MODEL_KNN_KNN_LIST_H
#define PEREBOR_MODEL_KNN_KNN_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/knn/knn_kernel.h"

/** One neighbour. */
typedef struct knn_neighbor {
    double distance; /**< As the kernel sums it: not yet a root. */
    uint32_t row;    /**< A row of the training part. */
    uint32_t reserved;
} knn_neighbor;

/** Whether @p a is before @p b in a list. */
static inline bool knn_is_nearer(const knn_neighbor *a, const knn_neighbor *b) {
    return a->distance < b->distance || (a->distance == b->distance && a->row < b->row);
}

/** Puts neighbours in order. @param[out] scratch  [n] room */
void knn_list_sort(const knn_kernels *kernels, knn_neighbor *items, size_t n,
                   knn_neighbor *scratch);

/**
 * Merges newcomers in order into a list, and keeps the nearest.
 *
 * @param[in,out] list      [k]
 * @param[in]     n_listed  At most k.
 * @return How many are listed now: at most k.
 */
size_t knn_list_merge(knn_neighbor *list, size_t n_listed, size_t k, const knn_neighbor *fresh,
                      size_t n_fresh);

/**
 * A limit below which lie at least k of the values, and not many more where that is easily had: or
 * @p limit, if fewer are below it.
 *
 * Any such limit gives the same neighbours, so the search may start from a guess: the limit is
 * bisected only until it is tight enough for the sort after it to be cheap.
 *
 * @param[in]     n      A multiple of 8.
 * @param[in,out] guess  A limit that served a query before, or not a number.
 */
double knn_list_limit(const knn_kernels *kernels, size_t k, const double *values, size_t n,
                      double limit, double *guess);

#endif
