// SPDX-License-Identifier: MIT
/** Comparisons of result files whose scores are known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "compare/comparison.h"
#include "compared_files.h"
#include "scratch.h"

static char folder[SCRATCH_SIZE];
static const char *const files[] = {"a.h5", "b.h5", "c.h5"};
static const comparison_options usual = {.rope = 0.005};

static int enter(void **state) {
    (void)state;
    return scratch_create(folder) == NULL || chdir(folder) != 0;
}

static int leave(void **state) {
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        (void)unlink(files[i]);
    }
    return chdir("/") != 0 || rmdir(folder) != 0;
}

/** Trials of one search each: seeds that differ. */
static perebor_result *result_of(size_t which, size_t n) {
    perebor_result *result = compared_result_create(compared_folds[which], n);
    result->seed = 100 + which;
    return result;
}

static comparison compare(size_t n, const comparison_options *options) {
    comparison made = {0};
    perebor_error error = {0};
    if (comparison_make(&made, files, n, options, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return made;
}

static void assert_near(double value, double wanted, double tolerance) {
    if (!(fabs(value - wanted) <= tolerance)) {
        fail_msg("%.12g, should be %.12g", value, wanted);
    }
}

/** The worked example of the corrected t, through files: B - A. */
static void best_trials_are_tested_on_the_same_folds(void **state) {
    (void)state;
    compared_result_write(result_of(0, 4), "a.h5");
    compared_result_write(result_of(1, 4), "b.h5");
    comparison made = compare(2, &usual);
    const comparison_pair *pair = &made.pairs[0];
    assert_true(pair->folds.is_tested && !pair->test.is_tested && pair->proof == &pair->folds);
    assert_near(pair->folds.difference, 0.0052, 1e-12);
    assert_near(pair->folds.usual.p, 0.034080332011, 1e-11);
    assert_near(pair->folds.usual.low, 0.00048732, 1e-8);
    // By scipy.stats.t: perebor_conservative_t() of 5 folds twice.
    assert_near(pair->folds.p, 0.12226361204315478, 1e-9);
    assert_near(pair->folds.p_adjusted, pair->folds.p, 0.0);
    assert_near(pair->folds.low, -0.002185184341717057, 1e-9);
    assert_near(pair->folds.rope.above, 0.5281629378337048, 1e-9);
    assert_int_equal(pair->folds.better, 0);
    assert_string_equal(pair->verdict.in[0],
                        "~ B and A are not told apart on the same 10 folds: roc_auc 0.8671 "
                        "against 0.8619, +0.0052 ± 0.0074, p 0.12");
    assert_string_equal(pair->test.why_not.in[0],
                        "A has no scores of its test part: 'perebor refit a.h5' adds them");
    comparison_release(&made);
}

/** The worked example of DeLong, through files; the test part goes before the folds. */
static void models_are_tested_on_the_same_test_rows(void **state) {
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        perebor_result *result = result_of(i, 4);
        compared_result_refit(result, compared_scores[i]);
        compared_result_write(result, files[i]);
    }
    comparison made = compare(2, &usual);
    const comparison_pair *pair = &made.pairs[0];
    assert_true(pair->test.is_tested && pair->proof == &pair->test);
    assert_near(pair->test.a, 0.86, 1e-15);
    assert_near(pair->test.b, 0.94, 1e-15);
    assert_near(pair->test.usual.p, 0.4795001222, 1e-9);
    assert_near(pair->test.p, 0.5112788999631346, 1e-9);
    assert_int_equal(pair->test.better, 0);
    assert_true(strncmp(pair->verdict.in[0], "~ B and A are not told apart on the 10 rows", 43) ==
                0);
    comparison_release(&made);
}

/** Every kind of disagreement leaves out what it must, and no more. */
static void what_differs_leaves_tests_out(void **state) {
    (void)state;
    static const struct {
        const char *what;
        bool folds, test;
    } cases[] = {{"nothing", true, true}, {"label", false, false}, {"fold", false, true},
                 {"part", true, false},   {"columns", true, true}, {"space", true, true},
                 {"stale", true, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t labels[20], part[20];
        int32_t test_fold[40];
        perebor_result *a = result_of(0, 4), *b = result_of(1, 4);
        memcpy(labels, b->labels, sizeof labels);
        memcpy(part, b->part, sizeof part);
        memcpy(test_fold, b->test_fold, sizeof test_fold);
        labels[0] ^= strcmp(cases[i].what, "label") == 0;
        test_fold[3] = strcmp(cases[i].what, "fold") == 0 ? 4 : test_fold[3];
        part[19] = strcmp(cases[i].what, "part") == 0 ? 0 : 1;
        b->labels = labels;
        b->part = part;
        b->test_fold = test_fold;
        b->data_fingerprint[0] ^= strcmp(cases[i].what, "columns") == 0;
        b->space_json = strcmp(cases[i].what, "space") == 0 ? "{\"other\":{}}" : b->space_json;
        compared_result_refit(a, compared_scores[0]);
        compared_result_refit(b, compared_scores[1]);
        b->seed += strcmp(cases[i].what, "stale") == 0; // another search than the model's
        compared_result_write(a, "a.h5");
        compared_result_write(b, "b.h5");
        comparison made = compare(2, &usual);
        const comparison_pair *pair = &made.pairs[0];
        if (pair->folds.is_tested != cases[i].folds || pair->test.is_tested != cases[i].test) {
            fail_msg("%s: folds %d, test part %d", cases[i].what, pair->folds.is_tested,
                     pair->test.is_tested);
        }
        assert_true(pair->folds.is_tested == (pair->folds.why_not.in[0] == NULL));
        assert_true(pair->test.is_tested == (pair->test.why_not.in[0] == NULL));
        comparison_release(&made);
    }
}

static void budgets_are_of_trials_and_of_seconds(void **state) {
    (void)state;
    perebor_result *dear = result_of(1, 20);
    for (size_t trial = 0; trial < 20; trial++) {
        dear->trials->duration[trial] = 4.0;
    }
    compared_result_write(result_of(0, 20), "a.h5");
    compared_result_write(dear, "b.h5");
    comparison made = compare(2, &usual);
    const comparison_budgets *trials = &made.pairs[0].by_trials;
    const comparison_budgets *seconds = &made.pairs[0].by_seconds;
    assert_int_equal(trials->n, 4); // 1, 4, 16, 20
    assert_near(trials->items[3].budget, 20.0, 0.0);
    assert_near(trials->items[0].b.mean - trials->items[0].a.mean, 0.0052, 1e-12);
    assert_true(trials->items[3].p > 0.05 && !trials->items[3].proved);
    assert_int_equal(seconds->n, 2); // 5 and 20 seconds: 5 and 20 trials of A, 1.25 and 5 of B
    assert_near(seconds->items[1].budget, 20.0, 1e-12);
    assert_near(seconds->items[1].b.mean, perebor_best_of(made.summaries[1].scores, 20, 5.0).mean,
                1e-15);
    assert_near(seconds->items[1].draws[0], 20.0, 1e-12);
    assert_near(seconds->items[1].draws[1], 5.0, 1e-12);
    comparison_release(&made);
}

static void trials_of_one_search_are_compared_bit_for_bit(void **state) {
    (void)state;
    perebor_result *a = compared_result_create(compared_folds[0], 4);
    perebor_result *b = compared_result_create(compared_folds[0], 6);
    b->trials->folds[2 * COMPARED_FOLDS].test_score += 0x1p-50;
    compared_result_write(a, "a.h5");
    compared_result_write(b, "b.h5");
    comparison made = compare(2, &usual);
    const comparison_pair *pair = &made.pairs[0];
    assert_true(pair->is_one_search && !pair->has_draws);
    assert_int_equal(pair->n_shared, 4);
    assert_int_equal(pair->n_equal, 3);
    assert_int_equal(pair->first_unequal, 2);
    assert_non_null(
        strstr(pair->warnings[0].in[0], "1 of the 4 trials that both have differ, 2 first"));
    comparison_release(&made);
}

static void several_files_are_adjusted_together(void **state) {
    (void)state;
    compared_result_write(result_of(0, 4), "a.h5");
    compared_result_write(result_of(1, 4), "b.h5");
    compared_result_write(result_of(1, 5), "c.h5");
    comparison made = compare(3, &usual);
    assert_near(made.pairs[0].folds.p_adjusted, 2.0 * made.pairs[0].folds.p, 1e-15);
    assert_near(made.pairs[1].folds.p, made.pairs[0].folds.p, 0.0);
    // C leads with five trials to A's four: p is 5/4 of it, and Holm's then the greater of the two.
    assert_near(made.pairs[1].folds.p_adjusted, 2.0 * made.pairs[0].folds.p, 1e-15);
    comparison_release(&made);
}

static void a_search_without_a_complete_trial_is_not_tested(void **state) {
    (void)state;
    perebor_result *none = result_of(1, 2);
    none->trials->state[0] = none->trials->state[1] = PEREBOR_TRIAL_FAIL;
    compared_result_write(result_of(0, 1), "a.h5");
    compared_result_write(none, "b.h5");
    comparison made = compare(2, &usual);
    const comparison_pair *pair = &made.pairs[0];
    assert_string_equal(pair->verdict.in[0],
                        "~ B and A cannot be tested against each other: no trial of "
                        "B is complete");
    assert_int_equal(pair->by_trials.n + pair->by_seconds.n, 0);
    assert_int_equal(made.summaries[1].n_failed, 2);
    comparison_release(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(best_trials_are_tested_on_the_same_folds),
        cmocka_unit_test(models_are_tested_on_the_same_test_rows),
        cmocka_unit_test(what_differs_leaves_tests_out),
        cmocka_unit_test(budgets_are_of_trials_and_of_seconds),
        cmocka_unit_test(trials_of_one_search_are_compared_bit_for_bit),
        cmocka_unit_test(several_files_are_adjusted_together),
        cmocka_unit_test(a_search_without_a_complete_trial_is_not_tested),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
