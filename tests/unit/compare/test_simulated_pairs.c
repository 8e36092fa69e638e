// SPDX-License-Identifier: MIT
/**
 * What does not differ is told apart no more often than is said. The seeds are fixed: a failure is
 * no accident of the draw. tests/bench/honest does the same at length.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "simulated_pairs.h"

static void assert_within(const char *what, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
        fail_msg("%s is %g, should lie between %g and %g", what, value, low, high);
    }
}

/** Four standard deviations of a share of .05 of 400 are .044. */
static void equal_learners_are_not_told_apart(void **state) {
    (void)state;
    const learners_setting setting = {LEARNER_MEANS, 100, 5, 0, 5, 2, 0.3};
    learners_rates rates = simulate_equal_learners(&setting, 400, 11);
    assert_within("rejections of the corrected t", rates.usual, 0.0, 0.08);
    assert_within("rejections of verdicts", rates.rejected, 0.0, 0.05);
    assert_within("verdicts of the ROPE", rates.rope, 0.0, rates.rejected);
    assert_within("half the interval", rates.width, 0.02, 0.3);
}

/** Where training rows decide much, the usual test is too bold, and that of verdicts is not. */
static void equal_unstable_learners_are_not_told_apart(void **state) {
    (void)state;
    const learners_setting means = {LEARNER_MEANS, 100, 20, 0, 5, 4, 0.05};
    learners_rates rates = simulate_equal_learners(&means, 300, 18);
    assert_within("rejections of the corrected t", rates.usual, 0.06, 0.2);
    assert_within("rejections of verdicts", rates.rejected, 0.0, 0.05);
    const learners_setting column = {LEARNER_ONE_COLUMN, 100, 10, 0, 10, 3, 0.3};
    rates = simulate_equal_learners(&column, 300, 19);
    assert_within("rejections of the corrected t", rates.usual, 0.06, 0.3);
    assert_within("rejections of verdicts", rates.rejected, 0.0, 0.05);
    const learners_setting nearest = {LEARNER_NEAREST, 60, 5, 1, 5, 2, 0.2};
    rates = simulate_equal_learners(&nearest, 100, 20);
    assert_within("rejections of verdicts", rates.rejected, 0.0, 0.05);
}

static void equal_searches_are_not_told_apart(void **state) {
    (void)state;
    const searches_setting setting = {{10, 10}, 200, 5, 0.8, 0.5};
    searches_rates rates = simulate_equal_searches(&setting, 400, 12);
    assert_within("first called better", rates.better[0], 0.0, 0.025);
    assert_within("second called better", rates.better[1], 0.0, 0.025);
}

static void the_larger_of_equal_searches_has_no_advantage(void **state) {
    (void)state;
    const searches_setting setting = {{1, 100}, 200, 10, 0.8, 0.0};
    searches_rates rates = simulate_equal_searches(&setting, 150, 13);
    assert_within("first called better", rates.better[0], 0.0, 0.025);
    assert_within("second called better, as if as lucky", rates.uncorrected[1], 0.03, 0.5);
    assert_within("second called better", rates.better[1], 0.0, 0.025);
}

static void equal_draws_are_not_told_apart(void **state) {
    (void)state;
    assert_within("of many values", simulate_equal_draws(30, 60, 0, 1000, 14).rejected, 0.02,
                  0.065);
    assert_within("with ties", simulate_equal_draws(100, 100, 5, 1000, 15).rejected, 0.02, 0.065);
    assert_within("of few trials", simulate_equal_draws(10, 100, 0, 1000, 21).rejected, 0.01, 0.06);
}

/** Also of the best of all trials, where no interval of a normal distribution holds. */
static void equal_budgets_are_not_told_apart(void **state) {
    (void)state;
    static const size_t n_trials[2] = {30, 60};
    static const double few[2] = {4.0, 4.0}, all[2] = {30.0, 30.0};
    assert_within("best of few", simulate_equal_budgets(n_trials, few, 500, 16), 0.01, 0.09);
    assert_within("best of all", simulate_equal_budgets(n_trials, all, 500, 17), 0.01, 0.09);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_learners_are_not_told_apart),
        cmocka_unit_test(equal_unstable_learners_are_not_told_apart),
        cmocka_unit_test(equal_searches_are_not_told_apart),
        cmocka_unit_test(the_larger_of_equal_searches_has_no_advantage),
        cmocka_unit_test(equal_draws_are_not_told_apart),
        cmocka_unit_test(equal_budgets_are_not_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
