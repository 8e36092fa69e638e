// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"
#include "draw.h"
#include "perebor/trials.h"

static perebor_trials *make(const char *const *names, size_t n_names, uint64_t first, size_t n,
                            size_t n_folds) {
    perebor_trials *trials = NULL;
    perebor_error error = {0};
    assert_int_equal(
        perebor_trials_create_empty(&trials, names, n_names, first, n, n_folds, &error),
        PEREBOR_OK);
    return trials;
}

static void finish(perebor_trials *trials, size_t trial, double score) {
    trials->state[trial] = PEREBOR_TRIAL_COMPLETE;
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        trials->folds[trial * trials->n_folds + fold].test_score = score;
        trials->fold_done[trial * trials->n_folds + fold] = 1;
    }
}

static void an_empty_table_waits_and_knows_nothing(void **state) {
    (void)state;
    const char *names[] = {"model", "knn__p"};
    perebor_trials *trials = make(names, 2, 500, 3, 2);
    for (size_t trial = 0; trial < 3; trial++) {
        assert_int_equal(trials->state[trial], PEREBOR_TRIAL_WAITING);
        assert_int_equal(trials->same_as[trial], 500 + trial);
        assert_int_equal(trials->mpi_rank[trial], -1);
        assert_true(isnan(trials->datetime_start[trial]));
        assert_true(isnan(trials->folds[2 * trial + 1].test_score));
        assert_true(isnan(perebor_trials_mean_test_score(trials, trial)));
        assert_int_equal(trials->values[2 * trial].kind, PEREBOR_VALUE_NONE);
    }
    assert_string_equal(trials->parameter_names[1], "knn__p");
    perebor_trials_free(trials);
}

static void equal_texts_share_one_address_that_never_moves(void **state) {
    (void)state;
    perebor_trials *trials = make(NULL, 0, 0, 1, 1);
    const char *first = perebor_trials_intern(trials, "первый");
    char text[24];
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "text %d", i);
        assert_non_null(perebor_trials_intern(trials, text));
    }
    assert_ptr_equal(perebor_trials_intern(trials, "первый"), first);
    assert_string_equal(first, "первый");
    perebor_trials_free(trials);
}

static void means_and_deviations_have_the_bits_of_scikit_learn(void **state) {
    (void)state;
    FILE *golden = fopen(PEREBOR_TESTS_DIR "/golden/trial/scores.txt", "r");
    assert_non_null(golden);
    size_t n_folds;
    double mean, deviation;
    int n_lines = 0;
    while (fscanf(golden, "%zu %lf %lf", &n_folds, &mean, &deviation) == 3) {
        perebor_trials *trials = make(NULL, 0, 0, 1, n_folds);
        finish(trials, 0, 0.0);
        uint64_t random = n_folds;
        for (size_t fold = 0; fold < n_folds; fold++) {
            trials->folds[fold].test_score = draw_uniform(&random);
            trials->folds[fold].train_score = trials->folds[fold].test_score;
        }
        assert_true(perebor_trials_mean_test_score(trials, 0) == mean);
        assert_true(perebor_trials_mean_train_score(trials, 0) == mean);
        assert_true(perebor_trials_std_test_score(trials, 0) == deviation);
        perebor_trials_free(trials);
        n_lines++;
    }
    fclose(golden);
    assert_int_equal(n_lines, 17);
}

static void ranks_share_the_smallest_and_the_scoreless_share_the_last(void **state) {
    (void)state;
    const double scores[] = {0.7, 0.9, 0.7, NAN, 0.8, 0.9, NAN};
    const uint32_t expected[] = {4, 1, 4, 6, 3, 1, 6};
    uint32_t ranks[7];
    perebor_trials *trials = make(NULL, 0, 0, 7, 1);
    for (size_t trial = 0; trial < 7; trial++) {
        finish(trials, trial, scores[trial]);
    }
    trials->state[3] = PEREBOR_TRIAL_FAIL;
    trials->state[6] = PEREBOR_TRIAL_WAITING;
    assert_int_equal(perebor_trials_rank(trials, ranks, NULL), PEREBOR_OK);
    assert_memory_equal(ranks, expected, sizeof ranks);
    perebor_trials_free(trials);
}

static perebor_value text_value(perebor_trials *trials, const char *text) {
    return (perebor_value){.kind = PEREBOR_VALUE_TEXT,
                           .as.text = perebor_trials_intern(trials, text)};
}

static perebor_value integer_value(int64_t integer) {
    return (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = integer};
}

static perebor_value boolean_value(bool boolean) {
    return (perebor_value){.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = boolean};
}

/** The three trials of make_trials.py. */
static perebor_trials *make_golden(void) {
    const char *names[] = {"model", "logreg__C", "fit", "k"};
    perebor_trials *trials = make(names, 4, 100, 3, 2);
    trials->values[0] = text_value(trials, "logreg");
    trials->values[1] = (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = 0.1};
    trials->values[2] = boolean_value(true);
    finish(trials, 0, 0.5);
    trials->folds[1].test_score = 0.75;
    trials->values[4] = text_value(trials, "knn");
    trials->values[6] = boolean_value(false);
    trials->values[7] = integer_value(-3);
    trials->state[1] = PEREBOR_TRIAL_FAIL;
    trials->folds[2].test_score = 0.25;
    trials->fold_done[2] = 1;
    trials->values[8] = text_value(trials, "деревья");
    trials->values[11] = integer_value(7);
    finish(trials, 2, 0.5);
    trials->state[2] = PEREBOR_TRIAL_RUNNING;
    return trials;
}

static void assert_hex(const uint8_t digest[32], FILE *golden) {
    char expected[PEREBOR_SHA256_HEX_SIZE], text[PEREBOR_SHA256_HEX_SIZE];
    assert_int_equal(fscanf(golden, "%64s", expected), 1);
    perebor_sha256_hex(digest, text);
    assert_string_equal(text, expected);
}

/** make_trials.py's: f1 selects. */
static void add_golden_metrics(perebor_trials *trials) {
    const char *names[] = {"f1", "roc_auc", "accuracy"};
    assert_int_equal(perebor_trials_set_metrics(trials, names, 3, NULL), PEREBOR_OK);
    for (size_t at = 0; at < 6; at++) {
        double *further = perebor_trials_further(trials, at / 2, at % 2, PEREBOR_TEST);
        further[0] = trials->folds[at].test_score + 0.125;
        further[1] = trials->folds[at].test_score / 2.0;
    }
}

static void digests_are_as_the_reference_defines_them(void **state) {
    (void)state;
    FILE *golden = fopen(PEREBOR_TESTS_DIR "/golden/trial/digests.txt", "r");
    assert_non_null(golden);
    perebor_trials *trials = make_golden();
    uint8_t digest[32];
    for (size_t trial = 0; trial < 3; trial++) {
        perebor_trials_digest_one(trials, trial, digest);
        assert_hex(digest, golden);
    }
    perebor_trials_digest(trials, digest);
    assert_hex(digest, golden);
    add_golden_metrics(trials);
    for (size_t trial = 0; trial < 3; trial++) {
        perebor_trials_digest_one(trials, trial, digest);
        assert_hex(digest, golden);
    }
    perebor_trials_digest(trials, digest);
    assert_hex(digest, golden);
    fclose(golden);
    perebor_trials_free(trials);
}

static void the_digest_sees_one_bit_of_a_score_and_no_time_or_place(void **state) {
    (void)state;
    perebor_trials *trials = make_golden();
    uint8_t before[32], after[32];
    perebor_trials_digest(trials, before);
    trials->duration[0] = 3.0;
    trials->datetime_start[0] = 1.0;
    trials->mpi_rank[0] = 4;
    trials->host[0] = perebor_trials_intern(trials, "node");
    trials->error[1] = perebor_trials_intern(trials, "message");
    trials->folds[0].fit_seconds = 1.0;
    perebor_trials_digest(trials, after);
    assert_memory_equal(before, after, 32);
    trials->folds[0].test_score = nextafter(0.5, 1.0);
    perebor_trials_digest(trials, after);
    assert_memory_not_equal(before, after, 32);
    perebor_trials_free(trials);
}

static void metrics_are_ordered_and_scores_kept_apart(void **state) {
    (void)state;
    const char *names[] = {"f1", "roc_auc", "accuracy"};
    const char *twice[] = {"f1", "f1"};
    perebor_trials *trials = make(NULL, 0, 0, 2, 2);
    perebor_error error = {0};
    assert_true(perebor_trials_have_default_metric(trials));
    assert_int_equal(perebor_trials_set_metrics(trials, twice, 2, &error), PEREBOR_ERR_ARGUMENT);
    assert_non_null(strstr(error.message, "f1 is named twice"));
    assert_int_equal(perebor_trials_set_metrics(trials, names, 0, NULL), PEREBOR_ERR_ARGUMENT);
    assert_true(perebor_trials_have_default_metric(trials));
    assert_int_equal(perebor_trials_set_metrics(trials, names, 3, NULL), PEREBOR_OK);
    assert_false(perebor_trials_have_default_metric(trials));
    assert_string_equal(trials->metric_names[1], "accuracy");
    assert_string_equal(trials->metric_names[2], "roc_auc");
    for (size_t at = 0; at < 4; at++) {
        double score = (double)at;
        perebor_fold_outcome outcome = {.test_score = score, .train_score = score + 10.0};
        perebor_further_scores further = {.test = {score + 20.0, score * score},
                                          .train = {score + 40.0, 7.0}};
        perebor_trials_set_fold(trials, at / 2, at % 2, &outcome, &further);
        trials->state[at / 2] = PEREBOR_TRIAL_COMPLETE;
    }
    assert_true(perebor_trials_score(trials, 1, 0, 0, PEREBOR_TEST) == 2.0);
    assert_true(perebor_trials_score(trials, 1, 0, 0, PEREBOR_TRAIN) == 12.0);
    assert_true(perebor_trials_score(trials, 1, 1, 1, PEREBOR_TEST) == 23.0);
    assert_true(perebor_trials_score(trials, 0, 1, 1, PEREBOR_TRAIN) == 41.0);
    assert_true(perebor_trials_mean(trials, 1, 2, PEREBOR_TEST) == 6.5);
    assert_true(perebor_trials_std(trials, 1, 2) == 2.5);
    assert_true(perebor_trials_mean(trials, 1, 2, PEREBOR_TRAIN) == 7.0);
    perebor_trials_free(trials);
}

static void every_metric_ranks_by_itself(void **state) {
    (void)state;
    perebor_trials *trials = make_golden();
    uint32_t ranks[3];
    add_golden_metrics(trials);
    trials->state[2] = PEREBOR_TRIAL_COMPLETE;
    perebor_trials_further(trials, 2, 0, PEREBOR_TEST)[0] = 2.0;
    assert_int_equal(perebor_trials_rank(trials, ranks, NULL), PEREBOR_OK);
    assert_memory_equal(ranks, ((uint32_t[]){1, 3, 2}), sizeof ranks);
    assert_int_equal(perebor_trials_rank_by(trials, 1, ranks, NULL), PEREBOR_OK);
    assert_memory_equal(ranks, ((uint32_t[]){2, 3, 1}), sizeof ranks);
    perebor_trials_free(trials);
}

static void the_digest_sees_every_metric_and_which_selects(void **state) {
    (void)state;
    perebor_trials *trials = make_golden();
    uint8_t before[32], after[32];
    add_golden_metrics(trials);
    perebor_trials_digest(trials, before);
    perebor_trials_further(trials, 0, 1, PEREBOR_TRAIN)[1] = 0.5;
    perebor_trials_digest(trials, after);
    assert_memory_equal(before, after, 32);
    perebor_trials_further(trials, 0, 1, PEREBOR_TEST)[1] += 1e-16;
    perebor_trials_digest(trials, after);
    assert_memory_not_equal(before, after, 32);
    perebor_trials_free(trials);
    const char *one[] = {"f1"};
    trials = make_golden();
    perebor_trials_digest(trials, before);
    assert_int_equal(perebor_trials_set_metrics(trials, one, 1, NULL), PEREBOR_OK);
    perebor_trials_digest(trials, after);
    assert_memory_not_equal(before, after, 32);
    perebor_trials_free(trials);
}

static void trials_by_other_metrics_are_not_taken(void **state) {
    (void)state;
    perebor_trials *to = make_golden(), *from = make_golden();
    perebor_error error = {0};
    add_golden_metrics(from);
    assert_int_equal(perebor_trials_take(to, from, NULL, &error), PEREBOR_ERR_CONFLICT);
    assert_non_null(strstr(error.message, "by other metrics: 1 of them, selected by roc_auc"));
    perebor_trials_free(to);
    perebor_trials_free(from);
}

static void params_are_json_of_the_active_ones_in_order_of_name(void **state) {
    (void)state;
    perebor_trials *trials = make_golden();
    const char *expected[] = {
        "{\"fit\":true,\"logreg__C\":0.1,\"model\":\"logreg\"}",
        "{\"fit\":false,\"k\":-3,\"model\":\"knn\"}",
        "{\"k\":7,\"model\":\"деревья\"}",
    };
    for (size_t trial = 0; trial < 3; trial++) {
        char *json = perebor_trials_params_json(trials, trial);
        assert_string_equal(json, expected[trial]);
        free(json);
    }
    perebor_trials_free(trials);
}

static void a_failed_trial_has_no_mean_of_times(void **state) {
    (void)state;
    perebor_trials *trials = make(NULL, 0, 0, 2, 2);
    finish(trials, 0, 0.5);
    finish(trials, 1, 0.5);
    trials->folds[0].fit_seconds = trials->folds[2].fit_seconds = 3.0;
    trials->folds[1].score_seconds = trials->folds[3].score_seconds = 1.0;
    trials->state[1] = PEREBOR_TRIAL_FAIL;
    assert_true(perebor_trials_mean_fit_seconds(trials, 0) == 1.5);
    assert_true(perebor_trials_mean_score_seconds(trials, 0) == 0.5);
    assert_true(isnan(perebor_trials_mean_fit_seconds(trials, 1)));
    assert_true(isnan(perebor_trials_mean_score_seconds(trials, 1)));
    perebor_trials_free(trials);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_table_waits_and_knows_nothing),
        cmocka_unit_test(a_failed_trial_has_no_mean_of_times),
        cmocka_unit_test(equal_texts_share_one_address_that_never_moves),
        cmocka_unit_test(means_and_deviations_have_the_bits_of_scikit_learn),
        cmocka_unit_test(ranks_share_the_smallest_and_the_scoreless_share_the_last),
        cmocka_unit_test(params_are_json_of_the_active_ones_in_order_of_name),
        cmocka_unit_test(metrics_are_ordered_and_scores_kept_apart),
        cmocka_unit_test(every_metric_ranks_by_itself),
        cmocka_unit_test(the_digest_sees_every_metric_and_which_selects),
        cmocka_unit_test(trials_by_other_metrics_are_not_taken),
        cmocka_unit_test(digests_are_as_the_reference_defines_them),
        cmocka_unit_test(the_digest_sees_one_bit_of_a_score_and_no_time_or_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
