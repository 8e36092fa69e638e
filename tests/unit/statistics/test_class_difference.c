// SPDX-License-Identifier: MIT
/** Means and sums of two classes against scipy and scikit-learn. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "golden_statistics.h"
#include "statistics/class_difference.h"

static double anova_f(const golden *golden) {
    perebor_class_difference difference;
    perebor_class_difference_test(&difference, columns[golden->one], labels, row_count);
    return difference.f;
}

static double anova_p(const golden *golden) {
    perebor_class_difference difference;
    perebor_class_difference_test(&difference, columns[golden->one], labels, row_count);
    return difference.f_p;
}

static double welch_t(const golden *golden) {
    perebor_class_difference difference;
    perebor_class_difference_test(&difference, columns[golden->one], labels, row_count);
    return difference.welch_t;
}

static double welch_p(const golden *golden) {
    perebor_class_difference difference;
    perebor_class_difference_test(&difference, columns[golden->one], labels, row_count);
    return difference.welch_p;
}

static double chi2_of_sums(const golden *golden) {
    perebor_class_difference difference;
    perebor_class_difference_test(&difference, columns[golden->one], labels, row_count);
    return difference.chi2;
}

static double chi2_of_sums_p(const golden *golden) {
    perebor_class_difference difference;
    perebor_class_difference_test(&difference, columns[golden->one], labels, row_count);
    return difference.chi2_p;
}

static void class_sums_are_compared_as_scikit_learn_does(void **state) {
    (void)state;
    check("chi2_of_sums", chi2_of_sums, 1e-11, 0);
    check("chi2_of_sums_p", chi2_of_sums_p, 1e-9, 0);
    perebor_class_difference difference;
    perebor_class_difference_test(&difference, (const double[]){-1.0, 2.0, 3.0},
                                  (const uint8_t[]){0, 1, 1}, 3);
    assert_true(isnan(difference.chi2) && isnan(difference.chi2_p));
}

static void class_means_are_compared_as_scipy_does(void **state) {
    (void)state;
    check("anova_f", anova_f, 1e-11, 0);
    check("anova_p", anova_p, 1e-10, 0);
    check("welch_t", welch_t, 1e-11, 0);
    check("welch_p", welch_p, 1e-10, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(class_sums_are_compared_as_scikit_learn_does),
        cmocka_unit_test(class_means_are_compared_as_scipy_does),
    };
    return cmocka_run_group_tests(tests, read_customers, NULL);
}
