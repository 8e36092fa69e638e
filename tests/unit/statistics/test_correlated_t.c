// SPDX-License-Identifier: MIT
/** Two learners on the same folds: the corrected resampled t, and the probabilities of a ROPE. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "statistics/correlated_t.h"

enum { n_folds = 10 };

static const double a[n_folds] = {.861, .874, .852, .880, .869, .858, .877, .863, .871, .866};
static const double b[n_folds] = {.853, .870, .849, .871, .866, .859, .868, .861, .862, .860};

static void assert_near(double value, double wanted) {
    if (!(fabs(value - wanted) <= 2e-11)) {
        fail_msg("%.17g, should be %.17g", value, wanted);
    }
}

static perebor_resampled_mean compare(double sign) {
    double differences[n_folds];
    for (size_t fold = 0; fold < n_folds; fold++) {
        differences[fold] = sign * (a[fold] - b[fold]);
    }
    return perebor_resampled_t(differences, n_folds, 0.25, 0.95);
}

/** By scipy.stats.t: two repeats of five folds. */
static void the_corrected_t_of_a_worked_example(void **state) {
    (void)state;
    perebor_resampled_mean difference = compare(1.0);
    assert_near(difference.mean, 0.0052);
    assert_near(sqrt(difference.variance), 0.0020832666656);
    assert_near(difference.t, 2.496079875834);
    assert_near(difference.p, 0.034080332011);
    assert_true(fabs(difference.low - 0.00048732) < 1e-8);
    assert_true(fabs(difference.high - 0.00991268) < 1e-8);
}

static void a_rope_divides_the_posterior_in_three(void **state) {
    (void)state;
    perebor_resampled_mean difference = compare(1.0), turned = compare(-1.0);
    perebor_rope_shares shares = perebor_correlated_t(&difference, 0.005);
    assert_true(fabs(shares.above - 0.5371890786) < 1e-9);
    assert_true(fabs(shares.within - 0.4623848445) < 1e-9);
    assert_true(fabs(shares.below - 0.0004260769) < 1e-9);
    perebor_rope_shares back = perebor_correlated_t(&turned, 0.005);
    assert_near(back.below, shares.above);
    assert_near(back.above, shares.below);
    // Without a region the two sides are the halves of the test.
    perebor_rope_shares sides = perebor_correlated_t(&difference, 0.0);
    assert_near(sides.below, difference.p / 2.0);
    assert_near(sides.within, 0.0);
}

static void differences_that_do_not_vary_lie_where_they_are(void **state) {
    (void)state;
    static const double zeros[3] = {0.0, 0.0, 0.0}, small[3] = {-0.5, -0.5, -0.5};
    perebor_resampled_mean none = perebor_resampled_t(zeros, 3, 0.5, 0.95);
    perebor_resampled_mean equal = perebor_resampled_t(small, 3, 0.5, 0.95);
    perebor_resampled_mean one = perebor_resampled_t(zeros, 1, 0.5, 0.95);
    assert_true(perebor_correlated_t(&none, 0.01).within == 1.0);
    assert_true(perebor_correlated_t(&equal, 0.01).below == 1.0);
    assert_true(isnan(perebor_correlated_t(&one, 0.01).within));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_corrected_t_of_a_worked_example),
        cmocka_unit_test(a_rope_divides_the_posterior_in_three),
        cmocka_unit_test(differences_that_do_not_vary_lie_where_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
