// SPDX-License-Identifier: MIT
/**
 * MT19937 against what its authors and numpy publish, and groups against numpy.unique.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "data/group_rank.h"
#include "data/mersenne.h"
#include "draw.h"

static void the_ten_thousandth_number_is_that_of_the_c_plus_plus_standard(void **state) {
    (void)state;
    static const uint32_t first[] = {3499211612u, 581869302u, 3890346734u, 3586334585u, 545404204u};
    mersenne random;
    uint32_t last = 0;
    mersenne_seed(&random, 5489);
    for (size_t i = 0; i < 10000; i++) {
        last = mersenne_next(&random);
        assert_true(i >= 5 || last == first[i]);
    }
    assert_true(last == 4123659995u);
}

static void permutations_are_those_of_numpys_random_state(void **state) {
    (void)state;
    static const struct {
        uint32_t seed, values[10];
    } cases[] = {
        {0, {2, 8, 4, 9, 1, 6, 7, 3, 0, 5}},
        {1, {2, 9, 6, 4, 0, 3, 1, 7, 8, 5}},
        {42, {8, 1, 5, 0, 7, 2, 9, 4, 3, 6}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mersenne random;
        uint32_t values[10];
        mersenne_seed(&random, cases[i].seed);
        mersenne_permutation(&random, values, 10);
        assert_memory_equal(values, cases[i].values, sizeof values);
    }
}

static void an_interval_has_all_its_numbers_about_equally_often(void **state) {
    (void)state;
    mersenne random;
    mersenne_seed(&random, 3);
    for (uint32_t max = 0; max < 20; max++) {
        int counts[20] = {0};
        for (int i = 0; i < 20000; i++) {
            uint32_t value = mersenne_interval(&random, max);
            assert_in_range(value, 0, max);
            counts[value]++;
        }
        for (uint32_t value = 0; value <= max; value++) { // within five deviations
            double expected = 20000.0 / (max + 1);
            assert_true((counts[value] - expected) * (counts[value] - expected) <= 25.0 * expected);
        }
    }
}

/** Whether a row is the first of its group. */
static bool is_first(const uint32_t *groups, size_t row) {
    for (size_t other = 0; other < row; other++) {
        if (groups[other] == groups[row]) {
            return false;
        }
    }
    return true;
}

static void groups_are_numbered_by_the_order_of_their_values(void **state) {
    (void)state;
    enum { most = 200 };
    uint64_t seed = 2;
    for (int i = 0; i < 100; i++) {
        uint32_t groups[most], ranks[most];
        bool first[most];
        size_t n_groups = 0;
        size_t n_distinct = 0;
        size_t n = 1 + draw_bits(&seed) % most;
        uint64_t n_values = 1 + draw_bits(&seed) % 50;
        for (size_t row = 0; row < n; row++) {
            groups[row] = (uint32_t)(draw_bits(&seed) % n_values * 85899345u);
            first[row] = is_first(groups, row);
            n_distinct += first[row] ? 1 : 0;
        }
        assert_int_equal(data_rank_groups(ranks, &n_groups, groups, n, NULL), PEREBOR_OK);
        assert_int_equal(n_groups, n_distinct);
        for (size_t row = 0; row < n; row++) {
            size_t n_less = 0;
            for (size_t other = 0; other < n; other++) {
                n_less += first[other] && groups[other] < groups[row] ? 1 : 0;
            }
            assert_int_equal(ranks[row], n_less);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ten_thousandth_number_is_that_of_the_c_plus_plus_standard),
        cmocka_unit_test(permutations_are_those_of_numpys_random_state),
        cmocka_unit_test(an_interval_has_all_its_numbers_about_equally_often),
        cmocka_unit_test(groups_are_numbered_by_the_order_of_their_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
