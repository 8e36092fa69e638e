// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mix.h"
#include "made_columns.h"
#include "profile/leaks.h"

static made_columns made;
static perebor_leaks leaks;
static uint32_t rows[MADE_ROWS];

static int set_up(void **state) {
    (void)state;
    made_fill(&made);
    for (size_t row = 0; row < MADE_ROWS; row++) {
        rows[row] = (uint32_t)row;
    }
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    perebor_leaks_release(&leaks);
    return 0;
}

/** Looks with the first 300 rows for training, the rest for testing. */
static void look(void) {
    const perebor_split split = {
        .train = rows, .n_train = 300, .test = rows + 300, .n_test = MADE_ROWS - 300};
    perebor_error error = {0};
    if (perebor_leaks_find(&leaks, &made.dataset, &split, NULL, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
}

static void independent_columns_do_not_leak(void **state) {
    (void)state;
    look();
    assert_int_equal(leaks.n, 0);
}

static void a_copy_of_the_target_is_named(void **state) {
    (void)state;
    for (size_t row = 0; row < MADE_ROWS; row++) {
        made.values[2][row] = 10.0 * (1 - made.labels[row]) + 0.001 * (double)row;
    }
    look();
    assert_int_equal(leaks.n, 1);
    assert_int_equal(leaks.items[0].kind, PEREBOR_LEAK_COLUMN);
    assert_string_equal(leaks.items[0].column, "price");
    assert_true(leaks.items[0].auc == 0.0);
    assert_true(leaks.items[0].phik > 0.99);
    assert_string_equal(leaks.items[0].step, "drop: [\"price\"]");
    assert_non_null(strstr(leaks.items[0].detail, "\"price\""));
}

static void a_level_that_is_the_target_is_named(void **state) {
    (void)state;
    for (size_t row = 0; row < MADE_ROWS; row++) {
        made.values[3][row] = made.labels[row] ? 2.0 : (double)(row % 2);
    }
    look();
    assert_int_equal(leaks.n, 1);
    assert_string_equal(leaks.items[0].column, "town");
}

static void sorted_rows_give_away_id_and_order(void **state) {
    (void)state;
    for (size_t row = 0; row < MADE_ROWS; row++) {
        made.labels[row] = row >= 250;
        (void)snprintf(made.id_texts[row], sizeof made.id_texts[row], "%zu", 5000 + row);
    }
    look();
    assert_int_equal(leaks.n, 2);
    assert_int_equal(leaks.items[0].kind, PEREBOR_LEAK_ID);
    assert_string_equal(leaks.items[0].column, "id");
    assert_true(leaks.items[0].auc == 1.0);
    assert_int_equal(leaks.items[1].kind, PEREBOR_LEAK_ORDER);
    assert_true(leaks.items[1].z < -15.0);
}

static void rows_in_both_parts_are_counted(void **state) {
    (void)state;
    for (size_t i = 0; i < MADE_COLUMNS; i++) {
        made.values[i][310] = made.values[i][20];
        made.values[i][311] = made.values[i][20];
        made.values[i][320] = made.values[i][330]; // both in the test part
    }
    made.values[0][20] = made.values[0][310] = made.values[0][311] =
        NAN;                                    // missing values are equal
    made.values[0][310] = -made.values[0][310]; // whatever their bits
    look();
    assert_int_equal(leaks.n, 1);
    assert_int_equal(leaks.items[0].kind, PEREBOR_LEAK_DUPLICATES);
    assert_int_equal(leaks.items[0].n_rows, 2);
}

static void texts_as_identifiers_are_left_alone(void **state) {
    (void)state;
    made.ids[7] = "A-7";
    look();
    assert_int_equal(leaks.n, 0);
}

/** A number for each row that depends on nothing. */
static double scatter(size_t row, uint64_t seed) {
    return (double)(perebor_mix(perebor_mix(seed + 1) + row) >> 11) * 0x1p-53;
}

static void strong_columns_that_agree_do_not_leak(void **state) {
    (void)state;
    // Three measures of one thing, of areas about .97 each: breast cancer has eight of them.
    for (size_t row = 0; row < MADE_ROWS; row++) {
        for (size_t i = 0; i < 3; i++) {
            double noise = 0.0;
            for (uint64_t k = 0; k < 12; k++) {
                noise += scatter(row, 100 * i + k) - 0.5;
            }
            made.values[i][row] = 2.7 * made.labels[row] + noise;
        }
    }
    look();
    assert_int_equal(leaks.n, 0);
}

static void one_strong_column_that_stands_apart_does(void **state) {
    (void)state;
    for (size_t row = 0; row < MADE_ROWS; row++) {
        double noise = 0.0;
        for (uint64_t k = 0; k < 12; k++) {
            noise += scatter(row, k) - 0.5;
        }
        made.values[1][row] = 2.7 * made.labels[row] + noise;
    }
    look();
    assert_int_equal(leaks.n, 1);
    assert_string_equal(leaks.items[0].column, "visits");
    assert_true(leaks.items[0].auc < 0.99);
}

/** Makes the nominal column of as many levels as rows / @p rows_a_level. */
static void name_towns(size_t rows_a_level) {
    static char texts[MADE_ROWS][16];
    static const char *levels[MADE_ROWS];
    for (size_t row = 0; row < MADE_ROWS; row++) {
        (void)snprintf(texts[row], sizeof texts[row], "town %zu", row);
        levels[row] = texts[row];
        made.values[3][row] = (double)(row / rows_a_level);
    }
    made.columns[3].levels = levels;
    made.columns[3].n_levels = MADE_ROWS / rows_a_level;
}

static void a_name_for_every_row_is_an_identifier_and_no_leak(void **state) {
    (void)state;
    name_towns(1);
    look();
    assert_int_equal(leaks.n, 1);
    assert_int_equal(leaks.items[0].kind, PEREBOR_LEAK_IDENTIFIER);
    assert_string_equal(leaks.items[0].column, "town");
    assert_int_equal(leaks.items[0].n_rows, MADE_ROWS);
    assert_string_equal(leaks.items[0].step, "drop: [\"town\"]");
}

static void levels_of_two_rows_each_tell_nothing(void **state) {
    (void)state;
    name_towns(2);
    look();
    assert_int_equal(leaks.n, 0);
}

static void whole_numbers_that_count_or_name_rows_are_identifiers(void **state) {
    (void)state;
    for (size_t row = 0; row < MADE_ROWS; row++) {
        made.values[0][row] = (double)(7000 + (row * 173) % MADE_ROWS); // each once, in no order
        made.values[1][row] = (double)(row * row + 3);                  // rising
        made.values[2][row] = floor(1e5 + 9e5 * scatter(row, 7));       // drawn
    }
    look();
    assert_int_equal(leaks.n, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(leaks.items[i].kind, PEREBOR_LEAK_IDENTIFIER);
    }
}

static void measures_are_no_identifiers(void **state) {
    (void)state;
    for (size_t row = 0; row < MADE_ROWS; row++) {
        made.values[0][row] = floor(1e7 * scatter(row, 1) * scatter(row, 2) * scatter(row, 3));
        made.values[1][row] = (double)row + 0.5; // no whole numbers
    }
    look();
    assert_int_equal(leaks.n, 0);
}

static void gaps_of_one_class_are_named(void **state) {
    (void)state;
    for (size_t row = 0; row < MADE_ROWS; row++) {
        made.values[2][row] = made.labels[row] ? 1000.0 * scatter(row, 9) : (double)NAN;
    }
    assert_int_equal(perebor_leaks_find(&leaks, &made.dataset, NULL, NULL, NULL), PEREBOR_OK);
    assert_int_equal(leaks.n, 1);
    assert_string_equal(leaks.items[0].column, "price");
    assert_non_null(strstr(leaks.items[0].detail, "gap"));
}

static void rows_in_an_order_that_merely_goes_with_the_class_are_let_be(void **state) {
    (void)state;
    for (size_t row = 0; row < MADE_ROWS; row++) {
        made.labels[row] = scatter(row, 4) < 0.05 + 0.9 * (double)row / MADE_ROWS;
    }
    look();
    assert_int_equal(leaks.n, 0);
}

static void sorted_rows_need_no_remedy_where_folds_are_shuffled(void **state) {
    (void)state;
    for (size_t row = 0; row < MADE_ROWS; row++) {
        made.labels[row] = row >= 250;
    }
    const perebor_folds_settings plain = {.method = PEREBOR_KFOLD, .n_splits = 5, .n_repeats = 1};
    perebor_folds_settings shuffled = plain;
    shuffled.shuffle = true;
    assert_int_equal(perebor_leaks_find(&leaks, &made.dataset, NULL, &plain, NULL), PEREBOR_OK);
    assert_int_equal(leaks.n, 1);
    assert_string_equal(leaks.items[0].step, "shuffle: true");
    perebor_leaks_release(&leaks);
    assert_int_equal(perebor_leaks_find(&leaks, &made.dataset, NULL, &shuffled, NULL), PEREBOR_OK);
    assert_int_equal(leaks.n, 1);
    assert_string_equal(leaks.items[0].step, "");
}

/** Labels in so many runs, half of them positive. */
static void make_runs(size_t n_runs) {
    size_t row = 0;
    for (size_t run = 0; run < n_runs; run++) {
        size_t n_of_class = (n_runs + 1 - run % 2) / 2;
        size_t place = run / 2;
        size_t half = MADE_ROWS / 2;
        size_t length = half * (place + 1) / n_of_class - half * place / n_of_class;
        for (size_t i = 0; i < length; i++) {
            made.labels[row++] = run % 2;
        }
    }
    assert_int_equal(row, MADE_ROWS);
}

static void rows_are_sorted_up_to_a_third_of_the_runs_of_shuffled_ones(void **state) {
    (void)state;
    make_runs(67); // of 1 + 2 * 200 * 200 / 400 = 201
    look();
    assert_int_equal(leaks.n, 1);
    assert_int_equal(leaks.items[0].kind, PEREBOR_LEAK_ORDER);
    assert_non_null(strstr(leaks.items[0].detail, "(67 runs of one class, 201 if they were"));
    perebor_leaks_release(&leaks);
    make_runs(68);
    look();
    assert_int_equal(leaks.n, 0);
}

#define LOOKING(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        LOOKING(independent_columns_do_not_leak),
        LOOKING(a_copy_of_the_target_is_named),
        LOOKING(a_level_that_is_the_target_is_named),
        LOOKING(sorted_rows_give_away_id_and_order),
        LOOKING(rows_in_both_parts_are_counted),
        LOOKING(texts_as_identifiers_are_left_alone),
        LOOKING(strong_columns_that_agree_do_not_leak),
        LOOKING(one_strong_column_that_stands_apart_does),
        LOOKING(a_name_for_every_row_is_an_identifier_and_no_leak),
        LOOKING(levels_of_two_rows_each_tell_nothing),
        LOOKING(whole_numbers_that_count_or_name_rows_are_identifiers),
        LOOKING(measures_are_no_identifiers),
        LOOKING(gaps_of_one_class_are_named),
        LOOKING(rows_in_an_order_that_merely_goes_with_the_class_are_let_be),
        LOOKING(rows_are_sorted_up_to_a_third_of_the_runs_of_shuffled_ones),
        LOOKING(sorted_rows_need_no_remedy_where_folds_are_shuffled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
