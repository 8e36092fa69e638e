// SPDX-License-Identifier: MIT
/**
 * @file knn_buckets.h
 * Training rows in buckets of rows that lie together, each with the box that it fills: the leaves
 * of a k-d tree (J. H. Friedman, J. L. Bentley and R. A. Finkel, "An algorithm for finding best
 * matches in logarithmic expected time", ACM TOMS 3, 1977). A search passes over the buckets whose
 * boxes are farther away than the neighbours that it has.
 *
 * All buckets but the last are full. Those of the tree's node [a, b) are divided in the middle, m =
 * (a + b + 1) / 2: rows whose value of columns[m] is below values[m] are left of it.
 */
#ifndef PEREBOR_MODEL_KNN_KNN_BUCKETS_H
#define PEREBOR_MODEL_KNN_KNN_BUCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/matrix.h"

/** Rows of a bucket: so few that boxes are small, so many that they are measured at speed. */
enum { KNN_BUCKET_ROWS = 64 };

typedef struct knn_buckets {
    size_t n; /**< 0: there are none. */
    size_t n_rows, n_columns;
    double *packed;       /**< [n_rows up to 8][n_columns] in tiles, as knn_kernels have them. */
    uint32_t *rows;       /**< [n_rows] which training rows these are. */
    double *lows, *highs; /**< [n up to 8][n_columns] in tiles: the boxes; infinity behind them. */
    uint32_t *columns;    /**< [n] by m */
    double *values;       /**< [n] by m */
} knn_buckets;

/** A node of the tree: buckets from @p begin up to @p end, without it. */
typedef struct knn_bucket_range {
    size_t begin, end;
} knn_bucket_range;

/** Whether there are any of so many rows and dense columns. */
bool knn_buckets_are_made(size_t n_rows, size_t n_columns);

/**
 * Sorts the rows of a matrix of dense columns into buckets; makes none of few rows or of many
 * columns, where boxes are near to everything. A deadline that has passed leaves it unfinished.
 *
 * @return False if memory is short.
 */
PEREBOR_MUST_CHECK bool knn_buckets_create(knn_buckets *buckets, const perebor_matrix *rows,
                                           perebor_workspace *workspace);

/** The smallest node with at least @p n rows, where a point would be. @param[in] point [n_columns]
 */
knn_bucket_range knn_buckets_around(const knn_buckets *buckets, const double *point, size_t n);

/** How many rows there are before bucket @p end. */
static inline size_t knn_buckets_rows_before(const knn_buckets *buckets, size_t end) {
    size_t n = end * KNN_BUCKET_ROWS;
    return n < buckets->n_rows ? n : buckets->n_rows;
}

#endif
