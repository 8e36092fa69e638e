// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "perebor/matrix.h"

/** Of every test here. */
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
    perebor_matrix matrix = {NULL, 1, 2, 3};
    perebor_error error;
    assert_int_equal(perebor_matrix_create(&matrix, SIZE_MAX, 2, &workspace, &error),
                     PEREBOR_ERR_MEMORY);
    assert_int_equal(
        perebor_matrix_create(&matrix, SIZE_MAX / 64, SIZE_MAX / 64, &workspace, &error),
        PEREBOR_ERR_MEMORY);
    assert_int_equal(matrix.stride, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_aligned_padded_and_zero),
        cmocka_unit_test(an_impossible_size_is_refused_and_nothing_written),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
