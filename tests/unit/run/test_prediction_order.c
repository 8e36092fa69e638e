// SPDX-License-Identifier: MIT
/** Ranks and tenths as their definitions have them; numbers in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "draw.h"
#include "run/prediction_order.h"

enum { most = 700 };

/** Holds the places of rows against what they are said to be, row by row. */
static void compare(const double *probabilities, size_t n) {
    prediction_slot slots[most];
    for (size_t i = 0; i < n; i++) {
        slots[i].probability = probabilities[i];
    }
    assert_int_equal(prediction_order(slots, n, NULL), 0);
    for (size_t i = 0; i < n; i++) {
        size_t above = 0, before = 0;
        for (size_t k = 0; k < n; k++) {
            above += probabilities[k] > probabilities[i];
            before += probabilities[k] == probabilities[i] && k < i;
        }
        assert_int_equal(slots[i].place.rank, above + 1);
        assert_int_equal(slots[i].place.decile, 1 + 10 * (above + before) / n);
    }
}

static void places_are_those_of_the_definition(void **state) {
    (void)state;
    uint64_t random = 5;
    double probabilities[most];
    for (size_t n = 0; n <= most; n = n * 2 + 1) {
        for (unsigned kind = 0; kind < 4; kind++) {
            for (size_t i = 0; i < n; i++) {
                double value = draw_uniform(&random);
                probabilities[i] = kind == 0   ? value
                                   : kind == 1 ? (double)(int)(8.0 * value) / 8.0 // ties
                                   : kind == 2 ? value * 1e-300
                                               : 1.0;
            }
            compare(probabilities, n);
        }
    }
}

/** 0 and -0 are one probability, 0 and 1 the ends. */
static void ends_and_zeros_have_places(void **state) {
    (void)state;
    const double probabilities[] = {0.0, 1.0, -0.0, 5e-324, 1.0 - 0x1p-53, 0.5, 0.0};
    compare(probabilities, sizeof probabilities / sizeof *probabilities);
}

static int by_value(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static void keys_of_any_kind_are_sorted(void **state) {
    (void)state;
    enum { n = 20000 };
    uint64_t random = 9, *keys = calloc(n, sizeof *keys), *sorted = calloc(n, sizeof *sorted);
    assert_true(keys != NULL && sorted != NULL);
    for (unsigned kind = 0; kind < 4; kind++) {
        for (size_t i = 0; i < n; i++) {
            uint64_t bits = draw_bits(&random);
            keys[i] = kind == 0 ? bits : kind == 1 ? bits % 3 : kind == 2 ? bits << 60 : n - i;
            sorted[i] = keys[i];
        }
        prediction_sort_keys(keys, n);
        qsort(sorted, n, sizeof *sorted, by_value);
        assert_memory_equal(keys, sorted, n * sizeof *keys);
    }
    prediction_sort_keys(keys, 0);
    free(keys);
    free(sorted);
}

/** Rows whose probabilities differ by less than a share of 2^32 go by these all the same. */
static void near_probabilities_are_told_apart(void **state) {
    (void)state;
    uint64_t random = 11;
    double probabilities[most];
    for (double scale = 1e-9; scale > 1e-17; scale /= 10.0) {
        for (size_t i = 0; i < most; i++) {
            probabilities[i] = 0.3 + scale * (double)(draw_bits(&random) % 64);
        }
        compare(probabilities, most);
    }
}

static void keys_that_occur_again_are_kept_once(void **state) {
    (void)state;
    enum { n = 60000 };
    uint64_t random = 3, *keys = calloc(n, sizeof *keys), *sorted = calloc(n, sizeof *sorted);
    assert_true(keys != NULL && sorted != NULL);
    for (unsigned kind = 0; kind < 5; kind++) {
        size_t n_kept = 0, found = 0;
        for (size_t i = 0; i < n; i++) {
            uint64_t bits = draw_bits(&random);
            keys[i] = kind == 0   ? bits
                      : kind == 1 ? bits % 3 + 1
                      : kind == 2 ? bits % n + 1
                      : kind == 3 ? (bits % n + 1) << 40
                                  : n - i;
            sorted[i] = keys[i];
        }
        assert_int_equal(prediction_keep_repeated(keys, n, &n_kept, NULL), 0);
        qsort(sorted, n, sizeof *sorted, by_value);
        for (size_t i = 1; i < n; i++) {
            if (sorted[i] == sorted[i - 1] && (i == 1 || sorted[i] != sorted[i - 2])) {
                assert_true(found < n_kept && keys[found] == sorted[i]);
                found++;
            }
        }
        assert_int_equal(found, n_kept);
    }
    free(keys);
    free(sorted);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_those_of_the_definition),
        cmocka_unit_test(ends_and_zeros_have_places),
        cmocka_unit_test(keys_of_any_kind_are_sorted),
        cmocka_unit_test(near_probabilities_are_told_apart),
        cmocka_unit_test(keys_that_occur_again_are_kept_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
