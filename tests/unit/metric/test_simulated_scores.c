// SPDX-License-Identifier: MIT
/**
 * Intervals hold the truth as often as they say, and a corrected score has no luck in it: on scores
 * whose truth is known. The seeds are fixed: a failure is no accident of the draw.
 * tests/bench/honest does the same at length.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "simulated_ensembles.h"
#include "simulated_scores.h"

static void assert_within(const char *what, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
        fail_msg("%s is %g, should lie between %g and %g", what, value, low, high);
    }
}

/** Four standard deviations of a share of .95 of 2000 are .02. */
static void delong_covers_the_true_area(void **state) {
    (void)state;
    static const double areas[] = {0.5, 0.75, 0.9};
    for (size_t i = 0; i < 3; i++) {
        const delong_setting setting = {100, 160, areas[i], 0.5};
        delong_rates rates = simulate_delong(&setting, 2000, 50 + i);
        assert_within("coverage", rates.coverage, 0.93, 0.97);
        assert_within("rate of false alarms", rates.rejected, 0.03, 0.07);
    }
}

static void folds_are_covered_with_the_correction_and_not_without(void **state) {
    (void)state;
    const folds_setting setting = {200, 10, 5, 6, 0.2};
    folds_rates rates = simulate_folds(&setting, 120, 60);
    assert_within("mean", rates.mean - rates.truth, -0.012, 0.012);
    assert_within("corrected coverage", rates.corrected, 0.90, 1.0);
    assert_within("plain coverage", rates.naive, 0.0, 0.75);
}

static void a_search_of_nothing_is_corrected_to_one_half(void **state) {
    (void)state;
    const search_setting setting = {100, 300, 5, 100, 0.4, 0.5, 0.5, 0.0};
    search_rates rates = simulate_search(&setting, 40, 70);
    assert_within("naive score", rates.naive, 0.57, 0.62); // best of 100, sd .034
    assert_within("naive coverage", rates.naive_covered, 0.0, 0.3);
    // sd of the mean over 40 searches: about .012 / sqrt(40)
    assert_within("corrected score", rates.corrected, 0.492, 0.508);
    assert_within("corrected coverage", rates.covered, 0.85, 1.0); // three sd of 40
}

static void a_search_that_finds_something_is_corrected_to_what_that_is_worth(void **state) {
    (void)state;
    const search_setting setting = {100, 600, 5, 100, 0.4, 0.8, 0.92, 0.8};
    search_rates rates = simulate_search(&setting, 40, 80);
    assert_within("naive bias", rates.naive - rates.truth, 0.002, 0.02);
    assert_within("corrected bias", rates.corrected - rates.truth, -0.006, 0.004);
    assert_within("corrected coverage", rates.covered, 0.85, 1.0); // three sd of 40
}

static void an_ensemble_of_nothing_is_corrected_to_one_half(void **state) {
    (void)state;
    const ensemble_setting setting = {{20, 200, 5, 20, 0.4, 0.5, 0.5, 0.0}, 20, 10};
    ensemble_rates rates = simulate_ensembles(&setting, 40, 90);
    assert_within("true score", rates.truth, 0.5, 0.5);
    assert_within("naive score", rates.naive, 0.6, 0.75); // more than the best of 20
    assert_within("naive coverage", rates.naive_covered, 0.0, 0.3);
    assert_within("corrected score", rates.corrected, 0.485, 0.515);
    assert_within("corrected coverage", rates.covered, 0.85, 1.0); // three sd of 40
}

static void an_ensemble_that_gains_is_corrected_to_what_that_is_worth(void **state) {
    (void)state;
    const ensemble_setting setting = {{20, 300, 5, 20, 0.4, 0.8, 0.9, 0.8}, 20, 10};
    ensemble_rates rates = simulate_ensembles(&setting, 40, 100);
    assert_within("true gain", rates.truth - rates.single_truth, 0.005, 0.05);
    assert_within("naive bias", rates.naive - rates.truth, 0.003, 0.03);
    assert_within("corrected bias", rates.corrected - rates.truth, -0.012, 0.006);
    assert_within("corrected coverage", rates.covered, 0.85, 1.0); // three sd of 40
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delong_covers_the_true_area),
        cmocka_unit_test(folds_are_covered_with_the_correction_and_not_without),
        cmocka_unit_test(a_search_of_nothing_is_corrected_to_one_half),
        cmocka_unit_test(a_search_that_finds_something_is_corrected_to_what_that_is_worth),
        cmocka_unit_test(an_ensemble_of_nothing_is_corrected_to_one_half),
        cmocka_unit_test(an_ensemble_that_gains_is_corrected_to_what_that_is_worth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
