// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "people_study.h"
#include "perebor/search_status.h"
#include "run/checkpoint.h"
#include "scratch.h"

static char folder[SCRATCH_SIZE];
static perebor_study *study;
static perebor_trials *trials;

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

/** Trials 10 to 15: two complete, one failed. */
static int start(void **state) {
    (void)state;
    trials = people_trials(study, 10, 6);
    people_finish(trials, 1, 0.5);
    people_finish(trials, 2, 0.75);
    people_fail(trials, 4, "for a reason");
    return 0;
}

static int end(void **state) {
    (void)state;
    perebor_trials_free(trials);
    (void)unlink("a.h5");
    (void)unlink("a.h5.journal");
    return 0;
}

static perebor_search_status status_of(const char *path) {
    perebor_search_status found = {0};
    perebor_error error = {0};
    if (perebor_search_status_read(&found, path, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return found;
}

static void assert_fails(perebor_status expected, const char *message) {
    perebor_search_status untouched = {.n_done = 77};
    perebor_error error = {0};
    assert_int_equal(perebor_search_status_read(&untouched, "a.h5", &error), expected);
    assert_string_equal(error.message, message);
    assert_int_equal(untouched.n_done, 77);
}

/** Begins or continues a search into a.h5 and records some of its trials. */
static checkpoint record(const perebor_result *previous, perebor_trials *of, const size_t *recorded,
                         size_t n) {
    checkpoint checkpoint = {0};
    perebor_error error = {0};
    perebor_file_identity found = perebor_file_identify("a.h5");
    if (checkpoint_open(&checkpoint, "a.h5", study, of, previous, true, &found, &error) !=
            PEREBOR_OK ||
        checkpoint_begin(&checkpoint, of, false, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(checkpoint_append(&checkpoint, of, recorded[i], NULL), PEREBOR_OK);
    }
    assert_int_equal(checkpoint_commit(&checkpoint, true, NULL), PEREBOR_OK);
    return checkpoint;
}

static void assert_counts(const perebor_search_status *found, perebor_search_state state,
                          uint64_t n_done, uint64_t n_failed, double best, uint64_t best_trial) {
    assert_string_equal(perebor_search_state_name(found->state), perebor_search_state_name(state));
    assert_int_equal(found->first_trial, 10);
    assert_int_equal(found->n_done, n_done);
    assert_int_equal(found->n_failed, n_failed);
    assert_true(found->best_score == best);
    assert_int_equal(found->best_trial, best_trial);
}

static void states_have_names(void **state) {
    (void)state;
    static const char *const names[] = {"running", "interrupted", "stopped", "complete"};
    for (int i = 0; i < 4; i++) {
        assert_string_equal(perebor_search_state_name((perebor_search_state)i), names[i]);
    }
}

static void where_nothing_is_there_is_no_status(void **state) {
    (void)state;
    assert_fails(PEREBOR_ERR_IO, "there is no a.h5, and no journal of a search into it");
}

static void a_file_alone_is_stopped_or_complete(void **state) {
    (void)state;
    static const struct {
        perebor_result_status written;
        perebor_search_state state;
    } cases[] = {{PEREBOR_RESULT_STOPPED, PEREBOR_SEARCH_STOPPED},
                 {PEREBOR_RESULT_RUNNING, PEREBOR_SEARCH_STOPPED},
                 {PEREBOR_RESULT_COMPLETE, PEREBOR_SEARCH_COMPLETE}};
    for (size_t i = 0; i < 3; i++) {
        people_write(study, trials, cases[i].written, "a.h5");
        perebor_search_status found = status_of("a.h5");
        assert_counts(&found, cases[i].state, 3, 1, 0.75, 12);
        assert_int_equal(found.n_trials, 6);
        assert_true(found.begun == 1767323045.0); // 2026-01-02T03:04:05Z
        assert_true(found.newest == 14.0);
        assert_int_equal(found.n_torn_bytes, 0);
    }
}

static void a_file_without_finished_trials_has_no_best(void **state) {
    (void)state;
    perebor_trials *none = people_trials(study, 10, 6);
    people_write(study, none, PEREBOR_RESULT_STOPPED, "a.h5");
    perebor_search_status found = status_of("a.h5");
    assert_int_equal(found.n_done, 0);
    assert_true(isnan(found.best_score));
    assert_true(isnan(found.newest));
    perebor_trials_free(none);
}

static void a_journal_that_is_held_is_of_a_search_that_runs(void **state) {
    (void)state;
    static const size_t recorded[] = {1, 4};
    double before = (double)time(NULL);
    checkpoint checkpoint = record(NULL, trials, recorded, 2);
    perebor_search_status found = status_of("a.h5");
    assert_counts(&found, PEREBOR_SEARCH_RUNNING, 2, 1, 0.5, 11);
    assert_int_equal(found.n_trials, 6);
    assert_true(found.begun >= before && found.begun <= (double)time(NULL));
    assert_true(found.newest == 14.0);
    checkpoint_abandon(&checkpoint);
    found = status_of("a.h5");
    assert_counts(&found, PEREBOR_SEARCH_INTERRUPTED, 2, 1, 0.5, 11);
}

/** A trial is counted once, by its last record; the best of equals is the first. */
static void records_of_one_trial_count_once(void **state) {
    (void)state;
    static const size_t recorded[] = {2, 1, 2, 2};
    checkpoint checkpoint = record(NULL, trials, recorded, 4);
    people_finish(trials, 2, 0.5);
    assert_int_equal(checkpoint_append(&checkpoint, trials, 2, NULL), PEREBOR_OK);
    assert_int_equal(checkpoint_commit(&checkpoint, true, NULL), PEREBOR_OK);
    perebor_search_status found = status_of("a.h5");
    assert_counts(&found, PEREBOR_SEARCH_RUNNING, 2, 0, 0.5, 11);
    checkpoint_abandon(&checkpoint);
}

static void a_torn_end_is_measured(void **state) {
    (void)state;
    static const size_t recorded[] = {1};
    checkpoint checkpoint = record(NULL, trials, recorded, 1);
    checkpoint_abandon(&checkpoint);
    FILE *file = fopen("a.h5.journal", "ab");
    assert_non_null(file);
    assert_true(fputs("torn", file) >= 0 && fclose(file) == 0);
    perebor_search_status found = status_of("a.h5");
    assert_int_equal(found.n_torn_bytes, 4);
    assert_int_equal(found.n_done, 1);
}

static void a_file_and_the_journal_that_continues_it_are_counted_together(void **state) {
    (void)state;
    static const size_t recorded[] = {7};
    people_write(study, trials, PEREBOR_RESULT_STOPPED, "a.h5");
    perebor_result *previous = people_read("a.h5");
    perebor_trials *more = people_trials(study, 10, 8);
    people_finish(more, 7, 0.875);
    checkpoint checkpoint = record(previous, more, recorded, 1);
    checkpoint_abandon(&checkpoint);
    perebor_search_status found = status_of("a.h5");
    assert_counts(&found, PEREBOR_SEARCH_INTERRUPTED, 4, 1, 0.875, 17);
    assert_int_equal(found.n_trials, 8);
    // The range is that of the trials where it is wider than the journal says.
    perebor_trials *less = people_trials(study, 10, 8);
    assert_int_equal(unlink("a.h5.journal"), 0);
    checkpoint = record(previous, less, NULL, 0);
    checkpoint_abandon(&checkpoint);
    found = status_of("a.h5");
    assert_int_equal(found.n_done, 3);
    perebor_trials_free(less);
    perebor_trials_free(more);
    perebor_result_free(previous);
}

/** A journal of another search, which is replacing the file: what is in the file does not count. */
static void a_journal_of_another_search_counts_alone(void **state) {
    (void)state;
    static const size_t recorded[] = {1};
    people_write(study, trials, PEREBOR_RESULT_COMPLETE, "a.h5");
    perebor_trials *anew = people_trials(study, 10, 6);
    people_finish(anew, 1, 0.25);
    checkpoint checkpoint = record(NULL, anew, recorded, 1);
    perebor_search_status found = status_of("a.h5");
    assert_counts(&found, PEREBOR_SEARCH_RUNNING, 1, 0, 0.25, 11);
    checkpoint_abandon(&checkpoint);
    perebor_trials_free(anew);
}

static void a_link_leads_to_the_journal(void **state) {
    (void)state;
    assert_int_equal(mkdir("in", 0700), 0);
    assert_int_equal(symlink("in/real.h5", "a.h5"), 0);
    people_write(study, trials, PEREBOR_RESULT_COMPLETE, "in/real.h5");
    assert_int_equal(status_of("a.h5").state, PEREBOR_SEARCH_COMPLETE);
    FILE *file = fopen("in/real.h5.journal", "wb");
    assert_non_null(file);
    assert_true(fputs("no journal", file) >= 0 && fclose(file) == 0);
    perebor_search_status untouched;
    assert_int_equal(perebor_search_status_read(&untouched, "a.h5", NULL), PEREBOR_ERR_FORMAT);
    assert_int_equal(unlink("in/real.h5.journal") + unlink("in/real.h5") + rmdir("in"), 0);
}

/** A journal whose first record says what no search can be. */
static void a_journal_that_says_nonsense_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *first, *n_trials, *n_folds;
        bool taken;
    } cases[] = {
        {"10", "6", "3", true},
        {"0", "67108863", "3", true}, // as many as a search can have
        {"0", "67108864", "3", false},
        {"0", "6", "67108864", false},
        {"9223372036854775801", "6", "3", true},
        {"9223372036854775802", "6", "3", false},
        {"-1", "6", "3", false},
        {"", "6", "3", false},
        {"10", "6x", "3", false},
        {NULL, "6", "3", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const perebor_journal_field fields[] = {
            {.name = CHECKPOINT_N_TRIALS, .text = cases[i].n_trials},
            {.name = CHECKPOINT_N_FOLDS, .text = cases[i].n_folds},
            {.name = CHECKPOINT_BEGUN, .text = "5"},
            {.name = CHECKPOINT_FIRST_TRIAL, .text = cases[i].first},
        };
        perebor_journal *journal = NULL;
        assert_int_equal(perebor_journal_create(&journal, "a.h5.journal", fields,
                                                cases[i].first == NULL ? 3 : 4, true, NULL),
                         PEREBOR_OK);
        perebor_journal_close(journal);
        if (cases[i].taken) {
            assert_true(status_of("a.h5").begun == 5.0);
        } else {
            assert_fails(PEREBOR_ERR_FORMAT, "a.h5.journal does not say how many trials it is of: "
                                             "another version of perebor wrote it");
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(states_have_names),
        TEST(where_nothing_is_there_is_no_status),
        TEST(a_file_alone_is_stopped_or_complete),
        TEST(a_file_without_finished_trials_has_no_best),
        TEST(a_journal_that_is_held_is_of_a_search_that_runs),
        TEST(records_of_one_trial_count_once),
        TEST(a_torn_end_is_measured),
        TEST(a_file_and_the_journal_that_continues_it_are_counted_together),
        TEST(a_journal_of_another_search_counts_alone),
        TEST(a_link_leads_to_the_journal),
        TEST(a_journal_that_says_nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
