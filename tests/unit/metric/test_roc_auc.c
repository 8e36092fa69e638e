// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "metric/roc_auc.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

/** A generator of its own, so that a failing case is the same everywhere. */
static uint64_t next_random(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static double brute_force(const uint8_t *labels, const double *scores, size_t n_rows) {
    uint64_t half_pairs = 0;
    uint64_t n_pairs = 0;
    for (size_t i = 0; i < n_rows; i++) {
        for (size_t j = 0; labels[i] && j < n_rows; j++) {
            if (!labels[j]) {
                n_pairs++;
                half_pairs += scores[i] > scores[j] ? 2 : scores[i] == scores[j];
            }
        }
    }
    return (double)half_pairs / (double)(2 * n_pairs);
}

/** Scores with many ties, few, none, and extreme magnitudes of both signs. */
static double draw_score(uint64_t *seed, size_t kind) {
    uint64_t bits = next_random(seed);
    double unit = (double)(bits >> 11) * 0x1p-53;
    switch (kind) {
    case 0:
        return (double)(bits >> 62) - 1.0;
    case 1:
        return floor(unit * 50.0) / 49.0;
    case 2:
        return unit - 0.5;
    case 3: // many that differ in their last bits only
        return 1.0 + (double)(bits >> 55) * 0x1p-52 + (bits % 64 == 0 ? unit * 1e9 : 0.0);
    default:
        return ldexp(unit - 0.5, (int)(bits % 2000) - 1000);
    }
}

static void assert_matches(size_t n_rows, unsigned positives_of_16, size_t kind, uint64_t *seed) {
    uint8_t *labels = malloc(n_rows);
    double *scores = malloc(n_rows * sizeof *scores);
    assert_non_null(labels);
    assert_non_null(scores);
    for (size_t row = 0; row < n_rows; row++) {
        labels[row] = next_random(seed) >> 60 < positives_of_16;
        scores[row] = draw_score(seed, kind);
    }
    labels[0] = 0;
    labels[n_rows - 1] = 1;
    double expected = brute_force(labels, scores, n_rows);
    double area = perebor_roc_auc(labels, scores, n_rows, &workspace);
    if (area != expected) {
        fail_msg("%zu rows, kind %zu: %.17g, should be %.17g", n_rows, kind, area, expected);
    }
    free(labels);
    free(scores);
}

static void every_small_size_matches_counting_all_pairs(void **state) {
    (void)state;
    uint64_t seed = 42;
    for (size_t n_rows = 2; n_rows <= 130; n_rows++) {
        for (size_t kind = 0; kind < 5; kind++) {
            assert_matches(n_rows, 6, kind, &seed);
        }
    }
}

static void larger_sizes_match_counting_all_pairs(void **state) {
    (void)state;
    uint64_t seed = 43;
    const unsigned shares[] = {1, 6, 15};
    for (size_t n_rows = 131; n_rows <= 2000; n_rows += 89) {
        for (size_t share = 0; share < 3; share++) {
            assert_matches(n_rows, shares[share], n_rows % 5, &seed);
        }
    }
}

static void zeros_of_both_signs_tie(void **state) {
    (void)state;
    uint8_t labels[1000];
    double scores[1000];
    for (size_t n_rows = 2; n_rows <= 1000; n_rows += 998) {
        for (size_t row = 0; row < n_rows; row++) {
            labels[row] = row % 2;
            scores[row] = row % 2 ? 0.0 : -0.0;
        }
        assert_true(perebor_roc_auc(labels, scores, n_rows, &workspace) == 0.5);
    }
}

static void infinities_are_ordered(void **state) {
    (void)state;
    uint8_t labels[2000];
    double scores[2000];
    for (size_t n_rows = 2; n_rows <= 2000; n_rows += 1998) {
        for (size_t row = 0; row < n_rows; row++) {
            labels[row] = row % 2;
            scores[row] = row % 2 ? INFINITY : -INFINITY;
        }
        assert_true(perebor_roc_auc(labels, scores, n_rows, &workspace) == 1.0);
    }
}

static void one_class_has_no_area(void **state) {
    (void)state;
    const uint8_t ones[] = {1, 1, 1};
    const uint8_t zeros[] = {0, 0, 0};
    const double scores[] = {0.1, 0.2, 0.3};
    assert_true(isnan(perebor_roc_auc(ones, scores, 3, &workspace)));
    assert_true(isnan(perebor_roc_auc(zeros, scores, 3, &workspace)));
    assert_true(isnan(perebor_roc_auc(zeros, scores, 0, &workspace)));
}

static void a_million_rows_are_exact(void **state) {
    (void)state;
    enum { N_ROWS = 1000000 };
    uint8_t *labels = malloc(N_ROWS);
    double *scores = malloc(N_ROWS * sizeof *scores);
    assert_non_null(labels);
    assert_non_null(scores);
    // The score is the row's rank, scattered; positive rows are every fourth rank, so that each
    // block of four ranks has its positive in the third place: the count is known in closed form.
    for (size_t row = 0; row < N_ROWS; row++) {
        size_t rank = row * 387420489 % N_ROWS;
        labels[row] = rank % 4 == 2;
        scores[row] = (double)rank * 0.001 - 300.0;
    }
    uint64_t blocks = N_ROWS / 4;
    uint64_t right = 3 * (blocks * (blocks - 1) / 2) + 2 * blocks;
    double expected = (double)(2 * right) / (double)(2 * blocks * 3 * blocks);
    assert_true(perebor_roc_auc(labels, scores, N_ROWS, &workspace) == expected);
    free(labels);
    free(scores);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_small_size_matches_counting_all_pairs),
        cmocka_unit_test(larger_sizes_match_counting_all_pairs),
        cmocka_unit_test(zeros_of_both_signs_tie),
        cmocka_unit_test(infinities_are_ordered),
        cmocka_unit_test(one_class_has_no_area),
        cmocka_unit_test(a_million_rows_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
