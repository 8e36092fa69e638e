// SPDX-License-Identifier: MIT
/** Subgroups beside every description of a small table, and what is planted in a larger one. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "draw.h"
#include "golden_segments.h"
#include "subgroup/beam_search.h"
#include "subgroup/testing.h"

enum { n_rows = 80, n_columns = 3, n_best = 20 };

static double a[n_rows], b[n_rows], c[n_rows];
static uint8_t labels[n_rows];
static uint32_t all_rows[n_rows];
static const char *const levels[] = {"x", "y", "z"};
static const perebor_column columns[n_columns] = {
    {.name = "a", .role = PEREBOR_ROLE_NUMERIC, .values = a},
    {.name = "b", .role = PEREBOR_ROLE_NUMERIC, .values = b},
    {.name = "c", .role = PEREBOR_ROLE_NOMINAL, .values = c, .levels = levels, .n_levels = 3},
};
static const perebor_column *const searched[n_columns] = {&columns[0], &columns[1], &columns[2]};
static const subgroup_rows rows = {searched, n_columns, labels, all_rows, n_rows};
static const subgroup_terms terms = {.depth = 3,
                                     .n_bins = 4,
                                     .beam = 10000,
                                     .support = 0.05,
                                     .level = 0.05,
                                     .overlap = 0.5,
                                     .most = 5};

static int read_table(void **state) {
    (void)state;
    double y[n_rows];
    assert_int_equal(golden_segments("table_a", 0, a, n_rows), n_rows);
    assert_int_equal(golden_segments("table_b", 0, b, n_rows), n_rows);
    assert_int_equal(golden_segments("table_c", 0, c, n_rows), n_rows);
    assert_int_equal(golden_segments("table_y", 0, y, n_rows), n_rows);
    for (uint32_t row = 0; row < n_rows; row++) {
        a[row] = a[row] < 0.0 ? (double)NAN : a[row];
        labels[row] = y[row] > 0.5;
        all_rows[row] = row;
    }
    return 0;
}

static void test_a_wide_beam_looks_at_every_description(void **state) {
    (void)state;
    beam beam = {0};
    perebor_error error = {0};
    double wanted[3], best[n_best], adjusted[n_best], n = 0.0, believed = 0.0;
    assert_int_equal(golden_segments("table_counts", 0, wanted, 3), 3);
    assert_int_equal(golden_segments("table_best", 0, best, n_best), n_best);
    assert_int_equal(golden_segments("table_adjusted", 0, adjusted, n_best), n_best);
    assert_int_equal(golden_segments("table_kept", 0, &n, 1), 1);
    assert_int_equal(golden_segments("table_believed", 0, &believed, 1), 1);
    assert_int_equal(beam_search(&beam, &rows, &terms, &error), PEREBOR_OK);
    assert_memory_equal(beam.n_descriptions, wanted, sizeof wanted);
    assert_int_equal(beam.n, (size_t)n);
    assert_int_equal(testing_adjust(&beam, &error), PEREBOR_OK);
    size_t n_believed = 0;
    for (size_t i = 0; i < n_best; i++) {
        // The i-th of each, in the order of what is compared.
        double quality = -1.0, least = 2.0;
        size_t n_better = 0, n_smaller = 0;
        for (size_t j = 0; j < beam.n; j++) {
            n_better += beam.items[j].quality > best[i] + 1e-12;
            n_smaller += beam.items[j].p_adjusted < adjusted[i] - 1e-12 * adjusted[i];
            quality = fabs(beam.items[j].quality - best[i]) < 1e-12 ? best[i] : quality;
            least = fabs(beam.items[j].p_adjusted - adjusted[i]) <= 1e-9 * adjusted[i] ? adjusted[i]
                                                                                       : least;
        }
        assert_true(quality > 0.0 && n_better <= i);
        assert_true(least < 2.0 && n_smaller <= i);
    }
    for (size_t j = 0; j < beam.n; j++) {
        n_believed += beam.items[j].p_adjusted <= terms.level && beam.items[j].quality > 0.0;
    }
    assert_int_equal(n_believed, (size_t)believed);
    beam_release(&beam);
}

static void test_what_is_kept_is_believed_productive_and_apart(void **state) {
    (void)state;
    subgroups found = {0};
    perebor_error error = {0};
    assert_int_equal(subgroups_search(&found, &rows, &terms, &error), PEREBOR_OK);
    assert_true(found.n >= 1 && found.n <= terms.most);
    // The table was drawn with: a at most 4, and c the second level.
    assert_int_equal(found.items[0].n_conditions, 2);
    assert_true(subgroup_condition_holds(&found.items[0].conditions[1], 1.0));
    assert_int_equal(found.items[0].conditions[1].column, 2);
    assert_int_equal(found.items[0].conditions[0].column, 0);
    assert_int_equal(found.items[0].conditions[0].comparison, SUBGROUP_AT_MOST);
    for (size_t i = 0; i < found.n; i++) {
        const subgroup *one = &found.items[i];
        size_t n = 0, n_positive = 0;
        for (size_t row = 0; row < n_rows; row++) {
            bool is_in = subgroup_has(one, searched, row);
            n += is_in;
            n_positive += is_in && labels[row] == 1;
        }
        assert_int_equal(n, one->n);
        assert_int_equal(n_positive, one->n_positive);
        assert_true(one->p_adjusted <= terms.level && one->p <= one->p_adjusted);
        assert_true(i == 0 || one->quality <= found.items[i - 1].quality);
        for (size_t j = 0; j < i; j++) {
            size_t both = 0;
            for (size_t row = 0; row < n_rows; row++) {
                both += subgroup_has(one, searched, row) &&
                        subgroup_has(&found.items[j], searched, row);
            }
            assert_true((double)both <= terms.overlap * (double)(one->n + found.items[j].n - both));
        }
    }
    subgroups_release(&found);
}

static void test_intervals_are_the_only_two_conditions_upon_a_column(void **state) {
    (void)state;
    const subgroup_condition above = {0, SUBGROUP_ABOVE, 1.0}, most = {0, SUBGROUP_AT_MOST, 3.0},
                             low = {0, SUBGROUP_AT_MOST, 1.0}, is = {2, SUBGROUP_IS, 1.0};
    assert_true(subgroup_conditions_combine(&above, &most));
    assert_true(subgroup_conditions_combine(&most, &above));
    assert_true(subgroup_conditions_combine(&above, &is));
    assert_false(subgroup_conditions_combine(&above, &low));
    assert_false(subgroup_conditions_combine(&low, &most));
    assert_false(subgroup_conditions_combine(&is, &is));
    assert_false(subgroup_condition_holds(&most, (double)NAN));
    assert_false(subgroup_condition_holds(&above, (double)NAN));
}

/** Labels by lot: of so many tables few have a rule (the simulation in docs has the figure). */
static void test_nothing_is_found_where_there_is_nothing(void **state) {
    (void)state;
    enum { n_tables = 200 };
    uint64_t seed = 99;
    size_t n_found = 0;
    uint8_t kept[n_rows];
    for (size_t row = 0; row < n_rows; row++) {
        kept[row] = labels[row];
    }
    for (int table = 0; table < n_tables; table++) {
        subgroups found = {0};
        perebor_error error = {0};
        for (size_t row = 0; row < n_rows; row++) {
            labels[row] = draw_uniform(&seed) < 0.4;
        }
        assert_int_equal(subgroups_search(&found, &rows, &terms, &error), PEREBOR_OK);
        n_found += found.n > 0;
        subgroups_release(&found);
    }
    for (size_t row = 0; row < n_rows; row++) {
        labels[row] = kept[row];
    }
    assert_true(n_found <= 10); // 5 %
}

static void test_classes_of_no_row(void **state) {
    (void)state;
    uint8_t none[n_rows] = {0};
    subgroup_rows empty = rows;
    subgroups found = {0};
    perebor_error error = {0};
    empty.labels = none;
    assert_int_equal(subgroups_search(&found, &empty, &terms, &error), PEREBOR_OK);
    assert_int_equal(found.n, 0);
    subgroups_release(&found);
    empty.n_rows = 0;
    assert_int_equal(subgroups_search(&found, &empty, &terms, &error), PEREBOR_OK);
    assert_int_equal(found.n, 0);
    subgroups_release(&found);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_wide_beam_looks_at_every_description),
        cmocka_unit_test(test_what_is_kept_is_believed_productive_and_apart),
        cmocka_unit_test(test_intervals_are_the_only_two_conditions_upon_a_column),
        cmocka_unit_test(test_nothing_is_found_where_there_is_nothing),
        cmocka_unit_test(test_classes_of_no_row),
    };
    return cmocka_run_group_tests(tests, read_table, NULL);
}
