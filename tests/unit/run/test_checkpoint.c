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

#include "base/clock.h"
#include "people_study.h"
#include "run/checkpoint.h"
#include "scratch.h"

static char folder[SCRATCH_SIZE];
static perebor_study *study;

/** Works in a folder of its own, so that messages name files briefly. */
static int enter(void **state) {
    (void)state;
    study = people_study(NULL);
    return scratch_create(folder) == NULL || chdir(folder) != 0;
}

static int leave(void **state) {
    (void)state;
    perebor_study_free(study);
    return chdir("/") != 0 || rmdir(folder) != 0;
}

static int clean(void **state) {
    (void)state;
    (void)unlink("a.h5");
    (void)unlink("a.h5.journal");
    return 0;
}

static perebor_status attempt(checkpoint *target, const perebor_study *of, perebor_trials *trials,
                              const perebor_result *previous, bool resume, perebor_error *error) {
    perebor_file_identity found = perebor_file_identify("a.h5");
    checkpoint opened = {0};
    perebor_status status =
        checkpoint_open(&opened, "a.h5", of, trials, previous, resume, &found, error);
    if (status == PEREBOR_OK) {
        status = checkpoint_begin(&opened, trials, false, error);
    }
    if (status != PEREBOR_OK) {
        checkpoint_abandon(&opened);
        return status;
    }
    *target = opened;
    return PEREBOR_OK;
}

static checkpoint open_checkpoint(perebor_trials *trials, const perebor_result *previous,
                                  bool resume) {
    checkpoint result = {0};
    perebor_error error = {0};
    if (attempt(&result, study, trials, previous, resume, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return result;
}

static void assert_conflict(const perebor_study *of, perebor_trials *trials,
                            const perebor_result *previous, bool resume, const char *message) {
    checkpoint untouched = {.n_appended = 77};
    perebor_error error = {0};
    assert_int_equal(attempt(&untouched, of, trials, previous, resume, &error),
                     PEREBOR_ERR_CONFLICT);
    assert_string_equal(error.message, message);
    assert_int_equal(untouched.n_appended, 77);
}

static void what_was_committed_is_there_after_a_crash(void **state) {
    (void)state;
    perebor_trials *trials = people_trials(study, 0, 6), *again = people_trials(study, 0, 6);
    checkpoint first = open_checkpoint(trials, NULL, false);
    assert_int_equal(first.n_acknowledged, 0);
    people_finish(trials, 1, 0.5);
    people_fail(trials, 4, "for a reason");
    people_finish(trials, 5, 0.75);
    assert_int_equal(checkpoint_append(&first, trials, 1, NULL), PEREBOR_OK);
    assert_int_equal(checkpoint_append(&first, trials, 4, NULL), PEREBOR_OK);
    assert_int_equal(first.n_appended, 2);
    assert_int_equal(checkpoint_commit(&first, true, NULL), PEREBOR_OK);
    assert_int_equal(first.n_acknowledged, 2);
    assert_int_equal(first.n_appended, 0);
    assert_int_equal(checkpoint_append(&first, trials, 5, NULL), PEREBOR_OK); // never committed
    checkpoint_abandon(&first);
    checkpoint second = open_checkpoint(again, NULL, true);
    assert_int_equal(second.n_acknowledged, 2);
    assert_string_equal(second.run_uuid, first.run_uuid);
    assert_int_equal(again->state[1], PEREBOR_TRIAL_COMPLETE);
    assert_int_equal(again->state[4], PEREBOR_TRIAL_FAIL);
    assert_string_equal(again->error[4], "for a reason");
    assert_int_equal(again->state[5], PEREBOR_TRIAL_WAITING);
    assert_int_equal(checkpoint_finish(&second, NULL), PEREBOR_OK);
    assert_false(checkpoint_look("a.h5").journal);
    perebor_trials_free(trials);
    perebor_trials_free(again);
}

/** A commit that is not asked for now waits a tenth of a second, so that many share one; the first
 * does not. */
static void commits_are_made_for_many_at_a_time(void **state) {
    (void)state;
    perebor_trials *trials = people_trials(study, 0, 2);
    checkpoint checkpoint = open_checkpoint(trials, NULL, false);
    people_finish(trials, 0, 0.5);
    assert_int_equal(checkpoint_append(&checkpoint, trials, 0, NULL), PEREBOR_OK);
    checkpoint.last_commit = clock_now() + 1000.0;
    assert_int_equal(checkpoint_commit(&checkpoint, false, NULL), PEREBOR_OK);
    assert_int_equal(checkpoint.n_acknowledged, 0);
    checkpoint.last_commit = clock_now() - 0.1;
    assert_int_equal(checkpoint_commit(&checkpoint, false, NULL), PEREBOR_OK);
    assert_int_equal(checkpoint.n_acknowledged, 1);
    checkpoint_abandon(&checkpoint);
    perebor_trials_free(trials);
}

static void every_search_has_a_name_of_its_own(void **state) {
    (void)state;
    char names[2][40];
    for (size_t i = 0; i < 2; i++) {
        perebor_trials *trials = people_trials(study, 0, 2);
        checkpoint checkpoint = open_checkpoint(trials, NULL, false);
        assert_int_equal(strlen(checkpoint.run_uuid), 36);
        assert_int_equal(checkpoint.run_uuid[14], '4'); // version 4 of RFC 4122
        assert_non_null(strchr("89ab", checkpoint.run_uuid[19]));
        for (size_t k = 0; k < 36; k++) {
            bool is_dash = k == 8 || k == 13 || k == 18 || k == 23;
            assert_int_equal(checkpoint.run_uuid[k] == '-', is_dash);
            assert_true(is_dash || strchr("0123456789abcdef", checkpoint.run_uuid[k]) != NULL);
        }
        memcpy(names[i], checkpoint.run_uuid, 40);
        assert_int_equal(checkpoint_finish(&checkpoint, NULL), PEREBOR_OK);
        perebor_trials_free(trials);
    }
    assert_string_not_equal(names[0], names[1]);
}

static void a_file_is_continued_under_its_name(void **state) {
    (void)state;
    perebor_trials *trials = people_trials(study, 0, 4), *more = people_trials(study, 0, 6);
    people_finish(trials, 2, 0.5);
    people_write(study, trials, PEREBOR_RESULT_STOPPED, "a.h5");
    perebor_result *previous = people_read("a.h5");
    checkpoint checkpoint = open_checkpoint(more, previous, true);
    assert_string_equal(checkpoint.run_uuid, previous->run_uuid);
    assert_int_equal(checkpoint.n_acknowledged, 1);
    assert_int_equal(more->state[2], PEREBOR_TRIAL_COMPLETE);
    char *journal = perebor_journal_path("a.h5");
    assert_true(checkpoint_belongs(journal, previous));
    previous->run_uuid = "another";
    assert_false(checkpoint_belongs(journal, previous));
    assert_int_equal(checkpoint_finish(&checkpoint, NULL), PEREBOR_OK);
    assert_true(checkpoint_belongs(journal, previous)); // nothing there that says otherwise
    free(journal);
    perebor_result_free(previous);
    perebor_trials_free(trials);
    perebor_trials_free(more);
}

static void trials_of_a_file_that_would_be_lost_are_refused(void **state) {
    (void)state;
    static const struct {
        uint64_t first, n;
        const char *message; /**< NULL: covered */
    } cases[] = {
        {0, 4, NULL},
        {1, 3, NULL},
        {2, 2,
         "a.h5 has trial 1, which is not among trials 2:4; resume with --trials that cover "
         "it, or name another file with -o"},
        {0, 3,
         "a.h5 has trial 3, which is not among trials 0:3; resume with --trials that cover "
         "it, or name another file with -o"},
    };
    perebor_trials *trials = people_trials(study, 0, 4);
    people_finish(trials, 1, 0.5);
    people_finish(trials, 3, 0.5);
    people_write(study, trials, PEREBOR_RESULT_STOPPED, "a.h5");
    perebor_result *previous = people_read("a.h5");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_trials *ours = people_trials(study, cases[i].first, cases[i].n);
        if (cases[i].message == NULL) {
            checkpoint checkpoint = open_checkpoint(ours, previous, true);
            assert_int_equal(checkpoint_finish(&checkpoint, NULL), PEREBOR_OK);
        } else {
            assert_conflict(study, ours, previous, true, cases[i].message);
        }
        perebor_trials_free(ours);
    }
    perebor_result_free(previous);
    perebor_trials_free(trials);
}

static void trials_of_a_journal_that_would_be_lost_are_refused(void **state) {
    (void)state;
    perebor_trials *trials = people_trials(study, 0, 4), *fewer = people_trials(study, 0, 3);
    checkpoint checkpoint = open_checkpoint(trials, NULL, false);
    people_finish(trials, 3, 0.5);
    assert_int_equal(checkpoint_append(&checkpoint, trials, 3, NULL), PEREBOR_OK);
    assert_int_equal(checkpoint_commit(&checkpoint, true, NULL), PEREBOR_OK);
    checkpoint_abandon(&checkpoint);
    assert_conflict(study, fewer, NULL, true,
                    "a.h5.journal holds 1 trials outside those asked for; resume with --trials "
                    "that cover them");
    assert_true(checkpoint_look("a.h5").journal);
    perebor_trials_free(trials);
    perebor_trials_free(fewer);
}

/** What differs first is named, in the order of what a user would have changed. */
static void another_search_is_told_by_what_differs(void **state) {
    (void)state;
    static const struct {
        const char *settings[3], *differs;
    } cases[] = {
        {{"seed", "8"}, "seed differs"},
        {{"search.parameters.scale.values", "[standard]"}, "search.parameters differ"},
        {{"data.pivot.0.prefix", "other_"},
         "tables, or what its data section says of them, differ"},
        {{"cv.shuffle", "true"}, "folds differ"},
        {{"search.sampler", "gridded"}, "experiment's settings differ"},
        {{"search.metric", "f1"}, "search.metric or search.metrics differ"},
        {{"search.trial_memory", "1000000"}, "search.trial_memory differs"},
    };
    perebor_trials *trials = people_trials(study, 0, 2);
    people_write(study, trials, PEREBOR_RESULT_STOPPED, "a.h5");
    perebor_result *previous = people_read("a.h5");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char message[256];
        perebor_study *other = people_study(cases[i].settings);
        perebor_trials *theirs = people_trials(other, 0, 2);
        (void)snprintf(message, sizeof message,
                       "a.h5 is of another search: its %s; name another file with -o, or give "
                       "--overwrite",
                       cases[i].differs);
        assert_conflict(other, theirs, previous, true, message);
        assert_false(checkpoint_look("a.h5").journal);
        perebor_trials_free(theirs);
        perebor_study_free(other);
    }
    perebor_result_free(previous);
    perebor_trials_free(trials);
}

/** Another process wrote the output while the data were loaded: a journal just begun goes again. */
static void an_output_that_was_written_in_between_stays(void **state) {
    (void)state;
    perebor_trials *trials = people_trials(study, 0, 2);
    perebor_file_identity found = perebor_file_identify("a.h5");
    checkpoint opened = {0};
    perebor_error error = {0};
    people_write(study, trials, PEREBOR_RESULT_COMPLETE, "a.h5");
    assert_int_equal(checkpoint_open(&opened, "a.h5", study, trials, NULL, false, &found, &error),
                     PEREBOR_OK);
    assert_int_equal(checkpoint_begin(&opened, trials, false, &error), PEREBOR_ERR_CONFLICT);
    checkpoint_abandon(&opened);
    assert_string_equal(error.message,
                        "a.h5 was written by another process while this one loaded its data, and "
                        "stays; name another file with -o, or give --resume or --overwrite");
    assert_false(checkpoint_look("a.h5").journal);
    perebor_trials_free(trials);
}

/** What ends before a trial is finished, in planning say, leaves nothing to resume. */
static void a_journal_without_a_trial_does_not_stay(void **state) {
    (void)state;
    for (int n_recorded = 0; n_recorded < 2; n_recorded++) {
        perebor_trials *trials = people_trials(study, 0, 2);
        perebor_file_identity found = perebor_file_identify("a.h5");
        checkpoint checkpoint = {0};
        assert_int_equal(
            checkpoint_open(&checkpoint, "a.h5", study, trials, NULL, false, &found, NULL),
            PEREBOR_OK);
        assert_false(checkpoint_look("a.h5").journal); // before everything is planned
        assert_int_equal(checkpoint_begin(&checkpoint, trials, false, NULL), PEREBOR_OK);
        assert_true(checkpoint_look("a.h5").journal);
        for (int trial = 0; trial < n_recorded; trial++) {
            people_finish(trials, (size_t)trial, 0.5);
            assert_int_equal(checkpoint_append(&checkpoint, trials, (size_t)trial, NULL),
                             PEREBOR_OK);
            assert_int_equal(checkpoint_commit(&checkpoint, true, NULL), PEREBOR_OK);
        }
        checkpoint_abandon(&checkpoint);
        assert_int_equal(checkpoint_look("a.h5").journal, n_recorded > 0);
        perebor_trials_free(trials);
    }
}

/** One that was there before is not this search's to remove. */
static void a_continued_journal_stays_without_a_new_trial(void **state) {
    (void)state;
    perebor_trials *trials = people_trials(study, 0, 2);
    checkpoint first = open_checkpoint(trials, NULL, false);
    people_finish(trials, 0, 0.5);
    assert_int_equal(checkpoint_append(&first, trials, 0, NULL), PEREBOR_OK);
    assert_int_equal(checkpoint_commit(&first, true, NULL), PEREBOR_OK);
    checkpoint_abandon(&first);
    perebor_trials *again = people_trials(study, 0, 2);
    checkpoint second = open_checkpoint(again, NULL, true);
    assert_int_equal(second.n_acknowledged, 1);
    checkpoint_abandon(&second);
    assert_true(checkpoint_look("a.h5").journal);
    perebor_trials_free(again);
    perebor_trials_free(trials);
}

static void two_searches_do_not_write_one_file(void **state) {
    (void)state;
    perebor_trials *trials = people_trials(study, 0, 2);
    checkpoint checkpoint = open_checkpoint(trials, NULL, false), other = {0};
    assert_int_equal(attempt(&other, study, trials, NULL, false, NULL), PEREBOR_ERR_CONFLICT);
    assert_int_equal(attempt(&other, study, trials, NULL, true, NULL), PEREBOR_ERR_CONFLICT);
    assert_false(checkpoint_is_lost(&checkpoint));
    checkpoint_abandon(&checkpoint);
    perebor_trials_free(trials);
}

static void a_journal_that_is_removed_is_lost(void **state) {
    (void)state;
    perebor_trials *trials = people_trials(study, 0, 2);
    checkpoint checkpoint = open_checkpoint(trials, NULL, false);
    people_finish(trials, 0, 0.5);
    assert_int_equal(unlink("a.h5.journal"), 0);
    assert_int_equal(checkpoint_append(&checkpoint, trials, 0, NULL), PEREBOR_OK);
    assert_int_equal(checkpoint_commit(&checkpoint, true, NULL), PEREBOR_ERR_CONFLICT);
    assert_true(checkpoint_is_lost(&checkpoint));
    assert_int_equal(checkpoint.n_acknowledged, 0);
    checkpoint_abandon(&checkpoint);
    assert_false(checkpoint_is_lost(&checkpoint)); // it holds none any more
    perebor_trials_free(trials);
}

static void a_checkpoint_is_due_when_it_costs_little(void **state) {
    (void)state;
    static const struct {
        double ago, cost, interval;
        bool due;
    } cases[] = {
        {100.0, 0.0, 60.0, true},  {50.0, 0.0, 60.0, false}, {100.0, 1.9, 60.0, true},
        {100.0, 2.1, 60.0, false}, {100.0, 0.0, 0.0, false}, {100.0, 0.0, -1.0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        checkpoint checkpoint = {.last_checkpoint = clock_now() - cases[i].ago,
                                 .checkpoint_cost = cases[i].cost};
        assert_int_equal(checkpoint_due(&checkpoint, cases[i].interval), cases[i].due);
    }
    checkpoint checkpoint = {0};
    double begun = clock_now() - 3.0;
    checkpoint_done(&checkpoint, begun);
    assert_true(checkpoint.checkpoint_cost >= 3.0 && checkpoint.checkpoint_cost < 60.0);
    assert_true(checkpoint.last_checkpoint >= begun + 3.0);
}

static void what_an_earlier_search_left_is_dated(void **state) {
    (void)state;
    time_t now = time(NULL);
    assert_false(checkpoint_left_since("a.h5", 0)); // nothing there
    perebor_trials *trials = people_trials(study, 0, 2);
    checkpoint checkpoint = open_checkpoint(trials, NULL, false);
    assert_true(checkpoint_left_since("a.h5", now - 1));
    assert_false(checkpoint_left_since("a.h5", now + 1000));
    assert_int_equal(checkpoint_finish(&checkpoint, NULL), PEREBOR_OK);
    people_write(study, trials, PEREBOR_RESULT_COMPLETE, "a.h5");
    assert_true(checkpoint_left_since("a.h5", now - 1));
    assert_false(checkpoint_left_since("a.h5", now + 1000));
    perebor_trials_free(trials);
}

#define TEST(name) cmocka_unit_test_teardown(name, clean)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_was_committed_is_there_after_a_crash),
        TEST(commits_are_made_for_many_at_a_time),
        TEST(every_search_has_a_name_of_its_own),
        TEST(a_file_is_continued_under_its_name),
        TEST(trials_of_a_file_that_would_be_lost_are_refused),
        TEST(trials_of_a_journal_that_would_be_lost_are_refused),
        TEST(another_search_is_told_by_what_differs),
        TEST(an_output_that_was_written_in_between_stays),
        TEST(a_journal_without_a_trial_does_not_stay),
        TEST(a_continued_journal_stays_without_a_new_trial),
        TEST(two_searches_do_not_write_one_file),
        TEST(a_journal_that_is_removed_is_lost),
        TEST(a_checkpoint_is_due_when_it_costs_little),
        TEST(what_an_earlier_search_left_is_dated),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
