// SPDX-License-Identifier: MIT
#include "model/knn/knn_distance_filter.h"

#include <math.h>
#include <string.h>

#include "base/deadline.h"

static double add_to_norm(knn_metric metric, double sum, double value) {
    return metric == KNN_MANHATTAN ? sum + fabs(value) : sum + value * value;
}

static double end_of_norm(knn_metric metric, double sum) {
    return metric == KNN_MANHATTAN ? sum : sqrt(sum);
}

/** Packs a tile. @param[out] sums  [metric][row of the tile] to be ended to norms. */
static void pack_tile(float *to, const perebor_matrix *rows, size_t first, size_t n,
                      double sums[2][KNN_FILTER_TILE]) {
    memset(sums, 0, 2 * sizeof *sums);
    for (size_t column = 0; column < rows->n_columns; column++) {
        const double *values = perebor_matrix_column(rows, column) + first;
        for (size_t row = 0; row < n; row++) {
            to[column * KNN_FILTER_TILE + row] = (float)values[row];
            sums[KNN_MANHATTAN][row] =
                add_to_norm(KNN_MANHATTAN, sums[KNN_MANHATTAN][row], values[row]);
            sums[KNN_EUCLIDEAN][row] =
                add_to_norm(KNN_EUCLIDEAN, sums[KNN_EUCLIDEAN][row], values[row]);
        }
    }
}

static void pack(knn_distance_filter *filter, const perebor_matrix *rows) {
    size_t worked = 0;
    for (size_t first = 0; first < rows->n_rows; first += KNN_FILTER_TILE) {
        const size_t left = rows->n_rows - first;
        const size_t n = left < KNN_FILTER_TILE ? left : KNN_FILTER_TILE;
        double sums[2][KNN_FILTER_TILE];
        if (perebor_deadline_passed_after(&worked, n * rows->n_columns)) {
            return;
        }
        pack_tile(filter->packed + first * rows->n_columns, rows, first, n, sums);
        for (int metric = KNN_MANHATTAN; metric <= KNN_EUCLIDEAN; metric++) {
            double *longest = &filter->longest[metric][first / filter->chunk_rows];
            for (size_t row = 0; row < n; row++) {
                *longest = fmax(*longest, end_of_norm((knn_metric)metric, sums[metric][row]));
            }
        }
    }
}

bool knn_distance_filter_create(knn_distance_filter *filter, const perebor_matrix *rows,
                                size_t least_rows, size_t n_ones, size_t chunk_rows,
                                perebor_workspace *workspace) {
    *filter = (knn_distance_filter){.chunk_rows = chunk_rows,
                                    .n_columns = rows->n_columns,
                                    .n_terms = rows->n_columns + n_ones};
    if (rows->n_rows < least_rows) {
        return true;
    }
    size_t n_chunks = (rows->n_rows + chunk_rows - 1) / chunk_rows;
    size_t n_tiles = (rows->n_rows + KNN_FILTER_TILE - 1) / KNN_FILTER_TILE;
    filter->packed = perebor_workspace_take_zeroed(
        workspace, n_tiles * KNN_FILTER_TILE * rows->n_columns, sizeof *filter->packed);
    double *longest = perebor_workspace_take_zeroed(workspace, 2 * n_chunks, sizeof *longest);
    if (filter->packed == NULL || longest == NULL) {
        return false;
    }
    filter->longest[0] = longest;
    filter->longest[1] = longest + n_chunks;
    pack(filter, rows);
    return true;
}

double knn_distance_filter_norm(const knn_distance_filter *filter, knn_metric metric,
                                const double *queries, size_t query) {
    double sum = 0.0;
    for (size_t column = 0; column < filter->n_columns; column++) {
        sum = add_to_norm(metric, sum, queries[column * KNN_QUERIES + query]);
    }
    return end_of_norm(metric, sum);
}

/*
 * Rounding a row and the query to single precision moves them by at most 2^-24 of their norms, so
 * their distance grows by at most the sum of both. Summing d terms in single precision, in whatever
 * order, rounds each at most d + 3 times by 2^-24. Both are taken twofold, which also covers what
 * the limit itself was rounded by; the smallest addition covers what underflows.
 */
static const double unit = 0x1p-23;
static const double most = 1e15; // squares of it, and sums of them, are far from overflow

float knn_distance_filter_limit(const knn_distance_filter *filter, knn_metric metric, size_t chunk,
                                double limit, double norm, double slack) {
    double longest = filter->longest[metric][chunk];
    double distance = metric == KNN_MANHATTAN ? limit : sqrt(limit);
    if (!(distance < most && norm < most && longest < most)) {
        return INFINITY;
    }
    double moved = distance + unit * (norm + longest) + 1e-18;
    double sum = slack + (metric == KNN_MANHATTAN ? moved : moved * moved);
    return nextafterf((float)(sum * (1.0 + unit * (double)(filter->n_terms + 4))), INFINITY);
}

/* As above, from the rough distance to the right one: the rounded points are no farther apart than
 * the rough sum says, but for its roundings, and the points themselves than these, but for theirs.
 */
double knn_distance_filter_bound(const knn_distance_filter *filter, knn_metric metric, size_t chunk,
                                 float rough, double norm) {
    const double longest = filter->longest[metric][chunk];
    if (!(isfinite(rough) && norm < most && longest < most)) {
        return INFINITY;
    }
    const double sum = (double)rough * (1.0 + unit * (double)(filter->n_terms + 4));
    const double distance = metric == KNN_MANHATTAN ? sum : sqrt(sum);
    const double moved = distance + unit * (norm + longest) + 1e-18;
    return metric == KNN_MANHATTAN ? moved : moved * moved;
}
