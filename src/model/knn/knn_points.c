// SPDX-License-Identifier: MIT
// Training rows, packed, and written out again.
#include <string.h>

#include "base/deadline.h"
#include "base/try.h"
#include "model/knn/knn_neighbors.h"

static void pack(double *packed, const perebor_matrix *rows, size_t n_dense, size_t n_tiles) {
    for (size_t column = 0; column < n_dense && !perebor_deadline_passed(); column++) {
        const double *values = perebor_matrix_column(rows, column);
        for (size_t tile = 0; tile < n_tiles; tile++) {
            // The matrix is padded with zeros to whole vectors.
            memcpy(packed + (tile * n_dense + column) * PEREBOR_LANES,
                   values + tile * PEREBOR_LANES, PEREBOR_LANES * sizeof(double));
        }
    }
}

/** The columns of a matrix before its levels. @param[in] n_columns  No more than there are. */
static perebor_matrix first_columns(const perebor_matrix *rows, size_t n_columns) {
    perebor_matrix dense = *rows;
    dense.n_columns = n_columns;
    dense.indicators = NULL;
    dense.n_indicators = 0;
    return dense;
}

/** Rows from which a filter gains something. Beside rare columns it is of use once lists are full.
 */
static size_t least_filtered(const knn_points *points) {
    return points->rare.first < points->rare.n_columns ? 4 * (size_t)KNN_CHUNK_ROWS
                                                       : 4 * (size_t)KNN_FILTER_TILE;
}

perebor_status knn_points_create(knn_points *points, const perebor_matrix *rows,
                                 perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    knn_points result = {.n_rows = rows->n_rows, .n_columns = rows->n_columns};
    const perebor_matrix numbers = first_columns(rows, perebor_matrix_n_dense(rows));
    PEREBOR_TRY(done, knn_levels_create(&result.levels, rows, workspace, error));
    PEREBOR_TRY(done, knn_rare_find(&result.rare, &numbers, workspace, error));
    size_t n_dense = result.rare.first;
    size_t n_tiles = (rows->n_rows + PEREBOR_LANES - 1) / PEREBOR_LANES;
    result.packed =
        perebor_workspace_take(workspace, n_tiles * PEREBOR_LANES * n_dense, sizeof *result.packed);
    const perebor_matrix dense = first_columns(rows, n_dense);
    if (result.packed == NULL ||
        !knn_distance_filter_create(&result.filter, &dense, least_filtered(&result),
                                    2 * rows->n_indicators, KNN_CHUNK_ROWS, workspace) ||
        (n_dense == rows->n_columns && !knn_buckets_create(&result.buckets, rows, workspace))) {
        return perebor_no_memory(error, "for %zu training rows", rows->n_rows);
    }
    pack(result.packed, &numbers, n_dense, n_tiles);
    if (n_dense < numbers.n_columns) {
        PEREBOR_TRY(done,
                    knn_entries_create(&result.entries, &result.rare, &numbers, workspace, error));
    }
    if (n_dense < numbers.n_columns && result.filter.packed != NULL) {
        PEREBOR_TRY(done, knn_rare_columns_create(&result.columns, &result.rare, &result.entries,
                                                  rows->n_rows, workspace, error));
    }
    PEREBOR_TRY(done, perebor_deadline_check(error));
    *points = result;
done:
    return status;
}

/** Writes out the columns before the levels. */
static void unpack(perebor_matrix *rows, const knn_points *points) {
    const knn_rare *rare = &points->rare;
    for (size_t column = 0; column < rare->n_columns; column++) {
        double *values = perebor_matrix_column(rows, column);
        for (size_t row = 0; row < points->n_rows; row++) {
            size_t tile = row / PEREBOR_LANES;
            values[row] = column < rare->first
                              ? points->packed[(tile * rare->first + column) * PEREBOR_LANES +
                                               row % PEREBOR_LANES]
                              : rare->common[column - rare->first];
        }
    }
    for (size_t row = 0; row < points->n_rows && rare->first < rare->n_columns; row++) {
        const knn_differences own = knn_entries_of(&points->entries, row);
        for (size_t i = 0; i < own.n; i++) {
            perebor_matrix_column(rows, own.columns[i])[row] = own.values[i];
        }
    }
}

static void unpack_levels(perebor_matrix *rows, const knn_points *points) {
    const knn_levels *levels = &points->levels;
    size_t first = points->rare.n_columns;
    for (size_t block = 0; block < levels->n_blocks; first += levels->none[block++]) {
        for (size_t row = 0; row < points->n_rows; row++) {
            uint32_t code = knn_levels_code(levels, row, block);
            if (code < levels->none[block]) {
                perebor_matrix_column(rows, first + code)[row] = 1.0;
            }
        }
    }
}

perebor_status knn_points_expand(perebor_matrix *rows, const knn_points *points,
                                 perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done,
                perebor_matrix_create(rows, points->n_rows, points->n_columns, workspace, error));
    unpack(rows, points);
    unpack_levels(rows, points);
done:
    return status;
}
