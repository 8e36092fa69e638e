// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "prepare/order_statistic.h"

enum { max_values = 2000 };

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static int compare_doubles(const void *left, const void *right) {
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

/** Values of one kind: many ties, both signs, huge range, outliers that hide the rest. */
static double draw_value(uint64_t *state, size_t kind) {
    uint64_t bits = next_random(state);
    double unit = (double)(bits >> 11) * 0x1p-53;
    switch (kind) {
    case 0:
        return (double)(bits % 5);
    case 1:
        return unit - 0.5;
    case 2:
        return bits % 2 ? unit * 1e300 : -unit * 1e-300;
    case 3:
        return bits % 97 == 0 ? 1e308 : 1.0 + unit * 1e-12;
    case 4:
        return -3.25;
    default: // four far clusters, each of close values: several digits are needed
        return ldexp(1.0 + unit * 1e-9, (int)(bits % 4) * 200);
    }
}

/** Numpy's interpolation in a sorted array. */
static double quantile_of_sorted(const double *sorted, size_t n_values, double share) {
    double position = (double)(n_values - 1) * share;
    size_t before = (size_t)position;
    double part = position - (double)before;
    double low = sorted[before];
    double high = sorted[before + 1 < n_values ? before + 1 : before];
    return part >= 0.5 ? high - (high - low) * (1.0 - part) : low + (high - low) * part;
}

static void quartiles_are_those_of_the_sorted_values(void **state) {
    (void)state;
    static double values[max_values];
    static double draws[max_values];
    static uint64_t keys[max_values];
    static uint64_t scratch[max_values];
    uint64_t random = 5;
    for (size_t n_values = 1; n_values <= max_values; n_values += 1 + n_values / 30) {
        for (size_t kind = 0; kind < 6; kind++) {
            for (size_t i = 0; i < n_values; i++) {
                values[i] = draws[i] = draw_value(&random, kind);
            }
            order_keys order = {.keys = keys, .scratch = scratch};
            order_keys_set(&order, values, n_values);
            qsort(values, n_values, sizeof *values, compare_doubles);
            order_quartiles quartiles = order_find_quartiles(&order);
            assert_true(quartiles.lower == quantile_of_sorted(values, n_values, 0.25));
            assert_true(quartiles.upper == quantile_of_sorted(values, n_values, 0.75));
            size_t half = n_values / 2;
            double median =
                n_values % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2.0;
            assert_true(quartiles.median == median);
            order_keys_set(&order, draws, n_values);
            assert_true(order_median(&order) == median);
        }
    }
}

static void the_mode_is_the_smallest_of_the_most_frequent(void **state) {
    (void)state;
    const double values[] = {3.0, -1.0, 2.0, 3.0, -1.0, 9.0, -0.0, 0.0};
    uint64_t keys[8];
    uint64_t scratch[8];
    order_keys order = {.keys = keys, .scratch = scratch};
    order_keys_set(&order, values, 8);
    assert_true(order_mode(&order) == -1.0);
    order_keys_set(&order, values + 5, 3);
    assert_true(order_mode(&order) == 0.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quartiles_are_those_of_the_sorted_values),
        cmocka_unit_test(the_mode_is_the_smallest_of_the_most_frequent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
