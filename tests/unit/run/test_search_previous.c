// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "launch/heartbeat.h"
#include "people_study.h"
#include "perebor/search.h"
#include "run/checkpoint.h"
#include "scratch.h"

static char folder[SCRATCH_SIZE];
static perebor_study *study;
static perebor_trials *trials;

static int enter(void **state) {
    (void)state;
    study = people_study(NULL);
    trials = people_trials(study, 0, 4);
    people_finish(trials, 1, 0.5);
    return scratch_create(folder) == NULL || chdir(folder) != 0;
}

static int leave(void **state) {
    (void)state;
    perebor_trials_free(trials);
    perebor_study_free(study);
    return chdir("/") != 0 || rmdir(folder) != 0;
}

static int clean(void **state) {
    (void)state;
    (void)unlink("a.h5");
    (void)unlink("a.h5.journal");
    (void)unsetenv(HEARTBEAT_VARIABLE);
    (void)unsetenv(HEARTBEAT_AGAIN_VARIABLE);
    return 0;
}

static perebor_search_previous look(bool resume, bool overwrite) {
    const perebor_search_options options = {
        .experiment = PEOPLE_FILE, .output = "a.h5", .resume = resume, .overwrite = overwrite};
    perebor_search_previous previous;
    perebor_search_previous_read(&previous, &options);
    assert_string_equal(previous.error.message, "");
    assert_int_equal(previous.status, PEREBOR_OK);
    return previous;
}

/** A journal of this search, or of another one into the same file. */
static void leave_journal(bool of_file) {
    checkpoint checkpoint = {0};
    perebor_file_identity found = perebor_file_identify("a.h5");
    perebor_result *previous = of_file ? people_read("a.h5") : NULL;
    perebor_trials *more = people_trials(study, 0, 4);
    assert_int_equal(
        checkpoint_open(&checkpoint, "a.h5", study, more, previous, of_file, &found, NULL),
        PEREBOR_OK);
    assert_int_equal(checkpoint_begin(&checkpoint, more, true, NULL), PEREBOR_OK);
    if (perebor_trials_finished(more, 0)) {
        more->state[0] = PEREBOR_TRIAL_WAITING;
    }
    people_finish(more, 0, 0.5);
    assert_int_equal(checkpoint_append(&checkpoint, more, 0, NULL), PEREBOR_OK);
    assert_int_equal(checkpoint_commit(&checkpoint, true, NULL), PEREBOR_OK);
    checkpoint_abandon(&checkpoint);
    perebor_trials_free(more);
    perebor_result_free(previous);
}

static void where_nothing_is_nothing_is_read(void **state) {
    (void)state;
    for (int i = 0; i < 4; i++) {
        perebor_search_previous previous = look(i & 1, i & 2);
        assert_null(previous.result);
        assert_int_equal(previous.resume, i & 1);
        assert_int_equal(previous.overwrite, (i & 2) != 0);
        assert_false(previous.found.exists);
        perebor_search_previous_release(&previous);
    }
}

static void a_file_is_read_only_to_be_resumed(void **state) {
    (void)state;
    people_write(study, trials, PEREBOR_RESULT_STOPPED, "a.h5");
    perebor_search_previous previous = look(false, false);
    assert_null(previous.result);
    assert_true(previous.found.exists);
    perebor_search_previous_release(&previous);
    previous = look(false, true);
    assert_null(previous.result);
    assert_true(previous.overwrite);
    perebor_search_previous_release(&previous);
    previous = look(true, false);
    assert_non_null(previous.result);
    assert_int_equal(previous.result->trials->state[1], PEREBOR_TRIAL_COMPLETE);
    perebor_search_previous_release(&previous);
    assert_null(previous.result);
}

static void a_file_that_the_journals_search_replaces_is_not_read(void **state) {
    (void)state;
    people_write(study, trials, PEREBOR_RESULT_STOPPED, "a.h5");
    leave_journal(true); // which continues the file
    perebor_search_previous previous = look(true, false);
    assert_non_null(previous.result);
    perebor_search_previous_release(&previous);
    assert_int_equal(unlink("a.h5.journal"), 0);
    leave_journal(false); // begun anew under another name
    previous = look(true, false);
    assert_null(previous.result);
    perebor_search_previous_release(&previous);
}

static void what_cannot_be_read_or_replaced_is_remembered(void **state) {
    (void)state;
    static const struct {
        bool resume;
        perebor_status status;
        const char *message;
    } cases[] = {
        {true, PEREBOR_ERR_FORMAT, "text and not a result"},
        {false, PEREBOR_ERR_CONFLICT, "a.h5 is not a result file of perebor, or a damaged one"},
    };
    for (size_t i = 0; i < 2; i++) {
        FILE *file = fopen("a.h5", "w");
        assert_non_null(file);
        assert_true(fputs("something of the user's\n", file) >= 0 && fclose(file) == 0);
        const perebor_search_options options = {.experiment = PEOPLE_FILE,
                                                .output = "a.h5",
                                                .resume = cases[i].resume,
                                                .overwrite = !cases[i].resume};
        perebor_search_previous previous;
        perebor_search_previous_read(&previous, &options);
        assert_int_equal(previous.status, cases[i].status);
        assert_non_null(strstr(previous.error.message, cases[i].message));
        assert_null(previous.result);
        perebor_search_previous_release(&previous);
    }
}

/** It is the search itself that reports it, with rank and exit code. */
static void a_fault_of_the_experiment_is_left_to_the_search(void **state) {
    (void)state;
    static const perebor_search_options options[] = {
        {.experiment = "nowhere.yaml", .output = "a.h5", .resume = true},
        {.experiment = PEOPLE_FILE, .output = "nowhere/a.h5", .resume = true},
    };
    for (size_t i = 0; i < 2; i++) {
        perebor_search_previous previous;
        perebor_search_previous_read(&previous, &options[i]);
        assert_int_equal(previous.status, PEREBOR_OK);
        assert_null(previous.result);
        assert_true(previous.resume);
        perebor_search_previous_release(&previous);
    }
}

/** Started again after a crash, a run goes on with what it kept, and replaces nothing twice. */
static void a_run_that_is_started_again_resumes_what_it_left(void **state) {
    (void)state;
    char since[32];
    assert_int_equal(setenv(HEARTBEAT_VARIABLE, "/nowhere", 1), 0);
    people_write(study, trials, PEREBOR_RESULT_STOPPED, "a.h5");
    static const struct {
        long offset;
        bool resumes;
    } cases[] = {{-5, true}, {1000, false}};
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(since, sizeof since, "%ld", (long)time(NULL) + cases[i].offset);
        assert_int_equal(setenv(HEARTBEAT_AGAIN_VARIABLE, since, 1), 0);
        perebor_search_previous previous = look(false, true);
        assert_int_equal(previous.resume, cases[i].resumes);
        assert_int_equal(previous.overwrite, !cases[i].resumes);
        assert_int_equal(previous.result != NULL, cases[i].resumes);
        perebor_search_previous_release(&previous);
    }
}

#define TEST(name) cmocka_unit_test_teardown(name, clean)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(where_nothing_is_nothing_is_read),
        TEST(a_file_is_read_only_to_be_resumed),
        TEST(a_file_that_the_journals_search_replaces_is_not_read),
        TEST(what_cannot_be_read_or_replaced_is_remembered),
        TEST(a_fault_of_the_experiment_is_left_to_the_search),
        TEST(a_run_that_is_started_again_resumes_what_it_left),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
