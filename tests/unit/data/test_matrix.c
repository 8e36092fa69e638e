// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "perebor/matrix.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

static void columns_are_aligned_padded_and_zero(void **state) {
    (void)state;
    for (size_t n_rows = 0; n_rows < 20; n_rows++) {
        perebor_matrix matrix;
        perebor_error error;
        assert_int_equal(perebor_matrix_create(&matrix, n_rows, 3, &workspace, &error), PEREBOR_OK);
        assert_int_equal(matrix.stride % 8, 0);
        assert_true(matrix.stride >= n_rows);
        for (size_t column = 0; column < 3; column++) {
            assert_int_equal((uintptr_t)perebor_matrix_column(&matrix, column) % 64, 0);
            for (size_t row = 0; row < matrix.stride; row++) {
                assert_true(perebor_matrix_column(&matrix, column)[row] == 0.0);
            }
        }
    }
}

static void an_impossible_size_is_refused_and_nothing_written(void **state) {
    (void)state;
    perebor_matrix matrix = {.stride = 3};
    perebor_error error;
    assert_int_equal(perebor_matrix_create(&matrix, SIZE_MAX, 2, &workspace, &error),
                     PEREBOR_ERR_MEMORY);
    assert_int_equal(
        perebor_matrix_create(&matrix, SIZE_MAX / 64, SIZE_MAX / 64, &workspace, &error),
        PEREBOR_ERR_MEMORY);
    assert_int_equal(matrix.stride, 3);
}

/** 11 rows: two dense columns, then blocks of 3 and 1 levels; row 4 has no level in either. */
static perebor_matrix coded_matrix(void) {
    perebor_matrix matrix;
    assert_int_equal(perebor_matrix_create_coded(&matrix, 11, 2, 2, &workspace, NULL), PEREBOR_OK);
    perebor_indicators *three = perebor_matrix_add_levels(&matrix, 3);
    perebor_indicators *one = perebor_matrix_add_levels(&matrix, 1);
    for (uint32_t row = 0; row < 11; row++) {
        perebor_matrix_column(&matrix, 0)[row] = row + 0.5;
        perebor_matrix_column(&matrix, 1)[row] = -1.0 * row;
        three->codes[row] = row == 4 ? 3 : row % 3;
        one->codes[row] = row % 2 == 0 && row != 4 ? 0 : 1;
    }
    return matrix;
}

/** What coded_matrix() holds, by definition. */
static double coded_value(size_t row, size_t column) {
    switch (column) {
    case 0:
        return (double)row + 0.5;
    case 1:
        return -1.0 * (double)row;
    case 5:
        return row % 2 == 0 && row != 4 ? 1.0 : 0.0;
    default:
        return row != 4 && row % 3 == column - 2 ? 1.0 : 0.0;
    }
}

static void levels_are_read_as_columns_of_zeros_and_ones(void **state) {
    (void)state;
    perebor_matrix matrix = coded_matrix();
    perebor_matrix dense;
    assert_int_equal(matrix.n_columns, 6);
    assert_int_equal(perebor_matrix_n_dense(&matrix), 2);
    assert_int_equal(perebor_matrix_expand(&dense, &matrix, &workspace, NULL), PEREBOR_OK);
    assert_int_equal(perebor_matrix_n_dense(&dense), 6);
    for (size_t column = 0; column < 6; column++) {
        double read[16];
        perebor_matrix_read(&matrix, column, read);
        for (size_t row = 0; row < matrix.stride; row++) {
            double wanted = row < 11 ? coded_value(row, column) : 0.0;
            assert_true(read[row] == wanted);
            assert_true(perebor_matrix_column(&dense, column)[row] == wanted);
            assert_true(perebor_matrix_value(&matrix, row, column) == wanted);
        }
    }
    assert_ptr_equal(perebor_matrix_indicators(&matrix, 4), &matrix.indicators[0]);
    assert_ptr_equal(perebor_matrix_indicators(&matrix, 5), &matrix.indicators[1]);
}

static void a_matrix_without_levels_expands_to_itself(void **state) {
    (void)state;
    perebor_matrix matrix;
    perebor_matrix dense;
    assert_int_equal(perebor_matrix_create(&matrix, 9, 2, &workspace, NULL), PEREBOR_OK);
    assert_int_equal(perebor_matrix_expand(&dense, &matrix, &workspace, NULL), PEREBOR_OK);
    assert_ptr_equal(dense.values, matrix.values);
}

static void picked_rows_keep_their_values_and_levels(void **state) {
    (void)state;
    const uint32_t rows[] = {10, 4, 0, 4, 7};
    perebor_matrix matrix = coded_matrix();
    perebor_matrix picked;
    assert_int_equal(perebor_matrix_pick(&picked, &matrix, rows, 5, &workspace, NULL), PEREBOR_OK);
    assert_int_equal(picked.n_rows, 5);
    assert_int_equal(picked.n_columns, 6);
    for (size_t column = 0; column < 6; column++) {
        for (size_t row = 0; row < picked.stride; row++) {
            double wanted = row < 5 ? coded_value(rows[row], column) : 0.0;
            assert_true(perebor_matrix_value(&picked, row, column) == wanted);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_are_read_as_columns_of_zeros_and_ones),
        cmocka_unit_test(a_matrix_without_levels_expands_to_itself),
        cmocka_unit_test(picked_rows_keep_their_values_and_levels),
        cmocka_unit_test(columns_are_aligned_padded_and_zero),
        cmocka_unit_test(an_impossible_size_is_refused_and_nothing_written),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
