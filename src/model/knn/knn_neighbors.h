// SPDX-License-Identifier: MIT
/**
 * @file knn_neighbors.h
 * The exact nearest training rows of every query.
 *
 * Neighbours are ordered by (distance, number of the training row), whatever the size of the tiles,
 * so a list of k neighbours is the head of a list of more.
 */
#ifndef PEREBOR_MODEL_KNN_KNN_NEIGHBORS_H
#define PEREBOR_MODEL_KNN_KNN_NEIGHBORS_H

#include <stddef.h>
#include <stdint.h>

#include "model/knn/knn_buckets.h"
#include "model/knn/knn_distance_filter.h"
#include "model/knn/knn_kernel.h"
#include "model/knn/knn_levels.h"
#include "model/knn/knn_list.h"
#include "model/knn/knn_rare.h"
#include "perebor/matrix.h"
#include "perebor/status.h"

/** Training rows of a chunk: with 30 columns half a megabyte, which stays in the second cache. */
enum { KNN_CHUNK_ROWS = 2048 };

/** Training rows: the columns before those that are rare packed in tiles of eight. */
typedef struct knn_points {
    double *packed;
    size_t n_rows;
    size_t n_columns;         /**< All of them. */
    knn_levels levels;        /**< The last columns, where these are levels of nominal columns. */
    knn_rare rare;            /**< Those of the columns before the levels. */
    knn_entries entries;      /**< Entries of rare columns. */
    knn_rare_columns columns; /**< The same, if the filter has anything. */
    knn_distance_filter filter;
    knn_buckets buckets; /**< None if columns are rare, or levels. */
} knn_points;

/** Packs a matrix; copies what it needs. */
PEREBOR_MUST_CHECK perebor_status knn_points_create(knn_points *points, const perebor_matrix *rows,
                                                    perebor_workspace *workspace,
                                                    perebor_error *error);

/** The training rows as a matrix without blocks of levels. */
PEREBOR_MUST_CHECK perebor_status knn_points_expand(perebor_matrix *rows, const knn_points *points,
                                                    perebor_workspace *workspace,
                                                    perebor_error *error);

/**
 * Receives the neighbours of one query.
 *
 * @param[in] neighbors  [k], nearest first.
 */
typedef void knn_receive(void *context, size_t query, const knn_neighbor *neighbors, size_t k);

/**
 * Finds the k nearest training rows of every row of @p queries. Leaves the workspace as it was.
 *
 * @param[in] queries  Rows whose levels are other blocks than those of the points, or none, are
 *                     written out, and so are the points.
 * @param[in] k  From 1 to points->n_rows.
 */
PEREBOR_MUST_CHECK perebor_status knn_neighbors_find(const knn_points *points, knn_metric metric,
                                                     double p, const perebor_matrix *queries,
                                                     size_t k, perebor_workspace *workspace,
                                                     knn_receive *receive, void *context,
                                                     perebor_error *error);

#endif
