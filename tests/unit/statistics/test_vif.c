// SPDX-License-Identifier: MIT
/** Variance inflation against closed forms, in any order of columns. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "golden_statistics.h"
#include "statistics/correlation.h"
#include "statistics/vif.h"

static double inflation(const golden *golden) {
    double matrix[n_numbers * n_numbers];
    double vif[n_numbers];
    for (size_t i = 0; i < n_numbers; i++) {
        for (size_t j = 0; j < n_numbers; j++) {
            matrix[i * n_numbers + j] =
                perebor_pearson(columns[first_number + i], columns[first_number + j], row_count);
        }
    }
    assert_int_equal(perebor_vif(vif, matrix, n_numbers, NULL), PEREBOR_OK);
    return vif[golden->one - first_number];
}

static void variance_inflation_is_the_inverse_diagonal(void **state) {
    (void)state;
    check("vif", inflation, 1e-11, 0);
}

static void a_combination_of_columns_inflates_without_bound(void **state) {
    (void)state;
    // x, y, x + y of independent x and y of one variance; a constant; an unrelated column.
    const double r = 0.70710678118654752440;
    const double matrix[] = {1,   0, r,   NAN, 0,   0,   1,   r, NAN, 0, r,   r, 1,
                             NAN, 0, NAN, NAN, NAN, NAN, NAN, 0, 0,   0, NAN, 1};
    double vif[5];
    assert_int_equal(perebor_vif(vif, matrix, 5, NULL), PEREBOR_OK);
    assert_true(isinf(vif[0]) && isinf(vif[1]) && isinf(vif[2]));
    assert_true(isnan(vif[3]));
    assert_true(vif[4] == 1.0);
}

static void an_indefinite_matrix_has_no_inflation(void **state) {
    (void)state;
    // a goes with b and with c, b against c: no columns have these correlations.
    const double matrix[] = {1, .9, .9, 0, .9, 1, -.9, 0, .9, -.9, 1, 0, 0, 0, 0, 1};
    double vif[4];
    assert_int_equal(perebor_vif(vif, matrix, 4, NULL), PEREBOR_OK);
    for (size_t i = 0; i < 4; i++) {
        assert_true(isnan(vif[i]));
    }
}

static void inflation_does_not_depend_on_the_order_of_columns(void **state) {
    (void)state;
    // Rows of z, x = z + noise, y = x + z exactly, and noise: y, x and z are combinations.
    enum { N = 5 };
    double matrix[N * N];
    double columns_made[N][row_count];
    for (size_t row = 0; row < row_count; row++) {
        for (size_t i = 0; i < 3; i++) {
            columns_made[i][row] = columns[first_number + i][row];
        }
        columns_made[3][row] = columns_made[0][row] + columns_made[1][row];
        columns_made[4][row] = columns[first_number + 4][row] + 0.1 * columns_made[2][row];
    }
    static const size_t orders[][N] = {{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {2, 0, 4, 1, 3}};
    double found[3][N];
    for (size_t o = 0; o < 3; o++) {
        double vif[N];
        for (size_t i = 0; i < N; i++) {
            for (size_t j = 0; j < N; j++) {
                matrix[i * N + j] = perebor_pearson(columns_made[orders[o][i]],
                                                    columns_made[orders[o][j]], row_count);
            }
        }
        assert_int_equal(perebor_vif(vif, matrix, N, NULL), PEREBOR_OK);
        for (size_t i = 0; i < N; i++) {
            found[o][orders[o][i]] = vif[i];
        }
    }
    for (size_t i = 0; i < N; i++) {
        bool combined = i == 0 || i == 1 || i == 3;
        for (size_t o = 0; o < 3; o++) {
            assert_true(combined ? isinf(found[o][i])
                                 : fabs(found[o][i] / found[0][i] - 1.0) < 1e-10);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variance_inflation_is_the_inverse_diagonal),
        cmocka_unit_test(a_combination_of_columns_inflates_without_bound),
        cmocka_unit_test(an_indefinite_matrix_has_no_inflation),
        cmocka_unit_test(inflation_does_not_depend_on_the_order_of_columns),
    };
    return cmocka_run_group_tests(tests, read_customers, NULL);
}
