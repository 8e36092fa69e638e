// SPDX-License-Identifier: MIT
/* The inner loops of nearest neighbours against plain ones, and the promise of rough distances:
 * nothing that is near is passed over. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arithmetic.h"
#include "draw.h"
#include "learning.h"
#include "model/knn/knn_neighbors.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { most_rows = 96, most_columns = 9, n_rounds = 90, stride = most_rows };

static const knn_kernels *kernels(void) {
    return PEREBOR_KERNEL_PICK(knn_kernels);
}

/** Rows packed by tiles, and some queries. */
typedef struct block {
    size_t n_rows, n_columns;
    _Alignas(64) double packed[most_rows * most_columns];
    _Alignas(64) float single_packed[most_rows * most_columns];
    _Alignas(64) double queries[most_columns * KNN_QUERIES];
    _Alignas(64) float single_queries[most_columns * KNN_QUERIES];
} block;

static double *row_value(block *block, size_t row, size_t column) {
    return &block->packed[(row / 8 * block->n_columns + column) * 8 + row % 8];
}

/** Values of few digits: sums are exact in both precisions. */
static void draw_block(block *block, uint64_t *state) {
    memset(block, 0, sizeof *block);
    block->n_rows = 1 + draw_bits(state) % most_rows;
    block->n_columns = 1 + draw_bits(state) % most_columns;
    for (size_t column = 0; column < block->n_columns; column++) {
        for (size_t row = 0; row < block->n_rows; row++) {
            double value = (double)(draw_bits(state) % 33) / 4.0 - 4.0;
            *row_value(block, row, column) = value;
            size_t place = (row / KNN_FILTER_TILE * block->n_columns + column) * KNN_FILTER_TILE;
            block->single_packed[place + row % KNN_FILTER_TILE] = (float)value;
        }
        for (size_t query = 0; query < KNN_QUERIES; query++) {
            double value = (double)(draw_bits(state) % 33) / 4.0 - 4.0;
            block->queries[column * KNN_QUERIES + query] = value;
            block->single_queries[column * KNN_QUERIES + query] = (float)value;
        }
    }
}

static double part(knn_metric metric, double p, double apart) {
    return metric == KNN_MANHATTAN   ? apart
           : metric == KNN_EUCLIDEAN ? apart * apart
                                     : perebor_pow(apart, p);
}

static double plain_distance(block *block, knn_metric metric, double p, size_t query, size_t row) {
    double sum = 0.0;
    for (size_t column = 0; column < block->n_columns; column++) {
        double value = *row_value(block, row, column);
        sum += part(metric, p, fabs(block->queries[column * KNN_QUERIES + query] - value));
    }
    return sum;
}

static void distances_are_sums_over_columns_and_infinite_beyond_the_rows(void **state) {
    (void)state;
    uint64_t random = 1;
    for (int round = 0; round < n_rounds; round++) {
        static block block;
        static _Alignas(64) double found[KNN_QUERIES * stride];
        static _Alignas(64) float rough[KNN_QUERIES * stride];
        knn_metric metric = (knn_metric)(round % 3);
        draw_block(&block, &random);
        kernels()->distances(metric, 2.5, block.packed, block.n_rows, block.n_columns,
                             block.queries, found, stride);
        if (metric != KNN_MINKOWSKI) {
            kernels()->rough(metric, block.single_packed, block.n_rows, block.n_columns,
                             block.single_queries, rough, stride);
        }
        for (size_t query = 0; query < KNN_QUERIES; query++) {
            for (size_t row = 0; row < (block.n_rows + 15) / 16 * 16; row++) {
                double expected =
                    row < block.n_rows ? plain_distance(&block, metric, 2.5, query, row) : INFINITY;
                bool in_tile = row < (block.n_rows + 7) / 8 * 8;
                assert_true(!in_tile || found[query * stride + row] == expected);
                assert_true(metric == KNN_MINKOWSKI ||
                            (double)rough[query * stride + row] == expected);
            }
        }
    }
}

/** Every mantissa and exponent, nearly, and powers of all sizes. */
static void rough_powers_are_off_by_no_more_than_they_say(void **state) {
    (void)state;
    static const double ps[] = {1.0, 1.5, 2.7, 3.0, 10.0, 100.0};
    uint64_t random = 4;
    double largest = 0.0;
    for (size_t i = 0; i < 60000; i++) {
        const double p = ps[i % 6];
        const double apart =
            ldexp(1.0 + draw_uniform(&random), (int)(draw_bits(&random) % 1600) - 800);
        const double power = perebor_pow(apart, p);
        _Alignas(64) double packed[8] = {apart};
        const double query = 0.0;
        double found[8], box[8];
        kernels()->distances_of_one(KNN_ROUGH_MINKOWSKI, p, packed, 8, 1, &query, found);
        kernels()->box_distances(KNN_ROUGH_MINKOWSKI, p, packed, packed, 8, 1, &query, box);
        if (isfinite(power)) {
            assert_true(power < knn_rough_upper(found[0], p, 1));
            assert_true(box[0] <= power);
        }
        assert_true(found[0] < knn_rough_upper(power, p, 1));
        if (power > 0x1p-800 && power < 0x1p800) {
            largest = fmax(largest, fabs(found[0] / power - 1.0) / knn_rough_error(p, 1));
        }
        assert_true(found[1] < 0x1p-900 && box[1] <= 0.0); // a row at the query itself
    }
    assert_true(largest > 0.2 && largest <= 1.0);
}

static void what_is_below_is_counted_gathered_and_selected(void **state) {
    (void)state;
    uint64_t random = 2;
    for (int round = 0; round < n_rounds; round++) {
        _Alignas(64) double values[most_rows];
        _Alignas(64) float singles[most_rows];
        double kept[most_rows + 8];
        uint32_t index[most_rows + 8], places[most_rows + 1];
        size_t n = KNN_FILTER_TILE * (1 + draw_bits(&random) % (most_rows / KNN_FILTER_TILE));
        double limit = (double)(draw_bits(&random) % 9) - 1.0; // none, some, all
        for (size_t i = 0; i < n; i++) {
            values[i] = draw_bits(&random) % 17 == 0 ? INFINITY : (double)(draw_bits(&random) % 7);
            singles[i] = (float)values[i];
        }
        size_t n_kept = kernels()->gather_below(values, n, limit, kept, index);
        size_t n_selected = kernels()->select_below(singles, n, (float)limit, places);
        size_t below = 0, at_most = 0;
        for (size_t i = 0; i < n; i++) {
            if (values[i] < limit) {
                assert_true(below < n_kept && kept[below] == values[i]);
                assert_int_equal(index[below++], i);
            }
            if (values[i] <= limit) {
                assert_true(at_most < n_selected);
                assert_int_equal(places[at_most++], i);
            }
        }
        assert_int_equal(n_kept, below);
        assert_int_equal(n_selected, at_most);
        assert_int_equal(kernels()->count_below(values, n, limit), below);
    }
}

/** More values than words are looked at together; few, many and none of them selected. */
static void places_are_selected_among_many_values(void **state) {
    (void)state;
    enum { most = 2 * 2048 + 5 * KNN_FILTER_TILE };
    static _Alignas(64) float values[most];
    static uint32_t places[most + 1];
    uint64_t random = 8;
    for (size_t round = 0; round < 40; round++) {
        const size_t n = most - KNN_FILTER_TILE * (draw_bits(&random) % 200);
        const float limit = (float[]){0.01f, 0.7f, -1.0f, 1.0f}[round % 4];
        for (size_t i = 0; i < n; i++) {
            values[i] = (float)draw_uniform(&random);
        }
        values[n - 1] = round % 2 == 0 ? limit : INFINITY;
        const size_t n_selected = kernels()->select_below(values, n, limit, places);
        size_t expected = 0;
        for (size_t i = 0; i < n; i++) {
            if (values[i] <= limit) {
                assert_true(expected < n_selected && places[expected] == i);
                expected++;
            }
        }
        assert_int_equal(n_selected, expected);
    }
}

/** Every length up to what is sorted by ranks and beyond it, with ties. */
static void lists_are_sorted_by_distance_and_row(void **state) {
    (void)state;
    enum { most = 130 };
    static knn_neighbor items[most], scratch[most];
    uint64_t random = 9;
    for (size_t n = 0; n <= most; n++) {
        for (size_t i = 0; i < n; i++) {
            const uint64_t drawn = draw_bits(&random) % 9;
            items[i] = (knn_neighbor){.distance = drawn == 8 ? INFINITY : (double)drawn,
                                      .row = (uint32_t)(i * 37 % 131)};
        }
        knn_list_sort(kernels(), items, n, scratch);
        for (size_t i = 0; i < n; i++) {
            assert_true(i == 0 || knn_is_nearer(&items[i - 1], &items[i]));
        }
    }
}

/** At least k values are at most the bound, and as a rule few more. */
static void a_bound_is_above_k_values_and_not_many_more(void **state) {
    (void)state;
    enum { most = 640 };
    uint64_t random = 7;
    static _Alignas(64) float values[most];
    size_t above = 0, wanted = 0;
    for (int round = 0; round < 400; round++) {
        const size_t k = 1 + draw_bits(&random) % KNN_MOST_BOUNDED;
        const size_t least = (2 * k + 63) / 64 * 64;
        const size_t n =
            least + KNN_FILTER_TILE * (draw_bits(&random) % ((most - least) / KNN_FILTER_TILE + 1));
        const int kind = round % 4; // all unlike, ties, all alike, hardly any that is finite
        size_t n_finite = 0, n_passed = 0;
        for (size_t i = 0; i < n; i++) {
            values[i] = kind == 0   ? (float)(draw_uniform(&random) * 1e3)
                        : kind == 1 ? (float)(draw_bits(&random) % 5)
                        : kind == 2 ? 0.25f
                                    : (draw_bits(&random) % 9 == 0 ? 2.0f : INFINITY);
            n_finite += isfinite(values[i]) ? 1 : 0;
        }
        const float found = kernels()->bound(values, n, k);
        for (size_t i = 0; i < n; i++) {
            n_passed += values[i] <= found;
        }
        assert_true(n_passed >= k);
        assert_true(kind == 3 || isfinite(found));
        assert_true(kind != 3 || n_finite >= k || isinf(found));
        above += kind == 0 && n >= 2 * least ? n_passed : 0;
        wanted += kind == 0 && n >= 2 * least ? k : 0;
    }
    assert_true((double)above < 2.0 * (double)wanted);
    memset(values, 0, sizeof values);
    assert_true(kernels()->bound(values, 64, 1) < 1e-37f); // duplicates of the query
}

/** How values lie. */
typedef enum layout { NEAR, FAR, TINY, LARGE, MIXED, N_LAYOUTS } layout;

static double draw_value(layout layout, uint64_t *state) {
    double value = draw_normal(state);
    switch (layout) {
    case FAR:
        return 1e5 + 1e-3 * value;
    case TINY:
        return 1e-25 * value;
    case LARGE:
        return 1e13 * value;
    case MIXED:
        return value * pow(10.0, (double)(draw_bits(state) % 9) - 4.0);
    case NEAR:
    case N_LAYOUTS:
        break;
    }
    return value;
}

/** Whatever is below a limit in double precision is not above the rough limit in single. */
static void nothing_near_is_passed_over(void **state) {
    (void)state;
    enum { chunk = 16, rows = 4 * chunk + 5 };
    uint64_t random = 3;
    for (int round = 0; round < 40 * N_LAYOUTS; round++) {
        layout layout = (enum layout)(round % N_LAYOUTS);
        knn_metric metric = (knn_metric)(round / N_LAYOUTS % 2);
        size_t n_columns = 1 + draw_bits(&random) % most_columns;
        perebor_matrix matrix = learning_matrix(&workspace, rows, n_columns);
        _Alignas(64) double queries[most_columns * KNN_QUERIES];
        _Alignas(64) float singles[most_columns * KNN_QUERIES];
        static _Alignas(64) float rough[KNN_QUERIES * stride];
        knn_distance_filter filter;
        for (size_t i = 0; i < rows * n_columns; i++) {
            perebor_matrix_column(&matrix, i / rows)[i % rows] = draw_value(layout, &random);
        }
        for (size_t i = 0; i < n_columns * KNN_QUERIES; i++) {
            queries[i] = draw_value(layout, &random);
            singles[i] = (float)queries[i];
        }
        assert_true(knn_distance_filter_create(&filter, &matrix, rows, 0, chunk, &workspace));
        assert_non_null(filter.packed);
        kernels()->rough(metric, filter.packed, rows, n_columns, singles, rough, stride);
        for (size_t pair = 0; pair < (size_t)rows * KNN_QUERIES; pair++) {
            size_t row = pair / KNN_QUERIES;
            size_t query = pair % KNN_QUERIES;
            double distance = 0.0;
            for (size_t column = 0; column < n_columns; column++) {
                double value = perebor_matrix_column(&matrix, column)[row];
                distance += part(metric, 2.0, fabs(queries[column * KNN_QUERIES + query] - value));
            }
            double norm = knn_distance_filter_norm(&filter, metric, queries, query);
            float limit = knn_distance_filter_limit(&filter, metric, row / chunk,
                                                    nextafter(distance, INFINITY), norm, 0.0);
            assert_true(rough[query * stride + row] <= limit);
            assert_true(knn_distance_filter_bound(&filter, metric, row / chunk,
                                                  rough[query * stride + row], norm) >= distance);
        }
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

static void short_tables_and_huge_values_have_no_rough_distances(void **state) {
    (void)state;
    knn_distance_filter filter;
    perebor_matrix matrix = learning_matrix(&workspace, 63, 2);
    assert_true(knn_distance_filter_create(&filter, &matrix, 64, 0, 16, &workspace));
    assert_null(filter.packed);
    matrix = learning_matrix(&workspace, 64, 2);
    perebor_matrix_column(&matrix, 1)[20] = 1e16; // of the second chunk
    assert_true(knn_distance_filter_create(&filter, &matrix, 64, 0, 16, &workspace));
    assert_non_null(filter.packed);
    for (int metric = KNN_MANHATTAN; metric <= KNN_EUCLIDEAN; metric++) {
        assert_true(
            isfinite(knn_distance_filter_limit(&filter, (knn_metric)metric, 0, 1.0, 1.0, 0.0)));
        assert_true(
            isinf(knn_distance_filter_limit(&filter, (knn_metric)metric, 1, 1.0, 1.0, 0.0)));
        assert_true(
            isinf(knn_distance_filter_limit(&filter, (knn_metric)metric, 0, 1.0, 1e15, 0.0)));
        assert_true(
            isinf(knn_distance_filter_limit(&filter, (knn_metric)metric, 0, 1e31, 1.0, 0.0)));
        assert_true(
            isinf(knn_distance_filter_limit(&filter, (knn_metric)metric, 0, NAN, 1.0, 0.0)));
        assert_true(isfinite(knn_distance_filter_bound(&filter, (knn_metric)metric, 0, 1.0f, 1.0)));
        assert_true(isinf(knn_distance_filter_bound(&filter, (knn_metric)metric, 1, 1.0f, 1.0)));
        assert_true(isinf(knn_distance_filter_bound(&filter, (knn_metric)metric, 0, 1.0f, 1e15)));
        assert_true(
            isinf(knn_distance_filter_bound(&filter, (knn_metric)metric, 0, INFINITY, 1.0)));
    }
}

static void a_norm_is_of_one_query_of_the_four(void **state) {
    (void)state;
    knn_distance_filter filter = {.n_columns = 2};
    const double queries[2 * KNN_QUERIES] = {3.0, 0.0, -5.0, 1.0, -4.0, 0.0, 12.0, 1.0};
    const double lengths[2][KNN_QUERIES] = {{7.0, 0.0, 17.0, 2.0}, {5.0, 0.0, 13.0, sqrt(2.0)}};
    for (size_t query = 0; query < KNN_QUERIES; query++) {
        for (int metric = KNN_MANHATTAN; metric <= KNN_EUCLIDEAN; metric++) {
            assert_true(knn_distance_filter_norm(&filter, (knn_metric)metric, queries, query) ==
                        lengths[metric][query]);
        }
    }
}

/** Neighbours of every query, to be looked at afterwards. */
typedef struct received {
    size_t k, n_queries;
    knn_neighbor neighbors[9][most_rows];
} received;

static void receive(void *context, size_t query, const knn_neighbor *neighbors, size_t k) {
    received *into = context;
    assert_int_equal(k, into->k);
    assert_int_equal(query, into->n_queries++); // in order, each once
    memcpy(into->neighbors[query], neighbors, k * sizeof *neighbors);
}

static void neighbours_come_nearest_first_and_of_equals_the_lower_row(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        learning problem;
        knn_points points;
        static received received;
        size_t n = 2 + seed % (most_rows - 2);
        learning_draw(&problem, &workspace, seed, n, 1 + seed % 4, 9, 3); // full of ties
        assert_int_equal(knn_points_create(&points, &problem.training.rows, &workspace, NULL),
                         PEREBOR_OK);
        received = (struct received){.k = 1 + seed * 7 % n};
        assert_int_equal(knn_neighbors_find(&points, (knn_metric)(seed % 3), 3.0, &problem.test,
                                            received.k, &workspace, receive, &received, NULL),
                         PEREBOR_OK);
        assert_int_equal(received.n_queries, 9);
        for (size_t query = 0; query < 9; query++) {
            const knn_neighbor *list = received.neighbors[query];
            bool listed[most_rows] = {false};
            for (size_t i = 0; i < received.k; i++) {
                assert_true(list[i].row < n && !listed[list[i].row]);
                listed[list[i].row] = true;
                assert_true(
                    i == 0 || list[i - 1].distance < list[i].distance ||
                    (list[i - 1].distance == list[i].distance && list[i - 1].row < list[i].row));
            }
        }
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_are_sums_over_columns_and_infinite_beyond_the_rows),
        cmocka_unit_test(rough_powers_are_off_by_no_more_than_they_say),
        cmocka_unit_test(what_is_below_is_counted_gathered_and_selected),
        cmocka_unit_test(places_are_selected_among_many_values),
        cmocka_unit_test(lists_are_sorted_by_distance_and_row),
        cmocka_unit_test(a_bound_is_above_k_values_and_not_many_more),
        cmocka_unit_test(nothing_near_is_passed_over),
        cmocka_unit_test(short_tables_and_huge_values_have_no_rough_distances),
        cmocka_unit_test(a_norm_is_of_one_query_of_the_four),
        cmocka_unit_test(neighbours_come_nearest_first_and_of_equals_the_lower_row),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
