// SPDX-License-Identifier: MIT
#include "model/knn/knn_buckets.h"

#include <math.h>
#include <string.h>

#include "base/deadline.h"
#include "base/mix.h"
#include "base/simd.h"

/** With fewer rows there is little to pass over. */
enum { least_rows = 2048 };

/** Neighbours among more columns are, as a rule, farther away than most boxes. */
enum { most_columns = 20 };

/** What is being sorted. */
typedef struct sorting {
    const perebor_matrix *matrix;
    uint32_t *rows; /**< [n_rows] */
    size_t worked;
} sorting;

/** Where an element is in tiles of eight. */
static size_t place_in_tiles(size_t row, size_t column, size_t n_columns) {
    return (row / PEREBOR_LANES * n_columns + column) * PEREBOR_LANES + row % PEREBOR_LANES;
}

static void find_box(const double *values, const uint32_t *rows, size_t n, double *low,
                     double *high) {
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        double value = values[rows[i]];
        *low = value < *low ? value : *low;
        *high = value > *high ? value : *high;
    }
}

/** The column in which rows are the farthest apart. */
static uint32_t widest_column(sorting *sorting, const uint32_t *rows, size_t n) {
    uint32_t widest = 0;
    double width = -INFINITY;
    for (size_t column = 0; column < sorting->matrix->n_columns; column++) {
        double low, high;
        if (perebor_deadline_passed_after(&sorting->worked, n)) {
            break;
        }
        find_box(perebor_matrix_column(sorting->matrix, column), rows, n, &low, &high);
        if (high - low > width) {
            width = high - low;
            widest = (uint32_t)column;
        }
    }
    return widest;
}

/** Puts a row at @p place so that none before it has a higher value, none behind it a lower one
 * (C. A. R. Hoare, "Algorithm 65: FIND", CACM 4, 1961). */
static void find_place(sorting *sorting, const double *values, uint32_t *rows, size_t n,
                       size_t place) {
    ptrdiff_t begin = 0, end = (ptrdiff_t)n - 1;
    const ptrdiff_t wanted = (ptrdiff_t)place;
    for (uint64_t turn = 1; begin < end; turn++) {
        if (perebor_deadline_passed_after(&sorting->worked, (size_t)(end - begin))) {
            return;
        }
        // No order of the rows foresees which one this is.
        size_t chosen = (size_t)begin + perebor_mix(turn) % (size_t)(end - begin + 1);
        const double pivot = values[rows[chosen]];
        ptrdiff_t low = begin, high = end;
        while (low <= high) {
            while (values[rows[low]] < pivot) {
                low++;
            }
            while (values[rows[high]] > pivot) {
                high--;
            }
            if (low <= high) {
                uint32_t swapped = rows[low];
                rows[low++] = rows[high];
                rows[high--] = swapped;
            }
        }
        begin = high < wanted ? low : begin;
        end = wanted < low ? high : end;
    }
}

/** Divides the rows of a node among its buckets. */
static void divide(knn_buckets *buckets, sorting *sorting, knn_bucket_range node) {
    while (node.end - node.begin > 1) {
        size_t first = knn_buckets_rows_before(buckets, node.begin);
        size_t n = knn_buckets_rows_before(buckets, node.end) - first;
        if (perebor_deadline_passed_after(&sorting->worked, n)) {
            return;
        }
        uint32_t *rows = sorting->rows + first;
        size_t middle = (node.begin + node.end + 1) / 2;
        uint32_t column = widest_column(sorting, rows, n);
        const double *values = perebor_matrix_column(sorting->matrix, column);
        size_t n_left = (middle - node.begin) * KNN_BUCKET_ROWS;
        find_place(sorting, values, rows, n, n_left);
        buckets->columns[middle] = column;
        buckets->values[middle] = values[rows[n_left]];
        divide(buckets, sorting, (knn_bucket_range){node.begin, middle}); // half as many
        node.begin = middle;
    }
}

static void pack(knn_buckets *buckets, const perebor_matrix *matrix) {
    const size_t n_columns = buckets->n_columns;
    size_t worked = 0;
    for (size_t column = 0; column < n_columns; column++) {
        const double *values = perebor_matrix_column(matrix, column);
        if (perebor_deadline_passed_after(&worked, buckets->n_rows)) {
            return;
        }
        for (size_t row = 0; row < buckets->n_rows; row++) {
            buckets->packed[place_in_tiles(row, column, n_columns)] = values[buckets->rows[row]];
        }
        size_t n_padded = (buckets->n + PEREBOR_LANES - 1) / PEREBOR_LANES * PEREBOR_LANES;
        for (size_t bucket = 0; bucket < n_padded; bucket++) {
            size_t place = place_in_tiles(bucket, column, n_columns);
            size_t first = knn_buckets_rows_before(buckets, bucket);
            size_t n = knn_buckets_rows_before(buckets, bucket + 1) - first;
            find_box(values, buckets->rows + first, n, &buckets->lows[place],
                     &buckets->highs[place]);
            if (n == 0) {
                buckets->highs[place] = INFINITY;
            }
        }
    }
}

bool knn_buckets_are_made(size_t n_rows, size_t n_columns) {
    return n_rows >= least_rows && n_columns > 0 && n_columns <= most_columns;
}

bool knn_buckets_create(knn_buckets *buckets, const perebor_matrix *rows,
                        perebor_workspace *workspace) {
    const size_t n_rows = rows->n_rows, n_columns = rows->n_columns;
    *buckets = (knn_buckets){.n_rows = n_rows, .n_columns = n_columns};
    if (!knn_buckets_are_made(n_rows, n_columns)) {
        return true;
    }
    const size_t n = (n_rows + KNN_BUCKET_ROWS - 1) / KNN_BUCKET_ROWS;
    const size_t n_tiles = (n + PEREBOR_LANES - 1) / PEREBOR_LANES;
    const size_t row_tiles = (n_rows + PEREBOR_LANES - 1) / PEREBOR_LANES;
    buckets->n = n;
    buckets->rows = perebor_workspace_take(workspace, n_rows, sizeof(uint32_t));
    buckets->packed = perebor_workspace_take_zeroed(
        workspace, row_tiles * PEREBOR_LANES * n_columns, sizeof(double));
    buckets->lows =
        perebor_workspace_take(workspace, n_tiles * PEREBOR_LANES * n_columns, sizeof(double));
    buckets->highs =
        perebor_workspace_take(workspace, n_tiles * PEREBOR_LANES * n_columns, sizeof(double));
    buckets->columns = perebor_workspace_take(workspace, n, sizeof(uint32_t));
    buckets->values = perebor_workspace_take(workspace, n, sizeof(double));
    if (buckets->rows == NULL || buckets->packed == NULL || buckets->lows == NULL ||
        buckets->highs == NULL || buckets->columns == NULL || buckets->values == NULL) {
        return false;
    }
    for (size_t row = 0; row < n_rows; row++) {
        buckets->rows[row] = (uint32_t)row;
    }
    sorting sorting = {.matrix = rows, .rows = buckets->rows};
    divide(buckets, &sorting, (knn_bucket_range){0, n});
    pack(buckets, rows);
    return true;
}

knn_bucket_range knn_buckets_around(const knn_buckets *buckets, const double *point, size_t n) {
    knn_bucket_range node = {0, buckets->n};
    while (node.end - node.begin > 1) {
        size_t middle = (node.begin + node.end + 1) / 2;
        bool left = point[buckets->columns[middle]] < buckets->values[middle];
        knn_bucket_range child = {left ? node.begin : middle, left ? middle : node.end};
        if (knn_buckets_rows_before(buckets, child.end) -
                knn_buckets_rows_before(buckets, child.begin) <
            n) {
            break;
        }
        node = child;
    }
    return node;
}
