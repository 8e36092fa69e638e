// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "h5/file_tree.h"
#include "sample_result.h"
#include "store/stage.h"
#include "store/test_looks.h"

static void note(perebor_result *result, uint64_t trial) {
    const test_look look = {
        .trial = trial, .train_score = 0.9, .mean_test_score = 0.8, .test_score = 0.7};
    assert_int_equal(test_looks_note(result, &look, NULL), PEREBOR_OK);
}

static void check_count(const perebor_result *result, size_t n, size_t n_then) {
    test_looks looks = {0};
    assert_int_equal(test_looks_count(result, &looks, NULL), PEREBOR_OK);
    assert_int_equal(looks.n, n);
    assert_int_equal(looks.n_then, n_then);
}

/** The search goes on: a trial gets an outcome. */
static void go_on(perebor_result *result) {
    perebor_trials *trials = result->trials;
    size_t trial = 0;
    while (trials->state[trial] != PEREBOR_TRIAL_COMPLETE) {
        trial++;
    }
    trials->folds[trial * trials->n_folds].test_score += 0.125;
}

static perebor_result *sample(void) {
    perebor_result *result = sample_result_create(40);
    assert_non_null(result);
    return result;
}

static void ensembles_are_told_apart_by_their_scores(void **state) {
    (void)state;
    perebor_result *result = sample();
    test_look look = {.trial = TEST_LOOK_ENSEMBLE,
                      .train_score = 1.0,
                      .mean_test_score = (double)NAN,
                      .test_score = 0.7};
    assert_int_equal(test_looks_note(result, &look, NULL), PEREBOR_OK);
    assert_int_equal(test_looks_note(result, &look, NULL), PEREBOR_OK);
    check_count(result, 1, 0);
    look.mean_test_score = 0.8;
    assert_int_equal(test_looks_note(result, &look, NULL), PEREBOR_OK);
    check_count(result, 2, 0);
    look.test_score = 0.6;
    assert_int_equal(test_looks_note(result, &look, NULL), PEREBOR_OK);
    check_count(result, 3, 0);
    look.trial = 5; // of a trial the calibration may be another: one look all the same
    assert_int_equal(test_looks_note(result, &look, NULL), PEREBOR_OK);
    look.test_score = 0.5;
    assert_int_equal(test_looks_note(result, &look, NULL), PEREBOR_OK);
    check_count(result, 4, 0);
    perebor_result_free(result);
}

static void a_trial_is_remembered_once_for_each_state_of_the_search(void **state) {
    (void)state;
    perebor_result *result = sample();
    check_count(result, 0, 0);
    note(result, 5);
    note(result, 5);
    check_count(result, 1, 0);
    note(result, 6);
    check_count(result, 2, 0);
    assert_true(stage_is_current(result, "test"));
    go_on(result);
    check_count(result, 2, 2);
    note(result, 5);
    check_count(result, 3, 2);
    perebor_result_free(result);
}

/** What is remembered of the trial is in the columns of the stage. */
static void the_scores_are_kept(void **state) {
    (void)state;
    perebor_result *result = sample();
    note(result, 5);
    const h5_node *group = stage_find(result, "test");
    assert_non_null(group);
    const struct {
        const char *name;
        double value;
    } columns[] = {{"train_score", 0.9}, {"mean_test_score", 0.8}, {"test_score", 0.7}};
    for (size_t i = 0; i < 3; i++) {
        const h5_node *column = h5_find(group, columns[i].name);
        assert_non_null(column);
        assert_int_equal(column->array.dimensions[0], 1);
        assert_true(((const double *)column->array.data)[0] == columns[i].value);
    }
    perebor_result_free(result);
}

/** A trial that was looked at again after the search went on is found as it was seen last. */
static void the_last_look_at_a_trial_is_found(void **state) {
    (void)state;
    perebor_result *result = sample();
    test_look look = {.trial = 3, .train_score = 0.9, .mean_test_score = 0.8, .test_score = 0.6};
    bool found = true;
    assert_int_equal(test_looks_find(result, 7, &look, &found, NULL), PEREBOR_OK);
    assert_false(found);
    note(result, 7);
    assert_int_equal(test_looks_note(result, &look, NULL), PEREBOR_OK);
    go_on(result);
    look.test_score = 0.5;
    assert_int_equal(test_looks_note(result, &look, NULL), PEREBOR_OK);
    assert_int_equal(test_looks_find(result, 3, &look, &found, NULL), PEREBOR_OK);
    assert_true(found && look.trial == 3 && look.test_score == 0.5);
    assert_int_equal(test_looks_find(result, 7, &look, &found, NULL), PEREBOR_OK);
    assert_true(found && look.trial == 7 && look.test_score == 0.7);
    assert_int_equal(test_looks_find(result, 8, &look, &found, NULL), PEREBOR_OK);
    assert_false(found);
    perebor_result_free(result);
}

static void looks_of_another_file_are_added_each_once(void **state) {
    (void)state;
    perebor_result *a = sample(), *b = sample(), *none = sample();
    note(a, 5);
    note(b, 5);
    note(b, 7);
    assert_int_equal(test_looks_take(a, b, NULL), PEREBOR_OK);
    check_count(a, 2, 0);
    assert_int_equal(test_looks_take(a, none, NULL), PEREBOR_OK);
    check_count(a, 2, 0);
    assert_int_equal(test_looks_take(none, a, NULL), PEREBOR_OK);
    check_count(none, 2, 0);
    perebor_result_free(a);
    perebor_result_free(b);
    perebor_result_free(none);
}

/** Files of one search: the merged one has the looks at either. */
static void merging_forgets_no_look(void **state) {
    (void)state;
    perebor_result *a = sample(), *b = sample();
    perebor_error error = {0};
    note(a, 5);
    note(b, 7);
    if (perebor_result_merge(a, "a.h5", b, "b.h5", &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    check_count(a, 2, 0);
    perebor_result_free(a);
    perebor_result_free(b);
}

/** Whoever cannot read what was seen does not write that nothing was. */
static void damaged_looks_are_refused_and_not_forgotten(void **state) {
    (void)state;
    static const char *const columns[] = {"search", "train_score", "mean_test_score", "test_score"};
    for (size_t i = 0; i < 4; i++) {
        perebor_result *result = sample(), *other = sample();
        perebor_error error = {0};
        const test_look look = {.trial = 2};
        note(result, 1);
        h5_node *node = (h5_node *)(uintptr_t)h5_find(stage_find(result, "test"), columns[i]);
        node->array.kind = H5_INT64;
        assert_int_equal(test_looks_note(result, &look, &error), PEREBOR_ERR_FORMAT);
        assert_non_null(strstr(error.message, "/test is not whole"));
        assert_int_equal(test_looks_take(other, result, &error), PEREBOR_ERR_FORMAT);
        assert_null(stage_find(other, "test"));
        perebor_result_free(result);
        perebor_result_free(other);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ensembles_are_told_apart_by_their_scores),
        cmocka_unit_test(a_trial_is_remembered_once_for_each_state_of_the_search),
        cmocka_unit_test(the_scores_are_kept),
        cmocka_unit_test(the_last_look_at_a_trial_is_found),
        cmocka_unit_test(looks_of_another_file_are_added_each_once),
        cmocka_unit_test(merging_forgets_no_look),
        cmocka_unit_test(damaged_looks_are_refused_and_not_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
