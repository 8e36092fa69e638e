// SPDX-License-Identifier: MIT
/** Thresholds and gains, against passes over all rows for every threshold, and scikit-learn. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "golden_measures.h"
#include "metric/gain.h"
#include "metric/thresholds.h"

static void assert_near(double value, double wanted, double tolerance) {
    if (!(fabs(value - wanted) <= tolerance)) {
        fail_msg("%.17g, should be %.17g", value, wanted);
    }
}

enum { n_rows = 90 };

static uint8_t labels[n_rows];
static double scores[n_rows];

static void draw_rows(size_t n_steps, uint64_t *random) {
    for (size_t row = 0; row < n_rows; row++) {
        labels[row] = row < 2 ? (uint8_t)row : draw_bits(random) % 3 == 0;
        scores[row] = draw_normal(random) + labels[row];
        scores[row] =
            n_steps > 0 ? floor(scores[row] * (double)n_steps) / (double)n_steps : scores[row];
    }
}

/** What a rule wants more of. */
static double worth(perebor_threshold_rule rule, double threshold,
                    const perebor_threshold_terms *terms) {
    double tp = 0.0, fp = 0.0, fn = 0.0, tn = 0.0;
    for (size_t row = 0; row < n_rows; row++) {
        bool chosen = scores[row] >= threshold;
        tp += labels[row] && chosen;
        fp += !labels[row] && chosen;
        fn += labels[row] && !chosen;
        tn += !labels[row] && !chosen;
    }
    switch (rule) {
    case PEREBOR_THRESHOLD_YOUDEN:
        return tp / (tp + fn) + tn / (tn + fp) - 1.0;
    case PEREBOR_THRESHOLD_F1:
        return 2.0 * tp / (2.0 * tp + fp + fn);
    case PEREBOR_THRESHOLD_COST:
        return -(terms->false_positive_cost * fp + terms->false_negative_cost * fn);
    default:
        return tp + fp <= (double)terms->budget ? tp + fp : -1.0;
    }
}

static void check_rule(perebor_threshold_rule rule, const perebor_threshold *found,
                       const perebor_threshold_terms *terms) {
    double best = worth(rule, INFINITY, terms);
    double at = INFINITY;
    for (size_t row = 0; row < n_rows; row++) {
        double here = worth(rule, scores[row], terms);
        bool level = fabs(here - best) < 1e-12;
        if ((!level && here > best) || (level && scores[row] > at)) {
            best = here;
            at = scores[row];
        }
    }
    assert_true(found->threshold == at);
    perebor_threshold again = perebor_threshold_at(at, labels, scores, n_rows, terms);
    assert_memory_equal(found, &again, sizeof again);
    const double own[] = {found->youden, found->f1, -found->cost,
                          (double)(found->n_true_positive + found->n_false_positive)};
    assert_near(own[rule], best, 1e-12);
    assert_int_equal(found->n_true_positive + found->n_false_positive + found->n_true_negative +
                         found->n_false_negative,
                     n_rows);
}

static void no_threshold_is_better(void **state) {
    (void)state;
    uint64_t random = 41;
    for (size_t time = 0; time < 60; time++) {
        perebor_threshold found[PEREBOR_THRESHOLD_RULES];
        draw_rows(time % 4, &random);
        const perebor_threshold_terms terms = {(double)(time % 5), (double)(time % 7),
                                               (time * 11) % (n_rows + 20)};
        assert_int_equal(perebor_thresholds(found, labels, scores, n_rows, &terms, NULL),
                         PEREBOR_OK);
        for (int rule = 0; rule < PEREBOR_THRESHOLD_RULES; rule++) {
            check_rule((perebor_threshold_rule)rule, &found[rule], &terms);
        }
    }
}

static void costs_of_calibrated_rows_cut_at_their_ratio(void **state) {
    (void)state;
    uint64_t random = 42;
    enum { n = 20000 };
    static uint8_t y[n];
    static double p[n];
    const perebor_threshold_terms terms = {1.0, 4.0, 0};
    perebor_threshold found[PEREBOR_THRESHOLD_RULES];
    for (size_t row = 0; row < n; row++) {
        p[row] = draw_uniform(&random);
        y[row] = draw_uniform(&random) < p[row];
    }
    assert_int_equal(perebor_thresholds(found, y, p, n, &terms, NULL), PEREBOR_OK);
    perebor_threshold ratio = perebor_threshold_at(0.2, y, p, n, &terms);
    assert_near(found[PEREBOR_THRESHOLD_COST].threshold, 0.2, 0.03);
    assert_true(found[PEREBOR_THRESHOLD_COST].cost <= ratio.cost);
    assert_near(found[PEREBOR_THRESHOLD_COST].cost / ratio.cost, 1.0, 0.01);
}

static void thresholds_are_scikit_learns(void **state) {
    (void)state;
    static golden_table table;
    double wanted[golden_values];
    const perebor_threshold_terms terms = {1.0, 1.0, 10};
    perebor_threshold found[PEREBOR_THRESHOLD_RULES];
    assert_true(golden_read(&table));
    assert_int_equal(
        perebor_thresholds(found, table.labels, table.margins, golden_rows, &terms, NULL),
        PEREBOR_OK);
    assert_int_equal(golden_line("youden", 0, wanted), 2);
    assert_true(found[PEREBOR_THRESHOLD_YOUDEN].threshold == wanted[0]);
    assert_near(found[PEREBOR_THRESHOLD_YOUDEN].youden, wanted[1], 1e-14);
    assert_int_equal(golden_line("f1", 0, wanted), 4);
    assert_true(found[PEREBOR_THRESHOLD_F1].threshold == wanted[0]);
    assert_near(found[PEREBOR_THRESHOLD_F1].f1, wanted[1], 1e-14);
    assert_near(found[PEREBOR_THRESHOLD_F1].precision, wanted[2], 1e-14);
    assert_near(found[PEREBOR_THRESHOLD_F1].recall, wanted[3], 1e-14);
}

static void a_tie_is_within_the_budget_as_a_whole_or_not_at_all(void **state) {
    (void)state;
    static const uint8_t y[] = {1, 0, 1, 0, 1};
    static const double s[] = {5, 4, 4, 4, 1};
    for (size_t budget = 0; budget <= 6; budget++) {
        static const size_t wanted[] = {0, 1, 1, 1, 4, 5, 5};
        perebor_threshold found[PEREBOR_THRESHOLD_RULES];
        const perebor_threshold_terms terms = {1.0, 1.0, budget};
        assert_int_equal(perebor_thresholds(found, y, s, 5, &terms, NULL), PEREBOR_OK);
        const perebor_threshold *within = &found[PEREBOR_THRESHOLD_BUDGET];
        assert_int_equal(within->n_true_positive + within->n_false_positive, wanted[budget]);
    }
}

static void what_has_no_threshold_is_refused(void **state) {
    (void)state;
    static const uint8_t y[] = {1, 1}, both[] = {0, 1};
    static const double s[] = {5, 4};
    perebor_threshold found[PEREBOR_THRESHOLD_RULES];
    perebor_error error = {0};
    perebor_threshold_terms terms = {1.0, 1.0, 1};
    assert_int_equal(perebor_thresholds(found, y, s, 2, &terms, &error), PEREBOR_ERR_NUMERIC);
    terms.false_negative_cost = -1.0;
    assert_int_equal(perebor_thresholds(found, both, s, 2, &terms, &error), PEREBOR_ERR_ARGUMENT);
    assert_non_null(strstr(error.message, "a false negative costs -1"));
    assert_string_equal(perebor_threshold_rule_name(PEREBOR_THRESHOLD_BUDGET), "budget");
}

/** The expected number of positives of the first rows: each row counts by how surely it is there.
 */
static double expected_positives(size_t n_first) {
    double sum = 0.0;
    for (size_t row = 0; row < n_rows; row++) {
        double above = 0.0, tied = 0.0;
        for (size_t other = 0; other < n_rows; other++) {
            above += scores[other] > scores[row];
            tied += scores[other] == scores[row];
        }
        sum += labels[row] ? fmin(1.0, fmax(0.0, ((double)n_first - above) / tied)) : 0.0;
    }
    return sum;
}

static void gains_are_what_random_order_of_ties_gives(void **state) {
    (void)state;
    uint64_t random = 43;
    static const size_t sizes[] = {1, 3, 10, 64, 100};
    for (size_t time = 0; time < 20; time++) {
        draw_rows(time % 4, &random);
        size_t n_parts = sizes[time % 5], begin = 0;
        perebor_gain_part parts[100];
        double all = expected_positives(n_rows);
        assert_int_equal(perebor_gain(parts, n_parts, labels, scores, n_rows, NULL), PEREBOR_OK);
        for (size_t k = 0; k < n_parts; k++) {
            size_t end = (k + 1) * n_rows / n_parts;
            double here = expected_positives(end) - expected_positives(begin);
            assert_int_equal(parts[k].n, end - begin);
            assert_near(parts[k].n_positive, here, 1e-12);
            assert_near(parts[k].gain, expected_positives(end) / all, 1e-13);
            if (end > begin) {
                double overall = all / n_rows;
                assert_near(parts[k].lift, here / (double)(end - begin) / overall, 1e-12);
                assert_near(parts[k].cumulative_lift,
                            expected_positives(end) / (double)end / overall, 1e-12);
            } else {
                assert_true(isnan(parts[k].lift) && isnan(parts[k].lowest_score));
            }
            begin = end;
        }
        assert_true(parts[n_parts - 1].gain == 1.0);
    }
}

static void no_positives_gain_nothing(void **state) {
    (void)state;
    static const uint8_t y[] = {0, 0};
    static const double s[] = {5, 4};
    perebor_gain_part part;
    assert_int_equal(perebor_gain(&part, 1, y, s, 2, NULL), PEREBOR_ERR_NUMERIC);
    assert_int_equal(perebor_gain(&part, 0, y, s, 2, NULL), PEREBOR_ERR_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_threshold_is_better),
        cmocka_unit_test(costs_of_calibrated_rows_cut_at_their_ratio),
        cmocka_unit_test(thresholds_are_scikit_learns),
        cmocka_unit_test(a_tie_is_within_the_budget_as_a_whole_or_not_at_all),
        cmocka_unit_test(what_has_no_threshold_is_refused),
        cmocka_unit_test(gains_are_what_random_order_of_ties_gives),
        cmocka_unit_test(no_positives_gain_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
