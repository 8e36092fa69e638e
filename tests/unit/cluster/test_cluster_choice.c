// SPDX-License-Identifier: MIT
/** How many clusters there are, where it is known, and whether they come again. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cluster/cluster_choice.h"
#include "cluster/stability.h"
#include "draw.h"
#include "golden_segments.h"

enum { n_points = 600, n_dimensions = 3 };

static double values[n_points * n_dimensions];

/** So many heaps, their centers that far apart on a diagonal. */
static cluster_points draw_heaps(size_t n_heaps, double apart) {
    uint64_t seed = 17;
    for (size_t i = 0; i < n_points; i++) {
        for (size_t j = 0; j < n_dimensions; j++) {
            double center = (i + j) % n_heaps == 0 ? apart : -apart * (double)(i % n_heaps);
            values[i * n_dimensions + j] = center + draw_normal(&seed);
        }
    }
    return (cluster_points){values, n_points, n_dimensions};
}

static cluster_choice choose(const cluster_points *points, cluster_method method) {
    cluster_choice choice = {0};
    perebor_error error = {0};
    assert_int_equal(
        cluster_choose(&choice, points, method, 2, 7, perebor_stream_make(3, "choose"), &error),
        PEREBOR_OK);
    assert_int_equal(choice.n_attempts, 6);
    return choice;
}

static cluster_stability measure(const cluster_points *points, const cluster_choice *choice) {
    cluster_stability stability = {0};
    perebor_error error = {0};
    assert_int_equal(cluster_stability_measure(&stability, points, choice, 20,
                                               perebor_stream_make(3, "resample"), &error),
                     PEREBOR_OK);
    return stability;
}

static void test_heaps_that_lie_apart_are_found(void **state) {
    (void)state;
    for (size_t n_heaps = 3; n_heaps <= 5; n_heaps++) {
        const cluster_points points = draw_heaps(n_heaps, 8.0);
        for (int method = CLUSTER_KMEANS; method <= CLUSTER_MIXTURE; method++) {
            cluster_choice choice = choose(&points, (cluster_method)method);
            cluster_stability stability = measure(&points, &choice);
            assert_int_equal(choice.k, n_heaps);
            assert_true(choice.silhouette > 0.6);
            assert_true(stability.adjusted_rand > 0.99);
            for (size_t c = 0; c < choice.k; c++) {
                assert_true(stability.jaccard[c] > 0.99);
            }
            cluster_choice_release(&choice);
        }
    }
}

/** One round heap: any cut of it is as good as another, and none comes again. */
static void test_a_single_heap_shows_no_structure(void **state) {
    (void)state;
    const cluster_points points = draw_heaps(1, 0.0);
    cluster_choice choice = choose(&points, CLUSTER_KMEANS);
    cluster_stability stability = measure(&points, &choice);
    assert_true(choice.silhouette < 0.25);
    assert_true(stability.adjusted_rand < 0.7);
    cluster_choice_release(&choice);
}

static void test_more_points_move_centers_and_keep_their_order(void **state) {
    (void)state;
    const cluster_points points = draw_heaps(4, 8.0);
    const cluster_points part = {values, n_points / 3, n_dimensions};
    perebor_error error = {0};
    for (int method = CLUSTER_KMEANS; method <= CLUSTER_MIXTURE; method++) {
        cluster_choice choice = choose(&part, (cluster_method)method);
        uint32_t before[n_points];
        cluster_choice_assign(before, &points, &choice);
        double bic = choice.attempts[0].bic;
        assert_int_equal(cluster_choice_extend(&choice, &points, &error), PEREBOR_OK);
        assert_memory_equal(choice.labels, before, sizeof before);
        assert_true(choice.attempts[0].bic == bic || isnan(bic));
        cluster_choice_release(&choice);
    }
}

static void test_drawn_points_are_distinct_and_ascending(void **state) {
    (void)state;
    uint32_t drawn[40], others[40];
    perebor_error error = {0};
    perebor_stream stream = perebor_stream_make(1, "draw");
    assert_int_equal(cluster_draw(drawn, 40, 1000, stream, 0, &error), PEREBOR_OK);
    assert_int_equal(cluster_draw(others, 40, 1000, stream, 1, &error), PEREBOR_OK);
    assert_true(memcmp(drawn, others, sizeof drawn) != 0);
    for (size_t i = 1; i < 40; i++) {
        assert_true(drawn[i] > drawn[i - 1] && drawn[i] < 1000);
    }
    assert_int_equal(cluster_draw(drawn, 40, 40, stream, 0, &error), PEREBOR_OK);
    assert_int_equal(drawn[39], 39);
    assert_int_equal(cluster_draw(drawn, 40, 39, stream, 0, &error), PEREBOR_ERR_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heaps_that_lie_apart_are_found),
        cmocka_unit_test(test_a_single_heap_shows_no_structure),
        cmocka_unit_test(test_more_points_move_centers_and_keep_their_order),
        cmocka_unit_test(test_drawn_points_are_distinct_and_ascending),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
