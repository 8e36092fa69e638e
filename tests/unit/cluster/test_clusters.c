// SPDX-License-Identifier: MIT
/** k-means, mixtures, silhouettes and agreement beside scikit-learn's. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cluster/agreement.h"
#include "cluster/kmeans.h"
#include "cluster/mixture.h"
#include "cluster/silhouette.h"
#include "golden_segments.h"

enum { most_values = 32 };
static const size_t numbers[] = {2, 3, 5};
enum { n_numbers = sizeof numbers / sizeof *numbers };

/** Compares with the line of a key that ends in a number of clusters. */
static void check(const char *key, size_t k, const double *values, size_t n, double tolerance) {
    char name[64];
    double wanted[most_values];
    (void)snprintf(name, sizeof name, "%s_%zu", key, k);
    assert_int_equal(golden_segments(name, 0, wanted, most_values), n);
    for (size_t i = 0; i < n; i++) {
        if (!(fabs(values[i] - wanted[i]) <= tolerance * fmax(1.0, fabs(wanted[i])))) {
            fail_msg("%s[%zu]: %.15g, scikit-learn has %.15g", name, i, values[i], wanted[i]);
        }
    }
}

/** Lloyd from the points that the script starts from. */
static kmeans refine(const cluster_points *points, size_t k) {
    double start[most_values];
    kmeans found = {0};
    perebor_error error = {0};
    for (size_t c = 0; c < k; c++) {
        memcpy(start + c * points->n_dimensions, cluster_point(points, c * (points->n / k)),
               points->n_dimensions * sizeof *start);
    }
    assert_int_equal(kmeans_refine(&found, points, k, start, &error), PEREBOR_OK);
    return found;
}

static void test_lloyd_goes_where_scikit_learn_goes(void **state) {
    (void)state;
    const cluster_points points = golden_points();
    perebor_error error = {0};
    for (size_t i = 0; i < n_numbers; i++) {
        size_t k = numbers[i];
        kmeans found = refine(&points, k);
        double silhouette = 0.0;
        assert_true(found.converged);
        check("kmeans_inertia", k, &found.inertia, 1, 1e-12);
        check("kmeans_centers", k, found.centers, k * points.n_dimensions, 1e-12);
        assert_int_equal(cluster_silhouette(&silhouette, &points, found.labels, k, &error),
                         PEREBOR_OK);
        check("silhouette", k, &silhouette, 1, 1e-12);
        kmeans_release(&found);
    }
}

static void test_starts_find_what_two_hundred_of_scikit_learn_find(void **state) {
    (void)state;
    const cluster_points points = golden_points();
    perebor_error error = {0};
    for (size_t i = 0; i < n_numbers; i++) {
        kmeans found = {0}, again = {0};
        perebor_stream stream = perebor_stream_make(42, "test");
        assert_int_equal(kmeans_fit(&found, &points, numbers[i], 200, stream, 7, &error),
                         PEREBOR_OK);
        check("kmeans_best", numbers[i], &found.inertia, 1, 1e-12);
        for (size_t c = 1; c < numbers[i]; c++) {
            assert_true(found.sizes[c - 1] >= found.sizes[c]);
        }
        uint64_t sizes[CLUSTER_MOST] = {0};
        for (size_t j = 0; j < points.n; j++) {
            sizes[found.labels[j]]++;
        }
        assert_memory_equal(sizes, found.sizes, numbers[i] * sizeof *sizes);
        double inertia = kmeans_assign(found.labels, &points, found.centers, numbers[i]);
        assert_true(inertia == found.inertia);
        assert_int_equal(kmeans_fit(&again, &points, numbers[i], 200, stream, 7, &error),
                         PEREBOR_OK);
        assert_memory_equal(again.labels, found.labels, points.n * sizeof *again.labels);
        kmeans_release(&found);
        kmeans_release(&again);
    }
}

static void test_mixtures_are_those_of_scikit_learn(void **state) {
    (void)state;
    const cluster_points points = golden_points();
    perebor_error error = {0};
    for (size_t i = 0; i < n_numbers; i++) {
        size_t k = numbers[i];
        kmeans start = refine(&points, k);
        mixture found = {0};
        uint32_t labels[GOLDEN_POINTS];
        double index = 0.0;
        assert_int_equal(mixture_fit(&found, &points, &start, &error), PEREBOR_OK);
        assert_true(found.converged);
        // It stops where a step gains less than 1e-7, the script at 1e-12.
        check("mixture_score", k, &found.log_likelihood, 1, 1e-5);
        check("mixture_bic", k, &found.bic, 1, 1e-5);
        check("mixture_means", k, found.means, k * points.n_dimensions, 5e-3);
        check("mixture_variances", k, found.variances, k * points.n_dimensions, 5e-3);
        check("mixture_weights", k, found.weights, k, 5e-3);
        mixture_assign(labels, &points, &found);
        assert_int_equal(
            cluster_adjusted_rand(&index, start.labels, k, labels, k, points.n, &error),
            PEREBOR_OK);
        check("rand", k, &index, 1, 1e-12);
        mixture_release(&found);
        kmeans_release(&start);
    }
}

static void test_a_center_without_points_takes_one(void **state) {
    (void)state;
    const double values[] = {0.0, 0.1, 0.2, 10.0, 10.1, 30.0};
    const double start[] = {0.0, 10.0, 1000.0};
    const cluster_points points = {values, 6, 1};
    kmeans found = {0};
    perebor_error error = {0};
    assert_int_equal(kmeans_refine(&found, &points, 3, start, &error), PEREBOR_OK);
    assert_int_equal(found.sizes[0], 3);
    assert_int_equal(found.sizes[1], 2);
    assert_int_equal(found.sizes[2], 1);
    assert_true(found.centers[2] == 30.0);
    kmeans_release(&found);
}

static void test_equal_points_are_no_trouble(void **state) {
    (void)state;
    const double values[8] = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
    const cluster_points points = {values, 4, 2};
    kmeans found = {0};
    mixture mixture = {0};
    perebor_error error = {0};
    double silhouette = 1.0;
    assert_int_equal(kmeans_fit(&found, &points, 2, 3, perebor_stream_make(1, "test"), 0, &error),
                     PEREBOR_OK);
    assert_true(found.inertia == 0.0);
    assert_int_equal(cluster_silhouette(&silhouette, &points, found.labels, 2, &error), PEREBOR_OK);
    assert_true(isnan(silhouette) || silhouette == 0.0);
    assert_int_equal(mixture_fit(&mixture, &points, &found, &error), PEREBOR_OK);
    assert_true(isfinite(mixture.bic));
    mixture_release(&mixture);
    kmeans_release(&found);
    assert_int_equal(kmeans_fit(&found, &points, 5, 3, perebor_stream_make(1, "test"), 0, &error),
                     PEREBOR_ERR_ARGUMENT);
}

static void test_agreement_of_partitions(void **state) {
    (void)state;
    const uint32_t one[] = {0, 0, 0, 1, 1, 2}, same[] = {2, 2, 2, 0, 0, 1},
                   other[] = {0, 0, 1, 1, 1, 1};
    double index = 0.0, jaccard[3];
    perebor_error error = {0};
    assert_int_equal(cluster_adjusted_rand(&index, one, 3, same, 3, 6, &error), PEREBOR_OK);
    assert_true(index == 1.0);
    // Pairs: together in both 2, in one 4, in the other 7, of 15: (2 - 28/15) / (5.5 - 28/15).
    assert_int_equal(cluster_adjusted_rand(&index, one, 3, other, 2, 6, &error), PEREBOR_OK);
    assert_true(fabs(index - (2.0 - 28.0 / 15.0) / (5.5 - 28.0 / 15.0)) < 1e-15);
    assert_int_equal(cluster_jaccard(jaccard, one, 3, other, 2, 6, &error), PEREBOR_OK);
    assert_true(fabs(jaccard[0] - 2.0 / 3.0) < 1e-15);
    assert_true(jaccard[1] == 0.5 && jaccard[2] == 0.25);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lloyd_goes_where_scikit_learn_goes),
        cmocka_unit_test(test_starts_find_what_two_hundred_of_scikit_learn_find),
        cmocka_unit_test(test_mixtures_are_those_of_scikit_learn),
        cmocka_unit_test(test_a_center_without_points_takes_one),
        cmocka_unit_test(test_equal_points_are_no_trouble),
        cmocka_unit_test(test_agreement_of_partitions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
