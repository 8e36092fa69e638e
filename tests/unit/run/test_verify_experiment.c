// SPDX-License-Identifier: MIT
// Which experiment a file came from, and how another is refused.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "people_study.h"
#include "run/verify.h"
#include "scratch.h"

static char folder[SCRATCH_SIZE];
static perebor_result *result;

/** A file of the people as they are. */
static int enter(void **state) {
    (void)state;
    perebor_study *study = people_study(NULL);
    perebor_trials *trials = people_trials(study, 0, 2);
    if (scratch_create(folder) == NULL || chdir(folder) != 0) {
        return -1;
    }
    people_write(study, trials, PEREBOR_RESULT_COMPLETE, "a.h5");
    result = people_read("a.h5");
    perebor_trials_free(trials);
    perebor_study_free(study);
    return 0;
}

static int leave(void **state) {
    (void)state;
    perebor_result_free(result);
    return unlink("a.h5") != 0 || chdir("/") != 0 || rmdir(folder) != 0;
}

static void the_experiment_of_a_file_is_known_again(void **state) {
    (void)state;
    static const char *const harmless[][3] = {{NULL},
                                              {"search.run_cap", "500"},
                                              {"output.file", "other.h5"},
                                              {"search.trial_timeout", "9"}};
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
        perebor_error error = {0};
        perebor_study *study = people_study(harmless[i]);
        if (perebor_verify_same_experiment(study, result, "a.h5", &error) != PEREBOR_OK) {
            fail_msg("%s", error.message);
        }
        perebor_study_free(study);
    }
}

#define IS_NOT PEOPLE_FILE " is not the experiment that a.h5 came from: its "

static void another_experiment_is_refused_by_what_differs(void **state) {
    (void)state;
    static const char settings_differ[] =
        IS_NOT "settings differ; give the same file and every --set that run was given, and --set "
               "seed=N for its --seed N";
    static const struct {
        const char *settings[3], *message;
    } cases[] = {
        {{"search.metric", "f1"}, IS_NOT "search.metric or search.metrics differ"},
        {{"search.trial_memory", "1000000"},
         IS_NOT "search.trial_memory is 1000000 bytes, there it is 0 (0: no limit)"},
        {{"seed", "8"}, settings_differ},
        {{"search.parameters.scale.values", "[standard]"}, settings_differ},
        {{"cv.n_splits", "4"}, settings_differ},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_error error = {0};
        perebor_study *study = people_study(cases[i].settings);
        assert_int_equal(perebor_verify_same_experiment(study, result, "a.h5", &error),
                         PEREBOR_ERR_CONFLICT);
        assert_string_equal(error.message, cases[i].message);
        perebor_study_free(study);
    }
}

/** The same settings, but the tables or the folds were others. */
static void tables_and_folds_that_changed_are_told(void **state) {
    (void)state;
    perebor_error error = {0};
    perebor_study *study = people_study(NULL);
    result->data_fingerprint[0] ^= 1;
    assert_int_equal(perebor_verify_same_experiment(study, result, "a.h5", &error),
                     PEREBOR_ERR_CONFLICT);
    assert_string_equal(error.message,
                        "the tables of " PEOPLE_FILE " are not what they were when a.h5 was made");
    result->data_fingerprint[0] ^= 1;
    result->folds_fingerprint[31] ^= 1;
    assert_int_equal(perebor_verify_same_experiment(study, result, "a.h5", &error),
                     PEREBOR_ERR_CONFLICT);
    assert_string_equal(error.message,
                        "the folds of " PEOPLE_FILE " are not what they were when a.h5 was made");
    result->folds_fingerprint[31] ^= 1;
    perebor_study_free(study);
}

static void never(void *context, uint64_t trial, const char *what) {
    (void)context;
    fail_msg("%d %s", (int)trial, what);
}

static void other_metrics_are_not_compared(void **state) {
    (void)state;
    static const char *const settings[] = {"search.metric", "f1", NULL};
    perebor_error error = {0};
    perebor_verification untouched = {.n_verified = 77};
    perebor_study *study = people_study(settings);
    assert_int_equal(perebor_verify(study, result, NULL, never, NULL, &untouched, &error),
                     PEREBOR_ERR_CONFLICT);
    assert_string_equal(error.message,
                        "the trials were scored by other metrics than the experiment's");
    assert_int_equal(untouched.n_verified, 77);
    perebor_study_free(study);
}

static void keep(void *context, uint64_t trial, const char *what) {
    (void)snprintf(context, 256, "%d: %s", (int)trial, what);
}

/** What differs by one of several metrics is told by its name. */
static void a_score_that_differs_is_told_by_its_metric(void **state) {
    (void)state;
    static const char *const settings[] = {"search.metric", "f1", "search.metrics", "accuracy",
                                           NULL};
    perebor_study *study = people_study(settings);
    perebor_trials *trials = people_trials(study, 0, 1);
    people_finish(trials, 0, 2.0); // which no metric gives
    perebor_result made = {.trials = trials};
    char said[256] = "";
    perebor_verification found;
    assert_int_equal(perebor_verify(study, &made, NULL, keep, said, &found, NULL), PEREBOR_OK);
    assert_int_equal(found.n_differing, 1);
    static const char start[] = "0: fold 0 scored 2 by f1 in the file, ";
    assert_memory_equal(said, start, sizeof start - 1);
    perebor_trials_free(trials);
    perebor_study_free(study);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_experiment_of_a_file_is_known_again),
        cmocka_unit_test(another_experiment_is_refused_by_what_differs),
        cmocka_unit_test(tables_and_folds_that_changed_are_told),
        cmocka_unit_test(other_metrics_are_not_compared),
        cmocka_unit_test(a_score_that_differs_is_told_by_its_metric),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
