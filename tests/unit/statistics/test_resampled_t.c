// SPDX-License-Identifier: MIT
/** Quantiles of Student's t, and means of folds with the variance of Nadeau and Bengio. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "statistics/resampled_t.h"
#include "statistics/student_t.h"
#include "statistics/tail_probability.h"

static void assert_near(double value, double wanted, double tolerance) {
    if (!(fabs(value - wanted) <= tolerance * (1.0 + fabs(wanted)))) {
        fail_msg("%.17g, should be %.17g", value, wanted);
    }
}

/** In closed form: Cauchy's distribution, and t of 2 and of 4 degrees of freedom. */
static void quantiles_of_few_degrees_have_closed_forms(void **state) {
    (void)state;
    for (double p = 0.0005; p < 1.0; p += 0.0123) {
        double a = 4.0 * p * (1.0 - p);
        double q = cos(acos(sqrt(a)) / 3.0) / sqrt(a);
        assert_near(perebor_t_quantile(p, 1.0), tan(M_PI * (p - 0.5)), 1e-12);
        assert_near(perebor_t_quantile(p, 2.0), (2.0 * p - 1.0) * sqrt(2.0 / a), 1e-12);
        assert_near(perebor_t_quantile(p, 4.0), copysign(2.0 * sqrt(q - 1.0), p - 0.5), 1e-7);
    }
}

static void quantiles_are_inverse_to_tails(void **state) {
    (void)state;
    static const double dofs[] = {0.7, 3.0, 4.0, 9.0, 49.0, 1e4};
    static const double tails[] = {1e-12, 1e-4, 0.025, 0.2, 0.4, 0.4999};
    for (size_t i = 0; i < sizeof dofs / sizeof *dofs; i++) {
        for (size_t j = 0; j < sizeof tails / sizeof *tails; j++) {
            double t = perebor_t_quantile(tails[j], dofs[i]);
            assert_true(t < 0.0);
            assert_near(perebor_t_tails(t, dofs[i]) / 2.0, tails[j], 1e-9 * tails[j]);
            assert_near(perebor_t_quantile(1.0 - tails[j], dofs[i]), -t, 1e-3);
        }
    }
}

/** By scipy.stats.t.ppf. */
static void quantiles_of_tables(void **state) {
    (void)state;
    assert_near(perebor_t_quantile(0.975, 4.0), 2.7764451051977987, 1e-10);
    assert_near(perebor_t_quantile(0.975, 9.0), 2.2621571627409915, 1e-10);
    assert_near(perebor_t_quantile(0.995, 49.0), 2.6799519736315514, 1e-10);
    assert_true(perebor_t_quantile(0.5, 3.0) == 0.0);
    assert_true(perebor_t_quantile(0.0, 3.0) == -INFINITY &&
                perebor_t_quantile(1.0, 3.0) == INFINITY);
    assert_true(isnan(perebor_t_quantile(1.1, 3.0)) && isnan(perebor_t_quantile(0.5, 0.0)));
}

static void the_variance_has_the_term_of_shared_training_rows(void **state) {
    (void)state;
    static const double scores[] = {0.91, 0.88, 0.93, 0.90, 0.89};
    double mean = 0.0, squares = 0.0;
    for (size_t i = 0; i < 5; i++) {
        mean += scores[i] / 5.0;
    }
    for (size_t i = 0; i < 5; i++) {
        squares += (scores[i] - mean) * (scores[i] - mean) / 4.0;
    }
    perebor_resampled_mean corrected = perebor_resampled_t(scores, 5, 0.25, 0.95);
    perebor_resampled_mean plain = perebor_resampled_t(scores, 5, 0.0, 0.95);
    assert_near(corrected.mean, mean, 1e-15);
    assert_near(corrected.variance, (1.0 / 5.0 + 1.0 / 4.0) * squares, 1e-14);
    assert_near(plain.variance, squares / 5.0, 1e-14);
    assert_near(corrected.high - mean, 2.7764451051977987 * sqrt(0.45 * squares), 1e-10);
    assert_near(mean - corrected.low, corrected.high - mean, 1e-13);
    assert_near(corrected.t, mean / sqrt(0.45 * squares), 1e-13);
    assert_near(corrected.p, perebor_t_tails(corrected.t, 4.0), 1e-15);
}

static void scores_that_do_not_vary_are_no_evidence(void **state) {
    (void)state;
    static const double zeros[] = {0.0, 0.0, 0.0}, ones[] = {1.0, 1.0, 1.0};
    perebor_resampled_mean none = perebor_resampled_t(zeros, 3, 0.5, 0.95);
    assert_true(none.t == 0.0 && none.p == 1.0 && none.low == 0.0 && none.high == 0.0);
    perebor_resampled_mean equal = perebor_resampled_t(ones, 3, 0.5, 0.95);
    assert_true(equal.mean == 1.0 && isnan(equal.t) && isnan(equal.p));
    perebor_resampled_mean one = perebor_resampled_t(ones, 1, 0.5, 0.95);
    assert_true(one.mean == 1.0 && isnan(one.variance) && isnan(one.low) && isnan(one.high));
}

/** The correlation is 2 (k - 1) / k^2, or 1 / (k - 1) of three folds; by scipy.stats.t. */
static void the_conservative_test_shares_pairs_of_rows(void **state) {
    (void)state;
    static const double differences[] = {.008,  .004, .003, .009, .003,
                                         -.001, .009, .002, .009, .006};
    static const struct {
        size_t n_splits;
        double dof, variance, p, low;
    } known[] = {{3, 2.0, 1.364e-05, 0.2944570396319657, -0.01069071652927787},
                 {4, 3.0, 8.68e-06, 0.1757494571669026, -0.004176072298069782},
                 {5, 4.0, 7.07529411764707e-06, 0.12226361204315478, -0.002185184341717057},
                 {10, 9.0, 3.961951219512201e-06, 0.028157177510510657, 0.0006972551707222895},
                 {20, 9.0, 3.961951219512201e-06, 0.028157177510510657, 0.0006972551707222895}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        perebor_resampled_mean mean =
            perebor_conservative_t(differences, 10, known[i].n_splits, 0.95);
        assert_near(mean.mean, 0.0052, 1e-15);
        assert_true(mean.dof == known[i].dof);
        assert_near(mean.variance, known[i].variance, 1e-17);
        assert_near(mean.p, known[i].p, 1e-9);
        assert_near(mean.low, known[i].low, 1e-9);
        assert_near(mean.high, 0.0104 - known[i].low, 1e-9);
    }
    perebor_resampled_mean two = perebor_conservative_t(differences, 10, 2, 0.95);
    assert_true(isnan(two.p) && isnan(two.low) && isnan(two.variance));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_of_few_degrees_have_closed_forms),
        cmocka_unit_test(quantiles_are_inverse_to_tails),
        cmocka_unit_test(quantiles_of_tables),
        cmocka_unit_test(the_variance_has_the_term_of_shared_training_rows),
        cmocka_unit_test(the_conservative_test_shares_pairs_of_rows),
        cmocka_unit_test(scores_that_do_not_vary_are_no_evidence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
