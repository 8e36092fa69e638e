// SPDX-License-Identifier: MIT
/** Tables of counts: phi_k, its significance and Cramer's V at their edges. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "golden_statistics.h"
#include "statistics/contingency.h"
#include "statistics/nearest_information.h"
#include "statistics/phik.h"
#include "statistics/tail_probability.h"

/** The levels of a table given as counts. */
static perebor_contingency table_of(const double *counts, size_t n_rows, size_t n_columns) {
    uint32_t first[200];
    uint32_t second[200];
    size_t n = 0;
    for (size_t cell = 0; cell < n_rows * n_columns; cell++) {
        for (double i = 0; i < counts[cell]; i++) {
            first[n] = (uint32_t)(cell / n_columns);
            second[n++] = (uint32_t)(cell % n_columns);
        }
    }
    // A missing value and a level that does not occur change nothing.
    first[n] = PEREBOR_NO_LEVEL;
    second[n++] = 0;
    perebor_contingency table;
    assert_int_equal(
        perebor_contingency_count(&table, first, n_rows + 2, second, n_columns + 1, n, NULL),
        PEREBOR_OK);
    assert_int_equal(table.n_rows, n_rows);
    assert_int_equal(table.n_columns, n_columns);
    return table;
}

static void a_table_of_counts_gives_the_known_figures(void **state) {
    (void)state;
    const double counts[] = {25, 5, 10, 8, 30, 12};
    perebor_contingency table = table_of(counts, 2, 3);
    double phik;
    assert_int_equal(perebor_phik(&phik, &table, true, NULL), PEREBOR_OK);
    assert_true(fabs(phik - golden_value("table", "phik")) < 1e-8);
    assert_true(fabs(phik - 0.32524) < 1e-5);
    assert_int_equal(perebor_phik(&phik, &table, false, NULL), PEREBOR_OK);
    assert_true(fabs(phik - golden_value("table", "phik_no_noise")) < 1e-8);
    double chi2 = perebor_chi_squared(&table, true);
    assert_true(fabs(chi2 - golden_value("table", "chi2")) < 1e-12);
    assert_true(fabs(perebor_g_statistic(&table, true) - golden_value("table", "g")) < 1e-12);
    double p = perebor_chi_squared_tail(chi2, perebor_contingency_dof(&table));
    assert_true(fabs(p / golden_value("table", "chi2_p") - 1.0) < 1e-12);
    assert_true(fabs(perebor_cramers_v(&table) - golden_value("table", "cramers_v")) < 1e-14);
    assert_true(fabs(perebor_cramers_v_corrected(&table) -
                     golden_value("table", "cramers_v_corrected")) < 1e-14);
    perebor_contingency_release(&table);
}

static void a_two_by_two_table_is_corrected_as_yates_has_it(void **state) {
    (void)state;
    const double counts[] = {12, 5, 6, 14};
    perebor_contingency table = table_of(counts, 2, 2);
    assert_true(fabs(perebor_chi_squared(&table, true) - golden_value("two_by_two", "chi2")) <
                1e-13);
    assert_true(fabs(perebor_g_statistic(&table, true) - golden_value("two_by_two", "g")) < 1e-13);
    assert_true(perebor_chi_squared(&table, false) > perebor_chi_squared(&table, true) + 1.0);
    perebor_contingency_release(&table);
}

static void a_column_of_one_level_has_no_coefficient(void **state) {
    (void)state;
    const double counts[] = {5, 7, 9};
    perebor_contingency table = table_of(counts, 1, 3);
    double phik = 0;
    assert_int_equal(perebor_phik(&phik, &table, true, NULL), PEREBOR_OK);
    assert_true(isnan(phik));
    assert_true(isnan(perebor_cramers_v(&table)));
    assert_true(isnan(perebor_association_z(&table)));
    perebor_contingency_release(&table);
}

static void a_perfect_dependence_is_one_and_independence_is_zero(void **state) {
    (void)state;
    const double same[] = {30, 0, 0, 0, 30, 0, 0, 0, 30};
    const double independent[] = {10, 20, 10, 20, 10, 20};
    double phik;
    perebor_contingency table = table_of(same, 3, 3);
    assert_int_equal(perebor_phik(&phik, &table, true, NULL), PEREBOR_OK);
    assert_true(phik == 1.0);
    assert_true(fabs(perebor_mutual_information(&table) - 1.09861228866810969) < 1e-14);
    perebor_contingency_release(&table);
    table = table_of(independent, 3, 2);
    assert_int_equal(perebor_phik(&phik, &table, true, NULL), PEREBOR_OK);
    assert_true(phik == 0.0);
    perebor_contingency_release(&table);
}

static void significance_stays_finite_where_probabilities_vanish(void **state) {
    (void)state;
    uint32_t *level = calloc(4000, sizeof *level);
    assert_non_null(level);
    double last = 0.0;
    for (size_t n = 500; n <= 4000; n += 500) {
        for (size_t i = 0; i < n; i++) {
            level[i] = (uint32_t)(i % 2);
        }
        perebor_contingency table;
        assert_int_equal(perebor_contingency_count(&table, level, 2, level, 2, n, NULL),
                         PEREBOR_OK);
        double z = perebor_association_z(&table);
        assert_true(isfinite(z) && z > last);
        last = z;
        perebor_contingency_release(&table);
    }
    // One degree of freedom: Z is about the root of G, which is 2 n ln 2 but for Yates' half.
    assert_true(fabs(last - 74.4) < 0.5);
    free(level);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_of_counts_gives_the_known_figures),
        cmocka_unit_test(a_two_by_two_table_is_corrected_as_yates_has_it),
        cmocka_unit_test(a_column_of_one_level_has_no_coefficient),
        cmocka_unit_test(a_perfect_dependence_is_one_and_independence_is_zero),
        cmocka_unit_test(significance_stays_finite_where_probabilities_vanish),
    };
    return cmocka_run_group_tests(tests, read_customers, NULL);
}
