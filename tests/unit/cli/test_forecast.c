// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "captured.h"
#include "cli/forecast.h"
#include "cli/progress.h"
#include "people_study.h"
#include "trial/plan.h"

static perebor_study *study;

static int enter(void **state) {
    (void)state;
    static const char *const settings[] = {"cv",
                                           "{method: repeated_kfold, n_splits: 5, n_repeats: 2000}",
                                           "search.run_cap", "1", NULL};
    setenv("PEREBOR_PACE", "1", 1);
    study = people_study(settings);
    return 0;
}

static int leave(void **state) {
    (void)state;
    perebor_study_free(study);
    return 0;
}

/** Prints on standard output how many times as long it takes. */
static int print(const void *options) {
    printf("%.6g", forecast_print(study, options));
    return 0;
}

static perebor_search_options options_of(uint64_t first, uint64_t end) {
    return (perebor_search_options){.experiment = "people.yaml",
                                    .trials_given = true,
                                    .first_trial = first,
                                    .end_trial = end,
                                    .share = false};
}

static double predicted(uint64_t first, size_t n) {
    perebor_plan *plan = NULL;
    perebor_fold_shape shape = perebor_evaluator_shape(study->evaluator);
    assert_int_equal(perebor_plan_create(&plan, study->pipeline, study->experiment->space, first, n,
                                         NULL, false, study->folds.n_folds, &shape, NULL),
                     PEREBOR_OK);
    double seconds = perebor_plan_predict(plan).seconds;
    perebor_plan_free(plan);
    return seconds;
}

/** A moment is not worth a word. */
static void what_takes_a_moment_is_not_said(void **state) {
    (void)state;
    perebor_search_options options = options_of(0, 1);
    assert_string_equal(capture(print, &options)->err, "");
    options.trials_given = false; // the experiment's one
    assert_string_equal(capture(print, &options)->err, "");
}

/** What is predicted of so many trials is said, from seconds on, and from minutes on it warns. */
static void what_takes_long_is_said_before_it_begins(void **state) {
    (void)state;
    double each = predicted(0, 1000) / 1000.0;
    static const struct {
        double seconds;
        bool warns;
    } cases[] = {{20.0, false}, {700.0, true}};
    for (size_t i = 0; i < 2; i++) {
        size_t n = (size_t)(cases[i].seconds / each);
        assert_in_range(n, 2, 1000000);
        char text[32], expected[256];
        perebor_search_options options = options_of(7, 7 + n);
        perebor_progress_duration(predicted(7, n), text, sizeof text);
        (void)snprintf(expected, sizeof expected,
                       "perebor: %s%zu trials will take about %s of one core%s\n",
                       cases[i].warns ? "warning: " : "", n, text,
                       cases[i].warns ? "; 'perebor check people.yaml' says what of" : "");
        assert_string_equal(capture(print, &options)->err, expected);
    }
}

/** It is said in seconds of this machine. */
static void what_takes_twice_as_long_here_is_said_so(void **state) {
    (void)state;
    char text[32], expected[64];
    size_t n = (size_t)(100.0 / (predicted(0, 1000) / 1000.0));
    perebor_search_options options = options_of(7, 7 + n);
    setenv("PEREBOR_PACE", "2", 1);
    perebor_progress_duration(2.0 * predicted(7, n), text, sizeof text);
    (void)snprintf(expected, sizeof expected, " will take about %s of one core", text);
    assert_non_null(strstr(capture(print, &options)->err, expected));
    assert_string_equal(capture(print, &options)->out, "2");
    setenv("PEREBOR_PACE", "1", 1);
}

/** A pace that is given holds for a plan that is too short to measure for. */
static void what_is_short_but_takes_long_here_is_said(void **state) {
    (void)state;
    char text[32], expected[64];
    size_t n = (size_t)(0.25 / (predicted(0, 1000) / 1000.0));
    assert_in_range(n, 1, 1000000);
    perebor_search_options options = options_of(7, 7 + n);
    assert_string_equal(capture(print, &options)->err, "");
    assert_string_equal(capture(print, &options)->out, "1");
    setenv("PEREBOR_PACE", "100", 1);
    perebor_progress_duration(100.0 * predicted(7, n), text, sizeof text);
    (void)snprintf(expected, sizeof expected, " will take about %s of one core", text);
    assert_non_null(strstr(capture(print, &options)->err, expected));
    assert_string_equal(capture(print, &options)->out, "100");
    setenv("PEREBOR_PACE", "1", 1);
}

static void no_trials_take_no_time(void **state) {
    (void)state;
    perebor_search_options options = options_of(5, 5);
    assert_string_equal(capture(print, &options)->err, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_takes_a_moment_is_not_said),
        cmocka_unit_test(what_takes_long_is_said_before_it_begins),
        cmocka_unit_test(what_takes_twice_as_long_here_is_said_so),
        cmocka_unit_test(what_is_short_but_takes_long_here_is_said),
        cmocka_unit_test(no_trials_take_no_time),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
