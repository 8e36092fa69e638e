// SPDX-License-Identifier: MIT
/** DeLong's variance against its definition by all pairs, and against published form in numpy. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "draw.h"
#include "metric/delong.h"
#include "metric/roc_auc.h"
#include "statistics/tail_probability.h"

static void assert_near(double value, double wanted, double tolerance) {
    if (!(fabs(value - wanted) <= tolerance)) {
        fail_msg("%.17g, should be %.17g", value, wanted);
    }
}

enum { max_rows = 150 };

static double psi(double positive, double negative) {
    return positive > negative ? 1.0 : positive == negative ? 0.5 : 0.0;
}

/** The mean of psi of one row with the rows of the other class. */
static double placement(const uint8_t *labels, const double *scores, size_t n, size_t row) {
    double sum = 0.0, others = 0.0;
    for (size_t other = 0; other < n; other++) {
        if (labels[other] != labels[row]) {
            sum += labels[row] ? psi(scores[row], scores[other]) : psi(scores[other], scores[row]);
            others += 1.0;
        }
    }
    return sum / others;
}

/** Straight from the paper: the sample covariance of placements, class by class. */
static double covariance(const uint8_t *labels, const double *a, const double *b, size_t n) {
    double total = 0.0;
    for (uint8_t label = 0; label < 2; label++) {
        double count = 0.0, mean_a = 0.0, mean_b = 0.0, sum = 0.0;
        for (size_t row = 0; row < n; row++) {
            if (labels[row] == label) {
                count += 1.0;
                mean_a += placement(labels, a, n, row);
                mean_b += placement(labels, b, n, row);
            }
        }
        for (size_t row = 0; row < n; row++) {
            if (labels[row] == label) {
                sum += (placement(labels, a, n, row) - mean_a / count) *
                       (placement(labels, b, n, row) - mean_b / count);
            }
        }
        total += sum / (count - 1.0) / count;
    }
    return total;
}

static void draw_rows(uint8_t *labels, double *scores[2], size_t n, size_t n_steps,
                      uint64_t *random) {
    for (size_t row = 0; row < n; row++) {
        labels[row] = row < 4 ? (uint8_t)(row % 2) : draw_bits(random) % 3 == 0;
        double both = draw_normal(random) + 0.7 * labels[row];
        for (size_t i = 0; i < 2; i++) {
            double score = both + draw_normal(random);
            scores[i][row] = n_steps > 0 ? floor(score * (double)n_steps) : score;
        }
    }
}

static void covariances_are_those_of_the_definition(void **state) {
    (void)state;
    uint64_t random = 21;
    uint8_t labels[max_rows];
    double first[max_rows], second[max_rows];
    double *scores[2] = {first, second};
    perebor_workspace workspace = {0};
    for (size_t n = 4; n <= max_rows; n += n < 20 ? 1 : 13) {
        for (size_t n_steps = 0; n_steps <= 2; n_steps++) {
            perebor_auc_comparison c;
            perebor_auc_interval one;
            draw_rows(labels, scores, n, n_steps, &random);
            assert_int_equal(
                perebor_delong_compare(&c, labels, (const double *const *)scores, n, 0.95, NULL),
                PEREBOR_OK);
            assert_int_equal(perebor_delong(&one, labels, first, n, 0.95, NULL), PEREBOR_OK);
            for (size_t i = 0; i < 2; i++) {
                assert_true(c.auc[i] == perebor_roc_auc(labels, scores[i], n, &workspace));
                for (size_t j = 0; j < 2; j++) {
                    assert_near(c.covariance[i][j], covariance(labels, scores[i], scores[j], n),
                                1e-15);
                }
            }
            assert_true(one.auc == c.auc[0] && one.variance == c.covariance[0][0]);
        }
    }
    perebor_workspace_release(&workspace);
}

/** Figures from a computation in numpy by the formulas of the paper. */
static void an_example_has_the_figures_known_of_it(void **state) {
    (void)state;
    static const uint8_t labels[] = {1, 1, 1, 1, 0, 0, 0, 0, 0, 1};
    static const double first[] = {.9, .8, .4, .6, .5, .3, .2, .4, .1, .7};
    static const double second[] = {.7, .9, .5, .3, .6, .2, .3, .4, .1, .8};
    const double *const scores[] = {first, second};
    perebor_auc_comparison c;
    perebor_auc_interval interval;
    assert_int_equal(perebor_delong_compare(&c, labels, scores, 10, 0.95, NULL), PEREBOR_OK);
    assert_int_equal(perebor_delong(&interval, labels, first, 10, 0.95, NULL), PEREBOR_OK);
    assert_near(c.auc[0], .94, 1e-15);
    assert_near(c.auc[1], .86, 1e-15);
    assert_near(c.covariance[0][0], .0052, 1e-15);
    assert_near(c.covariance[0][1], .0038, 1e-15);
    assert_near(c.covariance[1][1], .0152, 1e-15);
    assert_near(c.z, .7071067812, 1e-10);
    assert_near(c.p, .4795001222, 1e-10);
    assert_near(interval.low, .5610920757, 1e-10);
    assert_near(interval.high, .9948185492, 1e-10);
    assert_near(c.high - c.difference, 1.959963984540054 * sqrt(.0128), 1e-14);
    assert_near(c.low + c.high, 2.0 * c.difference, 1e-15);
    // By scipy.stats.t with the degrees of freedom of scipy.stats.brunnermunzel.
    perebor_few_rows few = perebor_auc_difference_of_few(&c, 0.95);
    assert_near(c.dof, 4.9678593086719225, 1e-12);
    assert_near(few.p, 0.5112788999631346, 1e-9);
    assert_near(few.low, -0.21139498392107542, 1e-9);
    assert_near(few.high, 0.37139498392107556, 1e-9);
    perebor_few_rows one = perebor_auc_of_few(&interval, 0.95);
    assert_near(interval.dof, 6.969072164948452, 1e-12);
    assert_near(one.p, 0.06857835570036679, 1e-9);
    assert_near(one.low, 0.4318000337749757, 1e-9);
    assert_near(one.high, 0.9969133621383537, 1e-9);
    double brunner_munzel = (interval.auc - .5) / sqrt(interval.variance);
    assert_near(brunner_munzel, 6.101702158477521, 1e-12);
    assert_near(perebor_t_tails(brunner_munzel, interval.dof), 0.0004987846014914421, 1e-12);
}

/** What has no variance, or none that can be told from rounding, is as DeLong's test leaves it. */
static void few_rows_prove_nothing_without_a_variance(void **state) {
    (void)state;
    static const uint8_t labels[] = {0, 0, 1, 1, 0, 1};
    static const double apart[] = {1., 2., 3., 4., 0., 5.}, mixed[] = {1., 4., 3., 2., 5., 6.};
    const double *const same[] = {mixed, mixed}, *const unlike[] = {apart, mixed};
    perebor_auc_interval interval;
    perebor_auc_comparison c;
    assert_int_equal(perebor_delong(&interval, labels, apart, 6, 0.95, NULL), PEREBOR_OK);
    perebor_few_rows few = perebor_auc_of_few(&interval, 0.95);
    assert_true(isnan(interval.dof) && isnan(few.low) && isnan(few.high) && isnan(few.p));
    assert_int_equal(perebor_delong_compare(&c, labels, same, 6, 0.95, NULL), PEREBOR_OK);
    few = perebor_auc_difference_of_few(&c, 0.95);
    assert_true(few.p == 1.0 && few.low == 0.0 && few.high == 0.0);
    assert_int_equal(perebor_delong_compare(&c, labels, unlike, 6, 0.95, NULL), PEREBOR_OK);
    few = perebor_auc_difference_of_few(&c, 0.95);
    assert_true(few.p > c.p && few.low < c.low && few.high > c.high);
    assert_int_equal(perebor_delong(&interval, labels + 1, apart + 1, 2, 0.95, NULL), PEREBOR_OK);
    assert_true(isnan(perebor_auc_of_few(&interval, 0.95).p));
}

static void the_ends_are_said_to_have_no_interval(void **state) {
    (void)state;
    static const uint8_t labels[] = {0, 0, 1, 1, 1};
    static const double best[] = {1, 2, 3, 4, 5};
    static const double tied[] = {0, 0, 0, 0, 0};
    perebor_auc_interval interval;
    assert_int_equal(perebor_delong(&interval, labels, best, 5, 0.95, NULL), PEREBOR_OK);
    assert_true(interval.auc == 1.0 && interval.variance == 0.0);
    assert_true(isnan(interval.low) && isnan(interval.high));
    assert_int_equal(perebor_delong(&interval, labels, tied, 5, 0.95, NULL), PEREBOR_OK);
    assert_true(interval.auc == 0.5 && interval.low == 0.5 && interval.high == 0.5);
    assert_int_equal(perebor_delong(&interval, labels + 1, best, 2, 0.95, NULL), PEREBOR_OK);
    assert_true(interval.auc == 1.0 && isnan(interval.variance) && isnan(interval.low));
}

static void equal_scores_do_not_differ(void **state) {
    (void)state;
    static const uint8_t labels[] = {0, 1, 0, 1, 1, 0, 1};
    static const double scores[] = {1, 2, 3, 2.5, 5, 0, 7};
    double scaled[7];
    for (size_t i = 0; i < 7; i++) {
        scaled[i] = exp(scores[i]);
    }
    perebor_auc_comparison c;
    assert_int_equal(
        perebor_delong_compare(&c, labels, (const double *const[]){scores, scaled}, 7, 0.95, NULL),
        PEREBOR_OK);
    assert_true(c.z == 0.0 && c.p == 1.0 && c.low == 0.0 && c.high == 0.0);
}

static void one_class_is_refused(void **state) {
    (void)state;
    static const uint8_t labels[] = {1, 1, 1};
    static const double scores[] = {1, 2, 3};
    perebor_auc_interval interval;
    perebor_error error = {0};
    assert_int_equal(perebor_delong(&interval, labels, scores, 3, 0.95, &error),
                     PEREBOR_ERR_NUMERIC);
    assert_string_equal(error.message,
                        "an AUC takes rows of both classes, and there are 0 negative and 3 "
                        "positive ones");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(covariances_are_those_of_the_definition),
        cmocka_unit_test(an_example_has_the_figures_known_of_it),
        cmocka_unit_test(few_rows_prove_nothing_without_a_variance),
        cmocka_unit_test(the_ends_are_said_to_have_no_interval),
        cmocka_unit_test(equal_scores_do_not_differ),
        cmocka_unit_test(one_class_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
