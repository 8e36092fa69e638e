// SPDX-License-Identifier: MIT
/** Degrees of freedom of tables with few rows a cell, against simulated tables. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "golden_statistics.h"
#include "statistics/contingency.h"
#include "statistics/effective_dof.h"
#include "statistics/phik.h"

static double effective_dof(const golden *golden) {
    perebor_contingency table;
    assert_int_equal(perebor_contingency_count(&table, levels[golden->one], PEREBOR_PHIK_BINS,
                                               levels[golden->other], PEREBOR_PHIK_BINS, row_count,
                                               NULL),
                     PEREBOR_OK);
    double dof = perebor_effective_dof(&table);
    // The mean over many simulated tables is known to its error alone.
    double error = golden_value("effective_dof_error", golden->what);
    if (!(fabs(dof - golden->value) < 4.0 * error)) {
        fail_msg("%s: %.6f, should be %.6f +- %.6f", golden->what, dof, golden->value, error);
    }
    perebor_contingency_release(&table);
    return golden->value;
}

static double large_dof(const golden *golden) {
    double n = golden->numbers[0];
    double counts[9] = {0};
    double row_sums[] = {n / 10, n / 5, n - n / 10 - n / 5};
    double column_sums[] = {n / 50, n / 4, n - n / 50 - n / 4};
    perebor_contingency table = {.n_rows = 3,
                                 .n_columns = 3,
                                 .counts = counts,
                                 .row_sums = row_sums,
                                 .column_sums = column_sums,
                                 .total = n};
    assert_true(fabs(perebor_effective_dof(&table) - golden->value) <
                4.0 * golden_value("large_dof_error", golden->what));
    return golden->value;
}

static void degrees_of_freedom_are_those_of_simulated_tables(void **state) {
    (void)state;
    check("effective_dof", effective_dof, 0, 0);
    check("large_dof", large_dof, 0, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(degrees_of_freedom_are_those_of_simulated_tables),
    };
    return cmocka_run_group_tests(tests, read_customers, NULL);
}
