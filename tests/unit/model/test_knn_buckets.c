// SPDX-License-Identifier: MIT
/* Neighbours by buckets are those of a search through all rows, to the bit, ties and all. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/deadline.h"
#include "draw.h"
#include "learning.h"
#include "model/knn/knn_bucket_search.h"
#include "model/knn/knn_neighbors.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_deadline_heed(NULL);
    perebor_workspace_release(&workspace);
    return 0;
}

enum { n_queries = 160, most_neighbors = 500 };

/** Rows along a line, more or less, so that there is much to pass over: on a grid, where distances
 * tie, or not. Some rows are there more than once, some columns have one value. */
static perebor_matrix draw_rows(uint64_t *state, size_t n_rows, size_t n_columns, bool on_grid) {
    perebor_matrix matrix = learning_matrix(&workspace, n_rows, n_columns);
    for (size_t row = 0; row < n_rows; row++) {
        double along = 40.0 * draw_uniform(state);
        for (size_t column = 0; column < n_columns; column++) {
            double value = along * (double)(column % 3) + draw_normal(state);
            value = column % 5 == 4 ? 2.5 : on_grid ? round(value) : value;
            perebor_matrix_column(&matrix, column)[row] = value;
        }
    }
    for (size_t row = 0; row + 9 < n_rows; row += 10) {
        for (size_t column = 0; column < n_columns; column++) {
            double *values = perebor_matrix_column(&matrix, column);
            values[row + 9] = values[row];
        }
    }
    return matrix;
}

/** What was found, query by query. */
typedef struct found {
    size_t n;
    knn_neighbor lists[n_queries][most_neighbors];
} found;

static void receive(void *context, size_t query, const knn_neighbor *neighbors, size_t k) {
    found *found = context;
    found->n++;
    for (size_t i = 0; i < k; i++) {
        found->lists[query][i] =
            (knn_neighbor){.distance = neighbors[i].distance, .row = neighbors[i].row};
    }
}

static void find(found *into, const knn_points *points, knn_metric metric, double p,
                 const perebor_matrix *queries, size_t k) {
    perebor_error error = {0};
    memset(into, 0, sizeof *into);
    if (knn_neighbors_find(points, metric, p, queries, k, &workspace, receive, into, &error) !=
        PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(into->n, n_queries);
}

/** By buckets, worth it or not. */
static void find_by_buckets(found *into, const knn_buckets *buckets, knn_metric metric, double p,
                            const perebor_matrix *queries, size_t k) {
    perebor_workspace_mark begin = perebor_workspace_here(&workspace);
    knn_bucket_search search = {.buckets = buckets, .metric = metric, .p = p, .k = k};
    memset(into, 0, sizeof *into);
    assert_true(knn_bucket_search_begin(&search, &workspace));
    for (size_t query = 0; query < n_queries; query++) {
        knn_bucket_search_run(&search, queries, query);
        assert_int_equal(search.n_listed, k);
        receive(into, query, search.list, k);
    }
    perebor_workspace_return(&workspace, begin);
}

static void neighbors_by_buckets_are_those_of_all_rows(void **state) {
    (void)state;
    static found found_now, by_chunks;
    static const struct {
        knn_metric metric;
        double p;
    } metrics[] = {{KNN_MANHATTAN, 1.0}, {KNN_EUCLIDEAN, 2.0}, {KNN_MINKOWSKI, 2.7}};
    static const size_t shapes[][2] = {{2048, 1}, {2111, 5}, {2500, 3}, {9001, 2}};
    static const size_t ks[] = {1, 15, 65, most_neighbors};
    uint64_t random = 5;
    for (size_t shape = 0; shape < 2 * sizeof shapes / sizeof *shapes; shape++) {
        knn_points points;
        const size_t n_rows = shapes[shape / 2][0], n_columns = shapes[shape / 2][1];
        perebor_matrix rows = draw_rows(&random, n_rows, n_columns, shape % 2 == 0);
        perebor_matrix queries = draw_rows(&random, n_queries, n_columns, shape % 2 == 0);
        assert_int_equal(knn_points_create(&points, &rows, &workspace, NULL), PEREBOR_OK);
        assert_int_equal(points.buckets.n, (n_rows + KNN_BUCKET_ROWS - 1) / KNN_BUCKET_ROWS);
        knn_points without = points;
        without.buckets.n = 0;
        for (size_t m = 0; m < (n_rows < 2200 ? 3 : 2); m++) {
            for (size_t i = 0; i < sizeof ks / sizeof *ks; i++) {
                const knn_metric metric = metrics[m].metric;
                find(&by_chunks, &without, metric, metrics[m].p, &queries, ks[i]);
                find_by_buckets(&found_now, &points.buckets, metric, metrics[m].p, &queries, ks[i]);
                assert_memory_equal(&found_now, &by_chunks, sizeof by_chunks);
                find(&found_now, &points, metric, metrics[m].p, &queries, ks[i]);
                assert_memory_equal(&found_now, &by_chunks, sizeof by_chunks);
            }
        }
        perebor_workspace_release(&workspace);
    }
}

/** A search that measured all rows would pass the test above too. */
static void most_rows_are_passed_over(void **state) {
    (void)state;
    uint64_t random = 6;
    knn_points points;
    perebor_matrix rows = draw_rows(&random, 9001, 3, false);
    assert_int_equal(knn_points_create(&points, &rows, &workspace, NULL), PEREBOR_OK);
    knn_bucket_search search = {
        .buckets = &points.buckets, .metric = KNN_EUCLIDEAN, .p = 2.0, .k = 5};
    assert_true(knn_bucket_search_begin(&search, &workspace));
    for (size_t row = 0; row < 100; row++) {
        knn_bucket_search_run(&search, &rows, row);
        assert_int_equal(search.n_listed, 5);
        assert_true(search.list[0].distance == 0.0);
    }
    assert_in_range(search.n_measured, 100 * KNN_BUCKET_ROWS, 100 * 9001 / 10);
}

/** Each row is in one bucket, within its box, and found from above. */
static void rows_are_in_their_boxes(void **state) {
    (void)state;
    uint64_t random = 7;
    knn_buckets buckets;
    static uint8_t seen[3001];
    perebor_matrix rows = draw_rows(&random, 3001, 5, true);
    assert_true(knn_buckets_create(&buckets, &rows, &workspace));
    for (size_t i = 0; i < 3001; i++) {
        size_t row = buckets.rows[i], bucket = i / KNN_BUCKET_ROWS;
        double point[5];
        assert_int_equal(seen[row]++, 0);
        for (size_t column = 0; column < 5; column++) {
            size_t place = (bucket / 8 * 5 + column) * 8 + bucket % 8;
            point[column] = perebor_matrix_column(&rows, column)[row];
            assert_true(buckets.packed[(i / 8 * 5 + column) * 8 + i % 8] == point[column]);
            assert_true(buckets.lows[place] <= point[column]);
            assert_true(buckets.highs[place] >= point[column]);
        }
        for (size_t n = 1; n <= 3001; n *= 3) {
            knn_bucket_range node = knn_buckets_around(&buckets, point, n);
            assert_true(knn_buckets_rows_before(&buckets, node.end) -
                            knn_buckets_rows_before(&buckets, node.begin) >=
                        n);
        }
    }
}

static void distances_that_overflow_are_refused(void **state) {
    (void)state;
    uint64_t random = 8;
    knn_points points;
    perebor_error error = {0};
    static found found;
    perebor_matrix rows = draw_rows(&random, 2048, 2, false);
    for (size_t row = 0; row < 2048; row++) {
        perebor_matrix_column(&rows, 1)[row] *= 1e300;
    }
    assert_int_equal(knn_points_create(&points, &rows, &workspace, NULL), PEREBOR_OK);
    perebor_matrix queries = draw_rows(&random, n_queries, 2, false);
    assert_int_equal(knn_neighbors_find(&points, KNN_EUCLIDEAN, 2.0, &queries, 400, &workspace,
                                        receive, &found, &error),
                     PEREBOR_ERR_NUMERIC);
    assert_non_null(strstr(error.message, "scale the columns"));
}

static void a_passed_deadline_ends_the_search(void **state) {
    (void)state;
    uint64_t random = 9;
    knn_points points;
    static found found;
    atomic_bool passed = false;
    perebor_matrix rows = draw_rows(&random, 3000, 2, false);
    assert_int_equal(knn_points_create(&points, &rows, &workspace, NULL), PEREBOR_OK);
    perebor_deadline_heed(&passed);
    passed = true;
    assert_int_equal(knn_neighbors_find(&points, KNN_EUCLIDEAN, 2.0, &rows, 3, &workspace, receive,
                                        &found, NULL),
                     PEREBOR_ERR_STOPPED);
    assert_int_equal(found.n, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(neighbors_by_buckets_are_those_of_all_rows, give_back),
        cmocka_unit_test_teardown(most_rows_are_passed_over, give_back),
        cmocka_unit_test_teardown(rows_are_in_their_boxes, give_back),
        cmocka_unit_test_teardown(distances_that_overflow_are_refused, give_back),
        cmocka_unit_test_teardown(a_passed_deadline_ends_the_search, give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
