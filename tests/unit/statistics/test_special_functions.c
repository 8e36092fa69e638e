// SPDX-License-Identifier: MIT
/** Special functions and tails against scipy. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "golden_statistics.h"
#include "statistics/bivariate_normal.h"
#include "statistics/incomplete_beta.h"
#include "statistics/incomplete_gamma.h"
#include "statistics/tail_probability.h"

static double bivariate(const golden *golden) {
    return perebor_bivariate_normal(golden->numbers[0], golden->numbers[1], golden->numbers[2]);
}

static double log_gamma(const golden *golden) {
    return perebor_log_gamma(golden->numbers[0]);
}

static double digamma(const golden *golden) {
    return perebor_digamma(golden->numbers[0]);
}

static double gamma_upper(const golden *golden) {
    return perebor_gamma_upper(golden->numbers[0], golden->numbers[1]);
}

static double beta_lower(const golden *golden) {
    return perebor_beta_lower(golden->numbers[0], golden->numbers[1], golden->numbers[2]);
}

static double normal_tail(const golden *golden) {
    return perebor_normal_tail(golden->numbers[0]);
}

static double kolmogorov(const golden *golden) {
    return perebor_kolmogorov_tail(golden->numbers[0]);
}

static void special_functions_agree_with_scipy(void **state) {
    (void)state;
    check("bivariate", bivariate, 0, 1e-13);
    check("log_gamma", log_gamma, 1e-14, 1e-14);
    check("digamma", digamma, 1e-13, 1e-14);
    check("gamma_upper", gamma_upper, 1e-11, 0);
    check("beta_lower", beta_lower, 1e-11, 0);
    check("normal_tail", normal_tail, 1e-12, 0);
    check("kolmogorov", kolmogorov, 1e-12, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(special_functions_agree_with_scipy),
    };
    return cmocka_run_group_tests(tests, read_customers, NULL);
}
