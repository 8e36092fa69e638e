// SPDX-License-Identifier: MIT
/** phi_k against an independent derivation, exact and by its curve. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "golden_statistics.h"
#include "statistics/contingency.h"
#include "statistics/phik.h"

static double phik_of(size_t one, size_t other) {
    perebor_contingency table;
    double phik;
    assert_int_equal(perebor_contingency_count(&table, levels[one], PEREBOR_PHIK_BINS,
                                               levels[other], PEREBOR_PHIK_BINS, row_count, NULL),
                     PEREBOR_OK);
    assert_int_equal(perebor_phik(&phik, &table, true, NULL), PEREBOR_OK);
    perebor_contingency_release(&table);
    return phik;
}

static double phik_target(const golden *golden) {
    return phik_of(golden->one, target_column);
}

static double phik_pair(const golden *golden) {
    double phik = phik_of(golden->one, golden->other);
    assert_true(fabs(phik - phik_of(golden->other, golden->one)) < 1e-8);
    return phik;
}

static void phik_agrees_with_its_derivation_to_eight_digits(void **state) {
    (void)state;
    check("phik_target", phik_target, 0, 2e-8);
    check("phik_pair", phik_pair, 0, 2e-8);
}

static void phik_by_its_curve_is_phik(void **state) {
    (void)state;
    perebor_phik_curves curves = {0};
    for (size_t i = 0; i < first_number + n_numbers; i++) {
        for (size_t j = 0; j < i; j++) {
            perebor_contingency table;
            double direct;
            double by_curve;
            assert_int_equal(
                perebor_contingency_count(&table, levels[i], 16, levels[j], 16, row_count, NULL),
                PEREBOR_OK);
            assert_int_equal(perebor_phik(&direct, &table, true, NULL), PEREBOR_OK);
            assert_int_equal(perebor_phik_by_curve(&by_curve, &table, &curves, NULL), PEREBOR_OK);
            assert_true(fabs(direct - by_curve) < 2e-9);
            perebor_contingency_release(&table);
        }
    }
    perebor_phik_curves_release(&curves);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phik_agrees_with_its_derivation_to_eight_digits),
        cmocka_unit_test(phik_by_its_curve_is_phik),
    };
    return cmocka_run_group_tests(tests, read_customers, NULL);
}
