// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "prepare/f_ranking.h"

static void ties_favour_the_later_column_and_nan_is_least(void **state) {
    (void)state;
    const double f_values[] = {2.0, NAN, 5.0, 2.0, INFINITY, NAN, 0.0, 2.0};
    const uint32_t expected[] = {1, 5, 6, 0, 3, 7, 2, 4};
    uint32_t ranking[8];
    f_rank(ranking, f_values, 8);
    assert_memory_equal(ranking, expected, sizeof expected);
}

static void every_column_is_ranked_once(void **state) {
    (void)state;
    enum { N_COLUMNS = 100 };
    double f_values[N_COLUMNS];
    uint32_t ranking[N_COLUMNS];
    for (uint32_t n_columns = 0; n_columns <= N_COLUMNS; n_columns++) {
        for (uint32_t i = 0; i < n_columns; i++) {
            f_values[i] = (double)(i * 37 % 11);
        }
        f_rank(ranking, f_values, n_columns);
        for (uint32_t i = 1; i < n_columns; i++) {
            double before = f_values[ranking[i - 1]];
            double now = f_values[ranking[i]];
            assert_true(before < now || (before == now && ranking[i - 1] < ranking[i]));
        }
    }
}

/** (0, 1, 2) and (4, 5, 6): means 1 and 5, between 24, within 4 with four degrees of freedom. */
static void the_statistic_is_that_of_a_hand_computed_example(void **state) {
    (void)state;
    const f_sums sums = {{3, 3}, {3, 15}, {5, 77}};
    assert_true(f_statistic(&sums) == 24.0);
}

static void a_constant_column_has_no_statistic(void **state) {
    (void)state;
    const f_sums sums = {{3, 3}, {6, 6}, {12, 12}};
    assert_true(isnan(f_statistic(&sums)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ties_favour_the_later_column_and_nan_is_least),
        cmocka_unit_test(every_column_is_ranked_once),
        cmocka_unit_test(the_statistic_is_that_of_a_hand_computed_example),
        cmocka_unit_test(a_constant_column_has_no_statistic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
