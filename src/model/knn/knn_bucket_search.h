// SPDX-License-Identifier: MIT
/**
 * @file knn_bucket_search.h
 * The nearest rows of queries by buckets: the node of the tree around a query first, then the other
 * buckets from the nearest box on, until a box is farther away than all neighbours.
 */
#ifndef PEREBOR_MODEL_KNN_KNN_BUCKET_SEARCH_H
#define PEREBOR_MODEL_KNN_KNN_BUCKET_SEARCH_H

#include "model/knn/knn_buckets.h"
#include "model/knn/knn_kernel.h"
#include "model/knn/knn_list.h"

/** A search, with the room it works in; what comes first is the caller's. */
typedef struct knn_bucket_search {
    const knn_buckets *buckets;
    knn_metric metric;
    double p;
    size_t k;
    size_t n_measured; /**< Rows whose distances were measured, over all queries so far. */
    size_t n_listed;
    knn_neighbor *list; /**< [k], of which n_listed: the neighbours of the last query. */
    const knn_kernels *kernels;
    knn_metric measured; /**< What rows and boxes are measured by: metric, or a rough one. */
    double *query;       /**< [n_columns] */
    double *distances;   /**< [most rows] of rows, or of boxes */
    double *kept;        /**< [most rows + 8] those that may matter */
    uint32_t *index;     /**< [most rows + 8] their places */
    knn_neighbor *fresh, *scratch, *nearest; /**< [most rows]; buckets as if they were rows. */
    double guess;                            /**< A limit that served a query before. */
    size_t worked;                           /**< Values since the last look at the deadline. */
} knn_bucket_search;

/** Takes room for it. @pre The caller's members are set. @return False if memory is short. */
PEREBOR_MUST_CHECK bool knn_bucket_search_begin(knn_bucket_search *search,
                                                perebor_workspace *workspace);

/** Finds the neighbours of a row: as many as k, but for those whose distances overflow. Once a
 * deadline has passed they may be others. */
void knn_bucket_search_run(knn_bucket_search *search, const perebor_matrix *queries, size_t row);

/** The first bucket of the node around a row. Rows of one node find its buckets in the cache. */
size_t knn_bucket_search_home(const knn_bucket_search *search, const perebor_matrix *queries,
                              size_t row);

#endif
