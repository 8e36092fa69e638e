// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "data/argsort.h"

enum { max_values = 1000 };

static void the_order_of_equal_values_is_numpys_even_in_its_heap_sort(void **state) {
    (void)state;
    uint64_t values[max_values];
    uint32_t expected[max_values];
    uint32_t order[max_values];
    size_t n_values = 0;
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/data/argsort.csv", "r");
    assert_non_null(file);
    char line[64];
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file) != NULL) {
        assert_true(n_values < max_values);
        assert_int_equal(sscanf(line, "%lu,%u", &values[n_values], &expected[n_values]), 2);
        n_values++;
    }
    (void)fclose(file);
    assert_true(n_values > 0);
    data_argsort(order, values, n_values);
    assert_memory_equal(order, expected, n_values * sizeof *order);
}

static void nothing_and_one_value_are_sorted(void **state) {
    (void)state;
    const uint64_t value = 3;
    uint32_t order = 9;
    data_argsort(&order, &value, 0);
    assert_int_equal(order, 9);
    data_argsort(&order, &value, 1);
    assert_int_equal(order, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_of_equal_values_is_numpys_even_in_its_heap_sort),
        cmocka_unit_test(nothing_and_one_value_are_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
