// SPDX-License-Identifier: MIT
/**
 * Values in order, and values with their places, against sorting by comparison: numbers that lie
 * far apart, close together, on one another, and next to one another in their last digits alone.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "statistics/value_order.h"

enum { most = 5000 };

/** How values lie. */
typedef enum layout { NORMAL, WHOLE, ROUNDED, LAST_DIGITS, FEW_FAR, MIXED_SIGNS, N_LAYOUTS } layout;

static double draw_value(layout layout, uint64_t *random) {
    double value = draw_normal(random);
    switch (layout) {
    case WHOLE:
        return floor(20.0 * value);
    case ROUNDED:
        return round(1e4 * value) / 1e4;
    case LAST_DIGITS: // the leading half of all is the same: insertion alone would take squares
        return 1.0 + ldexp(floor(1e6 * draw_uniform(random)), -52);
    case FEW_FAR:
        return draw_bits(random) % 100 == 0 ? 1e300 * value : 1e9 + 1e-5 * value;
    case MIXED_SIGNS:
        return draw_bits(random) % 3 == 0 ? 0.0 * value
                                          : ldexp(value, (int)(draw_bits(random) % 9));
    default:
        return value;
    }
}

static int compare_placed(const void *left, const void *right) {
    const metric_placed *a = left;
    const metric_placed *b = right;
    if (a->value != b->value || signbit(a->value) != signbit(b->value)) {
        return a->value < b->value || (a->value == b->value && signbit(a->value)) ? -1 : 1;
    }
    return (a->place > b->place) - (a->place < b->place);
}

static void values_are_in_order_and_equal_ones_by_place(void **state) {
    (void)state;
    static double values[most], spare[most];
    static metric_placed expected[most];
    uint64_t random = 9;
    for (int round = 0; round < 12 * N_LAYOUTS; round++) {
        size_t n = 1 + draw_bits(&random) % (round % 3 == 0 ? 100 : most);
        for (size_t i = 0; i < n; i++) {
            values[i] = draw_value((layout)(round % N_LAYOUTS), &random);
            expected[i] = (metric_placed){.value = values[i], .place = (uint32_t)i};
        }
        qsort(expected, n, sizeof *expected, compare_placed);
        metric_placed *found = metric_order_values(values, n);
        assert_non_null(found);
        metric_sort_values(values, spare, n);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(found[i].place, expected[i].place);
            assert_true(values[i] == expected[i].value && found[i].value == expected[i].value);
        }
        free(found);
    }
}

static void nothing_is_in_order(void **state) {
    (void)state;
    double none[1] = {0.0}, spare[1];
    metric_placed *found = metric_order_values(none, 0);
    assert_non_null(found);
    free(found);
    metric_sort_values(none, spare, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_in_order_and_equal_ones_by_place),
        cmocka_unit_test(nothing_is_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
