// SPDX-License-Identifier: MIT
/**
 * How well one column tells the target: areas against counting pairs, purity and identifiers at
 * their borders.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "profile/leak_strength.h"

enum { most_rows = 1200 };

static struct {
    double values[most_rows];
    uint8_t labels[most_rows];
    size_t n_rows;
} made;

static leak_strength measure(const char *name, perebor_role role, size_t n_levels) {
    static const char *levels[most_rows];
    leak_strength strength;
    const perebor_column column = {
        .name = name, .role = role, .values = made.values, .levels = levels, .n_levels = n_levels};
    const perebor_dataset dataset = {
        .n_rows = made.n_rows, .n_columns = 1, .columns = &column, .labels = made.labels};
    leak_scratch scratch = {.dataset = &dataset};
    perebor_error error = {0};
    assert_int_equal(leak_scratch_create(&scratch, &error), PEREBOR_OK);
    if (leak_strength_measure(&strength, &column, &scratch, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    leak_scratch_release(&scratch);
    return strength;
}

/** The share of pairs of a positive and a negative row that values order, ties half. */
static double count_pairs(void) {
    double n_right = 0.0;
    double n_pairs = 0.0;
    for (size_t i = 0; i < made.n_rows; i++) {
        for (size_t j = 0; j < made.n_rows; j++) {
            if (made.labels[i] > made.labels[j] && !isnan(made.values[i]) &&
                !isnan(made.values[j])) {
                n_pairs += 1.0;
                n_right += made.values[i] > made.values[j]    ? 1.0
                           : made.values[i] == made.values[j] ? 0.5
                                                              : 0.0;
            }
        }
    }
    return n_right / n_pairs;
}

static void an_area_is_the_share_of_pairs_in_order(void **state) {
    (void)state;
    uint64_t seed = 61;
    for (int i = 0; i < 20; i++) {
        uint64_t n_values = 30 + draw_bits(&seed) % 500;
        double pull = draw_uniform(&seed) * 100.0 - 50.0;
        made.n_rows = 150 + draw_bits(&seed) % 150;
        for (size_t row = 0; row < made.n_rows; row++) {
            made.labels[row] = draw_uniform(&seed) < 0.3;
            made.values[row] =
                floor((double)(draw_bits(&seed) % n_values) + pull * made.labels[row]);
            made.values[row] = draw_bits(&seed) % 10 == 0 ? (double)NAN : made.values[row];
        }
        leak_strength strength = measure("x", PEREBOR_ROLE_NUMERIC, 0);
        double area = count_pairs();
        assert_true(fabs(strength.auc - area) < 1e-12);
        assert_true(strength.area >= fmax(area, 1.0 - area) - 1e-12);
        assert_false(strength.is_pure);
    }
}

static void a_column_without_order_has_an_area_of_one_half(void **state) {
    (void)state;
    made.n_rows = 200;
    for (size_t row = 0; row < made.n_rows; row++) {
        made.labels[row] = row % 2 == 0;
        made.values[row] = (double)(row % 2);
    }
    leak_strength strength = measure("x", PEREBOR_ROLE_NOMINAL, 2);
    assert_true(strength.auc == 0.5);
    assert_true(strength.area > 0.99);
    assert_true(strength.is_pure);
    assert_int_equal(strength.n_distinct, 2);
}

static void levels_that_chance_fills_tell_nothing(void **state) {
    (void)state;
    uint64_t seed = 8;
    made.n_rows = 1000;
    for (size_t row = 0; row < made.n_rows; row++) {
        made.labels[row] = draw_uniform(&seed) < 0.5;
        made.values[row] = (double)(draw_bits(&seed) % 300);
    }
    leak_strength strength = measure("x", PEREBOR_ROLE_NOMINAL, 300);
    assert_true(strength.area < 0.58); // by its own rows, three a level, it would be near .8
    assert_false(strength.is_pure);
}

/** Levels by class in turn, but for some rows of the positive class in a level of the other. */
static leak_strength measure_purity(size_t n_rows, size_t n_positive, size_t n_missed,
                                    size_t n_levels) {
    made.n_rows = n_rows;
    for (size_t row = 0; row < n_rows; row++) {
        made.labels[row] = row < n_positive;
        bool as_positive = row >= n_missed && row < n_positive;
        made.values[row] = as_positive ? 0.0 : (double)(1 + row % (n_levels - 1));
    }
    return measure("x", PEREBOR_ROLE_NOMINAL, n_levels);
}

static void few_levels_are_pure_up_to_one_row_in_two_hundred(void **state) {
    (void)state;
    static const struct {
        size_t n_rows, n_positive, n_missed, n_levels;
        bool is_pure;
    } cases[] = {
        {1000, 500, 0, 3, true},  {1000, 500, 5, 3, true},   {1000, 500, 6, 3, false},
        {1000, 500, 0, 10, true}, {1000, 500, 0, 11, false}, {1000, 10, 0, 3, true},
        {1000, 9, 0, 3, false}, // of so few rows it may be chance
        {1000, 40, 2, 3, true},   {1000, 40, 3, 3, false},   {1000, 995, 0, 3, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        leak_strength strength = measure_purity(cases[i].n_rows, cases[i].n_positive,
                                                cases[i].n_missed, cases[i].n_levels);
        if (strength.is_pure != cases[i].is_pure) {
            fail_msg("%zu of %zu, %zu missed, %zu levels", cases[i].n_positive, cases[i].n_rows,
                     cases[i].n_missed, cases[i].n_levels);
        }
    }
}

static void gaps_that_tell_are_told_from_values_that_do(void **state) {
    (void)state;
    uint64_t seed = 3;
    made.n_rows = 400;
    for (size_t row = 0; row < made.n_rows; row++) {
        made.labels[row] = row % 3 == 0;
        made.values[row] = made.labels[row] ? draw_uniform(&seed) : (double)NAN;
    }
    assert_true(measure("x", PEREBOR_ROLE_NUMERIC, 0).by_gaps);
    for (size_t row = 0; row < made.n_rows; row++) {
        made.values[row] = made.labels[row] + draw_uniform(&seed);
        made.values[row] = row % 7 == 0 ? (double)NAN : made.values[row];
    }
    leak_strength strength = measure("x", PEREBOR_ROLE_NUMERIC, 0);
    assert_false(strength.by_gaps);
    assert_true(strength.auc == 1.0);
    assert_int_equal(strength.n_values, 400 - 58);
}

static const struct {
    const char *name;
    bool identifies;
} names[] = {
    {"id", true},         {"ID", true},      {"customer_id", true}, {"customerId", true},
    {"Id number", true},  {"key", true},     {"row.key", true},     {"uuid", true},
    {"order-guid", true}, {"ids", true},     {"ид", true},          {"номер", true},
    {"a:id", true},       {"paid", false},   {"identity", false},   {"idle", false},
    {"keyboard", false},  {"monkey", false}, {"x", false},          {"", false},
    {"width", false},     {"bid id", true},  {"IDs", true},         {"номера", false},
};

static void whole_numbers_that_are_called_so_identify(void **state) {
    (void)state;
    uint64_t seed = 17;
    made.n_rows = 300;
    for (size_t row = 0; row < made.n_rows; row++) { // some of them twice, of no pattern
        made.labels[row] = draw_uniform(&seed) < 0.5;
        made.values[row] = row % 20 == 19
                               ? made.values[row - 1]
                               : floor(exp(12.0 * draw_uniform(&seed)) + 20.0 * (double)row);
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (measure(names[i].name, PEREBOR_ROLE_NUMERIC, 0).identifies != names[i].identifies) {
            fail_msg("\"%s\"", names[i].name);
        }
    }
    made.values[0] += 0.5; // a measurement whatever its name
    assert_false(measure("id", PEREBOR_ROLE_NUMERIC, 0).identifies);
    for (size_t row = 0; row < made.n_rows; row++) {
        made.values[row] = (double)row;
    }
    assert_true(measure("x", PEREBOR_ROLE_NOMINAL, made.n_rows).identifies);
    assert_false(measure("id", PEREBOR_ROLE_ORDINAL, made.n_rows).identifies);
}

/** A number of rows from a rule. */
static bool identify_numbers(size_t n_rows, double (*number)(size_t row)) {
    made.n_rows = n_rows;
    for (size_t row = 0; row < n_rows; row++) {
        made.labels[row] = row % 2;
        made.values[row] = number(row);
    }
    return measure("x", PEREBOR_ROLE_NUMERIC, 0).identifies;
}

static double rise(size_t row) {
    return (double)(row * row);
}

static double rise_and_stop(size_t row) {
    return (double)((row == 50 ? 49 : row) * (row == 50 ? 49 : row));
}

static double fall(size_t row) {
    return 1e6 - (double)(row * row);
}

static double zigzag(size_t row) {
    return (double)(row * row) * (row % 2 == 0 ? 1.0 : -1.0);
}

static double dense(size_t row) {
    return (double)(row * 37 % 101 * 2) - 1.0; // every second number up to 199
}

static double sparse(size_t row) {
    return (double)(row * 37 % 101 * 3);
}

static double drawn(size_t row) {
    return 10000.0 + (double)(row * 389 % 1009) * 89.0;
}

static double drawn_of_fewer_digits(size_t row) {
    return 1000.0 + (double)(row * 389 % 1009) * 8.0;
}

static void numbers_that_count_rows_identify(void **state) {
    (void)state;
    assert_true(identify_numbers(100, rise));
    assert_true(identify_numbers(100, fall));
    assert_false(identify_numbers(100, rise_and_stop)); // one number twice
    assert_false(identify_numbers(100, zigzag));
    assert_true(identify_numbers(101, dense));
    assert_false(identify_numbers(100, dense)); // as far apart, but one is left out
    assert_false(identify_numbers(100, sparse));
    assert_true(identify_numbers(1009, drawn));
    assert_false(identify_numbers(1009, drawn_of_fewer_digits));
    assert_false(identify_numbers(19, rise)); // with so few all are different easily
    assert_true(identify_numbers(20, rise));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_area_is_the_share_of_pairs_in_order),
        cmocka_unit_test(a_column_without_order_has_an_area_of_one_half),
        cmocka_unit_test(levels_that_chance_fills_tell_nothing),
        cmocka_unit_test(few_levels_are_pure_up_to_one_row_in_two_hundred),
        cmocka_unit_test(gaps_that_tell_are_told_from_values_that_do),
        cmocka_unit_test(whole_numbers_that_are_called_so_identify),
        cmocka_unit_test(numbers_that_count_rows_identify),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
