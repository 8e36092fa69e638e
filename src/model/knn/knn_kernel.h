// SPDX-License-Identifier: MIT
/**
 * @file knn_kernel.h
 * The inner loops of the nearest neighbours, compiled once per instruction set.
 *
 * Training rows are packed in tiles of eight: element (row, column) of a packed block is
 * packed[(row / 8 * n_columns + column) * 8 + row % 8]. The last tile is filled up with rows that
 * are no neighbours: their distances are overwritten with infinity. Codes of levels are packed
 * likewise, in tiles of KNN_FILTER_TILE.
 */
#ifndef PEREBOR_MODEL_KNN_KNN_KERNEL_H
#define PEREBOR_MODEL_KNN_KNN_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/simd.h"

/** Queries that a call to distances() or rough() takes at once. */
enum { KNN_QUERIES = 4 };

/** Rows of a tile in single precision: one register of the widest instruction set. */
enum { KNN_FILTER_TILE = 16 };

/** The most values that bound() bounds. */
enum { KNN_MOST_BOUNDED = 128 };

typedef enum knn_metric {
    KNN_MANHATTAN,       /**< sum |a - b| */
    KNN_EUCLIDEAN,       /**< sum (a - b)^2: the square of the distance, which ranks alike */
    KNN_MINKOWSKI,       /**< sum |a - b|^p: the p-th power of the distance */
    KNN_ROUGH_MINKOWSKI, /**< the same at a tenth of the time, within knn_rough_upper() */
} knn_metric;

/** What a sum of KNN_ROUGH_MINKOWSKI may be off by, as a share of what is right: see rough_power().
 */
static inline double knn_rough_error(double p, size_t n_columns) {
    return p * 0x1p-16 + 0x1p-17 + (double)n_columns * 0x1p-50;
}

/** What a rough sum is below, if what is right is below @p sum; and the other way round. Terms that
 * are next to nothing may be off by more. */
static inline double knn_rough_upper(double sum, double p, size_t n_columns) {
    return sum * (1.0 + 2.0 * knn_rough_error(p, n_columns)) + 0x1p-900;
}

/** A limit to the rough sums of the k nearest, if k rough sums are below @p sum: these are right
 * below the upper one, and so are those of the k nearest. */
static inline double knn_rough_limit(double sum, double p, size_t n_columns) {
    return knn_rough_upper(knn_rough_upper(sum, p, n_columns), p, n_columns);
}

typedef struct knn_kernels {
    /**
     * Distances of KNN_QUERIES queries to every row of a packed block, summed column by column.
     *
     * @param[in]  packed     [n_rows rounded up to 8][n_columns]
     * @param[in]  queries    [n_columns][KNN_QUERIES]
     * @param[out] distances  [KNN_QUERIES][stride]; infinity from n_rows up to the end of its tile.
     * @param[in]  stride     A multiple of 8, at least n_rows.
     */
    void (*distances)(knn_metric metric, double p, const double *packed, size_t n_rows,
                      size_t n_columns, const double *queries, double *distances, size_t stride);

    /**
     * The same of one query, whose values are [n_columns].
     *
     * @param[out] distances  [n_rows up to 8]; infinity from n_rows up to the end of its tile.
     */
    void (*distances_of_one)(knn_metric metric, double p, const double *packed, size_t n_rows,
                             size_t n_columns, const double *query, double *distances);

    /**
     * What no row in a box is nearer than, as distances_of_one() rounds it: the same sum to the
     * nearest point of the box, of which every term and hence the sum is at most the row's. Powers
     * are not known to keep order in their last bits, so sums of these are brought down a little,
     * by as much as rough ones may be off.
     *
     * @param[in]  lows, highs  [n_boxes up to 8][n_columns] in tiles of eight.
     * @param[in]  query        [n_columns]
     * @param[out] distances    [n_boxes up to 8]
     */
    void (*box_distances)(knn_metric metric, double p, const double *lows, const double *highs,
                          size_t n_boxes, size_t n_columns, const double *query, double *distances);

    /**
     * Continues distances over blocks of levels: adds one where codes differ, and one again where
     * both are of a level. @see knn_levels.h
     *
     * @param[in]     packed     [first + n_rows up to KNN_FILTER_TILE][n_blocks]
     * @param[in]     none       [n_blocks] codes that are of no level.
     * @param[in]     codes      [n_blocks][KNN_QUERIES] of the queries.
     * @param[in]     first      Row of the first distances, a multiple of 8.
     * @param[in,out] distances  [KNN_QUERIES][stride]
     */
    void (*add_levels)(const uint32_t *packed, const uint32_t *none, size_t n_blocks,
                       const uint32_t *codes, size_t first, size_t n_rows, double *distances,
                       size_t stride);

    /** The same for distances in single precision. @param[in] first  A multiple of
     *  KNN_FILTER_TILE. */
    void (*add_levels_roughly)(const uint32_t *packed, const uint32_t *none, size_t n_blocks,
                               const uint32_t *codes, size_t first, size_t n_rows, float *distances,
                               size_t stride);

    /**
     * The same as distances() in single precision, for manhattan and euclidean distances, in any
     * order.
     *
     * @param[in]  packed     Tiles of KNN_FILTER_TILE rows, packed as those of eight are.
     * @param[in]  queries    [n_columns][KNN_QUERIES]
     * @param[out] distances  [KNN_QUERIES][stride]; infinity from n_rows up to the end of its tile.
     */
    void (*rough)(knn_metric metric, const float *packed, size_t n_rows, size_t n_columns,
                  const float *queries, float *distances, size_t stride);

    /**
     * Lists the places of values that are no larger than the limit.
     *
     * @param[in]  n       A multiple of KNN_FILTER_TILE.
     * @param[out] places  [n + 1]
     * @return How many.
     */
    size_t (*select_below)(const float *values, size_t n, float limit, uint32_t *places);

    /**
     * A value that at least k values are not above, and not many more: of groups of the values, k
     * have their least below it. With twice as many groups as k, few have two.
     *
     * @param[in] values  None negative.
     * @param[in] n       A multiple of KNN_FILTER_TILE, at least 2 k up to 64.
     * @param[in] k       From 1 to KNN_MOST_BOUNDED.
     * @return Infinity if there is no other.
     */
    float (*bound)(const float *values, size_t n, size_t k);

    /** How many of the values are below the limit. @param[in] n  A multiple of 8. */
    size_t (*count_below)(const double *values, size_t n, double limit);

    /**
     * Lists the values below the limit in order.
     *
     * @param[out] kept   [count_below() + 8] the values
     * @param[out] index  [count_below() + 8] their places
     * @return How many.
     */
    size_t (*gather_below)(const double *values, size_t n, double limit, double *kept,
                           uint32_t *index);

    /**
     * How many come before each, by value and of equal values by their ties.
     *
     * @param[in]  values, ties  [n up to 8]; of ties no two are the same.
     * @param[out] ranks         [n up to 8]
     */
    void (*rank)(const double *values, const double *ties, size_t n, int64_t *ranks);
} knn_kernels;

PEREBOR_KERNEL_DECLARE(knn_kernels, knn_kernels);

#endif
