// SPDX-License-Identifier: MIT
#include "base/sort_values.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/mix.h"

/** Few different values and many, of all sizes and signs. */
static double draw(uint64_t *state, bool few) {
    static const double some[] = {0.0, -0.0, 1.0, -1.0, 5e-324, -1e300, INFINITY, -INFINITY};
    const uint64_t hash = perebor_mix(*state += PEREBOR_MIX_STEP);
    return few ? some[hash % 8] : ldexp((double)(int64_t)hash, (int)(hash % 200) - 150);
}

static void values_ascend_and_equal_ones_keep_their_order(void **state) {
    (void)state;
    static double values[3000];
    const size_t sizes[] = {0, 1, 2, 31, 32, 33, 255, 1000, 3000};
    uint64_t random = 7;
    perebor_workspace workspace = {0};
    for (size_t k = 0; k < 2 * sizeof sizes / sizeof *sizes; k++) {
        const size_t n = sizes[k / 2];
        value_sorter sorter;
        assert_true(value_sorter_create(&sorter, n, &workspace));
        for (size_t i = 0; i < n; i++) {
            values[i] = draw(&random, k % 2 == 0);
            sorter.from[i] = (sorted_value){sorted_value_key(values[i]), (uint32_t)i};
        }
        value_sorter_sort(&sorter, n);
        uint64_t sum = 0;
        for (size_t i = 0; i < n; i++) {
            const sorted_value here = sorter.from[i];
            assert_true(sorted_value_of(here.key) == values[here.row]);
            sum += here.row;
            if (i > 0) {
                const double before = values[sorter.from[i - 1].row];
                assert_true(before < values[here.row] ||
                            (before == values[here.row] && sorter.from[i - 1].row < here.row));
            }
        }
        assert_int_equal(sum, n == 0 ? 0 : n * (n - 1) / 2); // each row once, as they differ
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
    perebor_workspace_release(&workspace);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_ascend_and_equal_ones_keep_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
