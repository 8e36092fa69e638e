// SPDX-License-Identifier: MIT
#include "model/knn/knn_sieve.h"

#include <math.h>
#include <string.h>

static double add_to_norm(knn_metric metric, double sum, double value) {
    return metric == KNN_MANHATTAN ? sum + fabs(value) : sum + value * value;
}

static double end_of_norm(knn_metric metric, double sum) {
    return metric == KNN_MANHATTAN ? sum : sqrt(sum);
}

static void pack(knn_sieve *sieve, const perebor_matrix *rows) {
    for (size_t row = 0; row < rows->n_rows; row++) {
        float *to = sieve->packed + row / KNN_SIEVE_TILE * rows->n_columns * KNN_SIEVE_TILE +
                    row % KNN_SIEVE_TILE;
        double sums[2] = {0.0, 0.0};
        for (size_t column = 0; column < rows->n_columns; column++) {
            double value = perebor_matrix_column(rows, column)[row];
            to[column * KNN_SIEVE_TILE] = (float)value;
            sums[KNN_MANHATTAN] = add_to_norm(KNN_MANHATTAN, sums[KNN_MANHATTAN], value);
            sums[KNN_EUCLIDEAN] = add_to_norm(KNN_EUCLIDEAN, sums[KNN_EUCLIDEAN], value);
        }
        for (int metric = KNN_MANHATTAN; metric <= KNN_EUCLIDEAN; metric++) {
            double *longest = &sieve->longest[metric][row / sieve->chunk_rows];
            *longest = fmax(*longest, end_of_norm((knn_metric)metric, sums[metric]));
        }
    }
}

bool knn_sieve_create(knn_sieve *sieve, const perebor_matrix *rows, size_t chunk_rows,
                      perebor_workspace *workspace) {
    *sieve = (knn_sieve){.chunk_rows = chunk_rows, .n_columns = rows->n_columns};
    if (rows->n_rows < 4 * chunk_rows) { // lists are hardly full before it is all over
        return true;
    }
    size_t n_chunks = (rows->n_rows + chunk_rows - 1) / chunk_rows;
    size_t n_tiles = (rows->n_rows + KNN_SIEVE_TILE - 1) / KNN_SIEVE_TILE;
    sieve->packed = perebor_workspace_take_zeroed(
        workspace, n_tiles * KNN_SIEVE_TILE * rows->n_columns, sizeof *sieve->packed);
    double *longest = perebor_workspace_take_zeroed(workspace, 2 * n_chunks, sizeof *longest);
    if (sieve->packed == NULL || longest == NULL) {
        return false;
    }
    sieve->longest[0] = longest;
    sieve->longest[1] = longest + n_chunks;
    pack(sieve, rows);
    return true;
}

double knn_sieve_norm(const knn_sieve *sieve, knn_metric metric, const double *queries,
                      size_t query) {
    double sum = 0.0;
    for (size_t column = 0; column < sieve->n_columns; column++) {
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
float knn_sieve_limit(const knn_sieve *sieve, knn_metric metric, size_t chunk, double limit,
                      double norm) {
    const double unit = 0x1p-23;
    const double most = 1e15; // squares of it, and sums of them, are far from overflow
    double longest = sieve->longest[metric][chunk];
    double distance = metric == KNN_MANHATTAN ? limit : sqrt(limit);
    if (!(distance < most && norm < most && longest < most)) {
        return INFINITY;
    }
    double moved = distance + unit * (norm + longest) + 1e-18;
    double sum = metric == KNN_MANHATTAN ? moved : moved * moved;
    return nextafterf((float)(sum * (1.0 + unit * (double)(sieve->n_columns + 4))), INFINITY);
}
