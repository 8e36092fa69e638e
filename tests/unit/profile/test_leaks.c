// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "made_columns.h"
#include "perebor/leaks.h"

static struct made made;
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
    if (perebor_leaks_find(&leaks, &made.dataset, &split, &error) != PEREBOR_OK) {
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
        NAN; // missing values are equal
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

#define LOOKING(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        LOOKING(independent_columns_do_not_leak),     LOOKING(a_copy_of_the_target_is_named),
        LOOKING(a_level_that_is_the_target_is_named), LOOKING(sorted_rows_give_away_id_and_order),
        LOOKING(rows_in_both_parts_are_counted),      LOOKING(texts_as_identifiers_are_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
