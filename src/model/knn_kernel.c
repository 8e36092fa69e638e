// SPDX-License-Identifier: MIT
#include "model/knn_kernel.h"

#include <math.h>

#include "base/arithmetic.h"

/** Tiles that are worked on at once: with KNN_QUERIES queries, eight sums in registers. */
enum { TILES = 2 };

/** Adds one column's part to the sums of one query and one tile. */
PEREBOR_INLINE v8d add_part(knn_metric metric, double p, v8d sum, v8d difference) {
    if (metric == KNN_MANHATTAN) {
        return sum + v8d_abs(difference);
    }
    if (metric == KNN_EUCLIDEAN) {
        return sum + difference * difference;
    }
    for (int lane = 0; lane < PEREBOR_LANES; lane++) {
        sum[lane] += perebor_pow(fabs(difference[lane]), p);
    }
    return sum;
}

/** Sums of KNN_QUERIES queries over n_tiles tiles, at most TILES; n_tiles is a constant. */
PEREBOR_INLINE void sum_tiles(knn_metric metric, double p, const double *packed, size_t n_columns,
                              const double *queries, double *distances, size_t stride,
                              int n_tiles) {
    v8d sums[KNN_QUERIES][TILES] = {0};
    for (size_t column = 0; column < n_columns; column++) {
        for (int tile = 0; tile < n_tiles; tile++) {
            v8d rows = v8d_load(packed + ((size_t)tile * n_columns + column) * PEREBOR_LANES);
            for (int query = 0; query < KNN_QUERIES; query++) {
                v8d difference = v8d_set(queries[column * KNN_QUERIES + (size_t)query]) - rows;
                sums[query][tile] = add_part(metric, p, sums[query][tile], difference);
            }
        }
    }
    for (int query = 0; query < KNN_QUERIES; query++) {
        for (int tile = 0; tile < n_tiles; tile++) {
            v8d_store(distances + (size_t)query * stride + (size_t)tile * PEREBOR_LANES,
                      sums[query][tile]);
        }
    }
}

PEREBOR_INLINE void sum_block(knn_metric metric, double p, const double *packed, size_t n_rows,
                              size_t n_columns, const double *queries, double *distances,
                              size_t stride) {
    size_t n_tiles = (n_rows + PEREBOR_LANES - 1) / PEREBOR_LANES;
    size_t tile = 0;
    for (; tile + TILES <= n_tiles; tile += TILES) {
        sum_tiles(metric, p, packed + tile * n_columns * PEREBOR_LANES, n_columns, queries,
                  distances + tile * PEREBOR_LANES, stride, TILES);
    }
    for (; tile < n_tiles; tile++) {
        sum_tiles(metric, p, packed + tile * n_columns * PEREBOR_LANES, n_columns, queries,
                  distances + tile * PEREBOR_LANES, stride, 1);
    }
    for (size_t row = n_rows; row < n_tiles * PEREBOR_LANES; row++) {
        for (size_t query = 0; query < KNN_QUERIES; query++) {
            distances[query * stride + row] = INFINITY;
        }
    }
}

static void distances(knn_metric metric, double p, const double *packed, size_t n_rows,
                      size_t n_columns, const double *queries, double *into, size_t stride) {
    if (metric == KNN_MANHATTAN) {
        sum_block(KNN_MANHATTAN, p, packed, n_rows, n_columns, queries, into, stride);
    } else if (metric == KNN_EUCLIDEAN) {
        sum_block(KNN_EUCLIDEAN, p, packed, n_rows, n_columns, queries, into, stride);
    } else {
        sum_block(KNN_MINKOWSKI, p, packed, n_rows, n_columns, queries, into, stride);
    }
}

static size_t count_below(const double *values, size_t n, double limit) {
    v8i count = {0};
    v8d limits = v8d_set(limit);
    for (size_t i = 0; i < n; i += PEREBOR_LANES) {
        count -= v8d_load(values + i) < limits; // a true lane is -1
    }
    size_t total = 0;
    for (int lane = 0; lane < PEREBOR_LANES; lane++) {
        total += (size_t)count[lane];
    }
    return total;
}

static size_t gather_below(const double *values, size_t n, double limit, double *kept,
                           uint32_t *index) {
    size_t n_kept = 0;
    v8d limits = v8d_set(limit);
    for (size_t i = 0; i < n; i += PEREBOR_LANES) {
        v8i below = v8d_load(values + i) < limits;
        int64_t any = (below[0] | below[1] | below[2] | below[3]) |
                      (below[4] | below[5] | below[6] | below[7]);
        if (any == 0) {
            continue;
        }
        for (size_t lane = 0; lane < PEREBOR_LANES; lane++) { // without branches
            kept[n_kept] = values[i + lane];
            index[n_kept] = (uint32_t)(i + lane);
            n_kept += values[i + lane] < limit;
        }
    }
    return n_kept;
}

const struct knn_kernels PEREBOR_KERNEL(knn_kernels) = {
    .distances = distances, .count_below = count_below, .gather_below = gather_below};
