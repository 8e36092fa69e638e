// SPDX-License-Identifier: MIT
#include "model/knn/knn_cost.h"

#include <math.h>

#include "base/arithmetic.h"

/** A block of codes is compared about as fast as so many columns. */
static const double block_as_columns = 3.0;

/** Exact powers take so long each. */
static const double power = 2e-8;

/** What is near by rough distances is measured exactly, value by value: so long a value where rows
 * are in the second level of caches, and where they are beyond it and only one in eight of what is
 * read counts (see knn_points.h). */
static const double exact_value = 1.5e-9, far_exact_value = 3.6e-9;

/** Values that the second level of caches holds. */
static const double most_near_values = 131072.0;

/** From so many values on, a filtered row waits for memory: 5.2e-11 s a value. */
static const double most_cached_values = 4194304.0;

/** What is being foretold. */
typedef struct work {
    double n_rows, values, k; /**< values: columns, or what takes as long as these */
    bool powers, manhattan;
} work;

/** Rows that are measured in single precision: all, or all but a first chunk if lists are too long
 * to be begun from it. */
static double filtered_rows(const work *work) {
    const double first = fmin(work->n_rows, KNN_CHUNK_ROWS);
    const bool begun = work->k <= first / 16.0 && work->k <= KNN_MOST_BOUNDED;
    return work->powers ? 0.0 : begun ? work->n_rows : work->n_rows - first;
}

/** A query that looks at all rows: distances and a look for the nearest, pair by pair, then sorting
 * what is near. A list changes about k times while the rows looked at grow e-fold. Powers are rough
 * at first, never filtered, and exact for what may be near. */
static double query_by_chunks(const work *work) {
    const double n = work->n_rows, values = work->values, k = work->k;
    const double filtered = filtered_rows(work);
    double a_row = 7e-10 + values * (work->powers ? 1e-9 : 8.8e-11);
    double a_value = work->manhattan ? 3.6e-11 : 2.8e-11;
    a_value = fmax(a_value, 5.2e-11 * fmin(1.0, n * values / most_cached_values));
    double a_filtered_row = 2e-10 + values * a_value;
    double changes = n > 2048.0 ? 1.0 + perebor_log(n / 2048.0) : 1.0;
    double exact = work->powers ? power * values * (1.25 * k + 16.0) * changes : 0.0;
    double a_neighbor = k <= 40.0 ? 4e-8 : 6e-8; // what is sorted by ranks, or otherwise
    if (filtered > 0.0) {
        a_neighbor += values * (n * values <= most_near_values ? exact_value : far_exact_value);
    }
    return (n - filtered) * a_row + filtered * a_filtered_row + a_neighbor * k * changes + exact;
}

/**
 * Rows of the buckets that a ball around the k nearest meets, if columns are independent: of b rows
 * a bucket ((G k / b)^(1 / d) + 1)^d buckets, where G is the volume of a cube over that of the ball
 * in it (Friedman, Bentley and Finkel 1977, section 4).
 */
static double rows_in_buckets(double n_rows, size_t d, double k) {
    const double dimensions = (double)d;
    double ball = d % 2 == 0 ? 1.0 : 2.0; // of radius 1, in 0 or 1 dimensions
    for (size_t i = d % 2 + 2; i <= d; i += 2) {
        ball *= 2.0 * 3.14159265358979323846 / (double)i;
    }
    double cube = perebor_pow(2.0, dimensions);
    double side = perebor_pow(cube / ball * k / KNN_BUCKET_ROWS, 1.0 / dimensions) + 1.0;
    double rows = KNN_BUCKET_ROWS * perebor_pow(side, dimensions);
    return rows < n_rows ? rows : n_rows;
}

/** A query that passes over buckets. */
static double query_by_buckets(const work *work) {
    const double values = work->values, k = work->k;
    double a_value = work->powers ? 1e-9 : 3e-10;
    double boxes = work->n_rows / KNN_BUCKET_ROWS * (2e-10 + values * a_value);
    double rows = rows_in_buckets(work->n_rows, (size_t)values, k) * (1.5e-9 + values * a_value);
    double exact = work->powers ? power * values * (2.0 * k + KNN_BUCKET_ROWS) : 0.0;
    return 1e-6 + boxes + rows + 4e-8 * k + exact;
}

double knn_cost(const knn_options *options, const perebor_table_shape *shape) {
    const bool has_levels = shape->n_nominal > 0;
    const work work = {.n_rows = (double)shape->n_rows,
                       .values = (double)(shape->n_columns - shape->n_levels) +
                                 block_as_columns * (double)shape->n_nominal,
                       .k = (double)options->k,
                       .powers = options->metric == KNN_MINKOWSKI,
                       .manhattan = options->metric == KNN_MANHATTAN};
    double query = query_by_chunks(&work);
    double build = work.n_rows * work.values * 2e-9;
    if (!has_levels && knn_buckets_are_made(shape->n_rows, shape->n_columns)) {
        query = fmin(query, query_by_buckets(&work));
        build *= 6.0;
    }
    return build + (double)shape->n_scored * query;
}
