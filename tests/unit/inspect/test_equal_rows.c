// SPDX-License-Identifier: MIT
/**
 * The first of equal rows, against a search of all pairs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "draw.h"
#include "inspect/equal_rows.h"

enum { most_rows = 200, most_columns = 5 };

static table_cell cells[most_columns][most_rows];

static size_t find_by_search(const cell_rows *rows, size_t row) {
    for (size_t first = 0; first < row; first++) {
        size_t column = 0;
        while (column < rows->n_columns &&
               rows->columns[column][first] == rows->columns[column][row]) {
            column++;
        }
        if (column == rows->n_columns) {
            return first;
        }
    }
    return row;
}

static void check(size_t n_columns, size_t n_rows) {
    const table_cell *columns[most_columns] = {cells[0], cells[1], cells[2], cells[3], cells[4]};
    const cell_rows rows = {.columns = columns, .n_columns = n_columns, .n_rows = n_rows};
    uint32_t first[most_rows + 1];
    first[n_rows] = 12345;
    assert_int_equal(table_find_equal_rows(&rows, first, NULL), PEREBOR_OK);
    for (size_t row = 0; row < n_rows; row++) {
        assert_int_equal(first[row], find_by_search(&rows, row));
    }
    assert_int_equal(first[n_rows], 12345);
}

static void every_row_knows_the_first_that_equals_it(void **state) {
    (void)state;
    uint64_t seed = 7;
    for (int i = 0; i < 200; i++) {
        uint64_t n_values = 1 + draw_bits(&seed) % 6;
        for (size_t column = 0; column < most_columns; column++) {
            for (size_t row = 0; row < most_rows; row++) {
                cells[column][row] = draw_bits(&seed) % n_values; // gaps among them
            }
        }
        check(1 + draw_bits(&seed) % most_columns, draw_bits(&seed) % (most_rows + 1));
    }
}

static void cells_that_trade_places_make_other_rows(void **state) {
    (void)state;
    for (size_t row = 0; row < most_rows; row++) {
        cells[0][row] = row % 2 == 0 ? 3 : TABLE_DECIMAL_BIT | 3;
        cells[1][row] = row % 2 == 0 ? TABLE_DECIMAL_BIT | 3 : 3;
    }
    check(2, most_rows);
}

static void rows_without_columns_are_equal_and_no_rows_are_none(void **state) {
    (void)state;
    check(0, most_rows);
    check(3, 0);
    check(0, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_knows_the_first_that_equals_it),
        cmocka_unit_test(cells_that_trade_places_make_other_rows),
        cmocka_unit_test(rows_without_columns_are_equal_and_no_rows_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
