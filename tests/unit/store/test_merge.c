// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sample_result.h"
#include "trial/trials_tree.h"

static void assert_same_digest(const perebor_trials *a, const perebor_trials *b) {
    uint8_t left[32], right[32];
    perebor_trials_digest(a, left);
    perebor_trials_digest(b, right);
    assert_memory_equal(left, right, 32);
}

static void assert_same_curves(const perebor_trials *a, const perebor_trials *b) {
    uint8_t left[32], right[32];
    assert_int_equal(curves_digest(a, "a", left, NULL), PEREBOR_OK);
    assert_int_equal(curves_digest(b, "b", right, NULL), PEREBOR_OK);
    assert_memory_equal(left, right, sizeof left);
    assert_true(perebor_trials_digest_oob(a, left) && perebor_trials_digest_oob(b, right));
    assert_memory_equal(left, right, sizeof left);
}

static void assert_merges(uint64_t first_a, size_t n_a, uint64_t first_b, size_t n_b, bool more) {
    perebor_trials *a = sample_trials_create(first_a, n_a), *b = sample_trials_create(first_b, n_b);
    perebor_trials *whole = sample_trials_create(0, 100), *merged = NULL;
    perebor_error error = {0};
    for (int i = 0; more && i < 3; i++) {
        perebor_trials *trials = ((perebor_trials *[]){a, b, whole})[i];
        assert_int_equal(sample_trials_add_metrics(trials), PEREBOR_OK);
        assert_int_equal(sample_trials_add_curves(trials), PEREBOR_OK);
    }
    if (perebor_result_merge_trials(&merged, a, b, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(merged->n_trials, 100);
    assert_same_digest(merged, whole);
    if (more) {
        assert_same_curves(merged, whole);
    }
    assert_memory_equal(merged->same_as, whole->same_as, 100 * sizeof *whole->same_as);
    perebor_trials_free(merged);
    perebor_trials_free(whole);
    perebor_trials_free(a);
    perebor_trials_free(b);
}

static void parts_in_any_order_merge_to_the_digest_of_the_whole(void **state) {
    (void)state;
    assert_merges(0, 50, 50, 50, false);
    assert_merges(50, 50, 0, 50, false);
    assert_merges(0, 80, 20, 80, false);
    assert_merges(0, 100, 30, 10, false);
}

static void parts_with_metrics_and_curves_merge_to_the_whole(void **state) {
    (void)state;
    assert_merges(50, 50, 0, 50, true);
    assert_merges(0, 80, 20, 80, true);
}

static void a_trial_with_two_outcomes_is_refused_by_number(void **state) {
    (void)state;
    perebor_trials *a = sample_trials_create(0, 60), *b = sample_trials_create(40, 60);
    perebor_trials *merged = NULL;
    perebor_error error = {0};
    size_t trial = 5;
    while (b->state[trial] != PEREBOR_TRIAL_COMPLETE) {
        trial++;
    }
    double *score = &b->folds[trial * b->n_folds].test_score;
    *score = nextafter(*score, 2.0);
    char expected[32];
    (void)snprintf(expected, sizeof expected, "trial %zu is in both", 40 + trial);
    assert_int_equal(perebor_result_merge_trials(&merged, a, b, &error), PEREBOR_ERR_CONFLICT);
    assert_non_null(strstr(error.message, expected));
    assert_null(merged);
    perebor_trials_free(a);
    perebor_trials_free(b);
}

static void a_longer_search_takes_what_a_shorter_one_finished(void **state) {
    (void)state;
    perebor_trials *shorter = sample_trials_create(0, 60), *longer = sample_trials_create(0, 100);
    size_t n_finished = 0;
    for (size_t trial = 0; trial < 100; trial++) {
        bool finished = longer->state[trial] != PEREBOR_TRIAL_WAITING;
        n_finished += trial < 60 && finished;
        longer->state[trial] = PEREBOR_TRIAL_WAITING;
        longer->error[trial] = NULL;
        longer->host[trial] = NULL;
    }
    uint64_t n_taken = 0;
    assert_int_equal(perebor_trials_take(longer, shorter, &n_taken, NULL), PEREBOR_OK);
    assert_int_equal(n_taken, n_finished);
    for (size_t trial = 0; trial < 60; trial++) {
        uint8_t left[32], right[32];
        perebor_trials_digest_one(longer, trial, left);
        perebor_trials_digest_one(shorter, trial, right);
        assert_memory_equal(left, right, 32);
        assert_true((longer->host[trial] == NULL) == (shorter->host[trial] == NULL));
    }
    assert_int_equal(perebor_trials_take(longer, shorter, &n_taken, NULL), PEREBOR_OK);
    assert_int_equal(n_taken, 0);
    perebor_trials_free(longer);
    perebor_trials_free(shorter);
}

static void a_point_that_differs_is_refused_by_name(void **state) {
    (void)state;
    perebor_trials *a = sample_trials_create(0, 20), *b = sample_trials_create(0, 20);
    perebor_error error = {0};
    for (size_t trial = 0; trial < 20; trial++) {
        a->state[trial] = PEREBOR_TRIAL_WAITING;
    }
    size_t trial = 0;
    while (b->state[trial] != PEREBOR_TRIAL_COMPLETE) {
        trial++;
    }
    b->values[trial * b->n_parameters + 1].as.text = perebor_trials_intern(b, "another");
    assert_int_equal(perebor_trials_take(a, b, NULL, &error), PEREBOR_ERR_CONFLICT);
    assert_non_null(strstr(error.message, "scale is "));
    assert_non_null(strstr(error.message, "there it is \"another\""));
    for (trial = 0; trial < 20; trial++) {
        assert_int_equal(a->state[trial], PEREBOR_TRIAL_WAITING);
    }
    perebor_trials_free(a);
    perebor_trials_free(b);
}

static void assert_not_one_search(const perebor_result *a, const perebor_result *b,
                                  const char *reason) {
    perebor_error error = {0};
    assert_int_equal(perebor_result_check_same_search(a, "a.h5", b, "b.h5", &error),
                     PEREBOR_ERR_CONFLICT);
    if (strstr(error.message, reason) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error.message, reason);
    }
}

static void another_search_is_refused_by_the_name_of_the_field(void **state) {
    (void)state;
    perebor_result *a = sample_result_create(3), *b = sample_result_create(3);
    assert_int_equal(perebor_result_check_same_search(a, "a.h5", b, "b.h5", NULL), PEREBOR_OK);
    b->config_sha256[0] ^= 1;
    assert_not_one_search(a, b, "experiment/sha256 of a.h5 is ab");
    b->trial_memory_bytes = 1000;
    assert_not_one_search(a, b, "search.trial_memory in bytes of a.h5 is 0, of b.h5 1000");
    assert_int_equal(sample_trials_add_metrics(b->trials), PEREBOR_OK);
    assert_not_one_search(a, b, "search.metric of a.h5 is roc_auc, of b.h5 f1");
    assert_int_equal(perebor_trials_set_metrics(a->trials, ((const char *const[]){"f1"}), 1, NULL),
                     PEREBOR_OK);
    assert_not_one_search(a, b, "search.metrics of a.h5 and of b.h5 differ");
    b->folds_fingerprint[31] ^= 1;
    assert_not_one_search(a, b, "folds/fingerprint");
    b->n_splits = 7;
    assert_not_one_search(a, b, "folds/n_splits of a.h5 is 5, of b.h5 7");
    b->data_fingerprint[0] ^= 1;
    assert_not_one_search(a, b, "data/fingerprint");
    b->seed = 1;
    assert_not_one_search(a, b, "seed");
    perebor_result_free(a);
    perebor_result_free(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_in_any_order_merge_to_the_digest_of_the_whole),
        cmocka_unit_test(parts_with_metrics_and_curves_merge_to_the_whole),
        cmocka_unit_test(a_trial_with_two_outcomes_is_refused_by_number),
        cmocka_unit_test(a_longer_search_takes_what_a_shorter_one_finished),
        cmocka_unit_test(a_point_that_differs_is_refused_by_name),
        cmocka_unit_test(another_search_is_refused_by_the_name_of_the_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
