// SPDX-License-Identifier: MIT
/* Outcomes do not depend on what trials share, on who else is evaluated, or on who looks on. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "evaluating.h"

static void sharing_changes_no_bit_of_any_score(void **state) {
    (void)state;
    static fold_record shared[EVALUATING_TRIALS][EVALUATING_FOLDS],
        alone[EVALUATING_TRIALS][EVALUATING_FOLDS];
    for (uint64_t seed = 0; seed < 4; seed++) {
        perebor_space *space = evaluating_space(seed);
        evaluating_all(space, true, NULL, shared);
        evaluating_all(space, false, NULL, alone);
        for (size_t i = 0; i < EVALUATING_TRIALS * EVALUATING_FOLDS; i++) {
            assert_int_equal(shared[i / EVALUATING_FOLDS][i % EVALUATING_FOLDS].state,
                             PEREBOR_TRIAL_COMPLETE);
            assert_true(shared[i / EVALUATING_FOLDS][i % EVALUATING_FOLDS].train_score >= 0.0);
        }
        assert_memory_equal(shared, alone, sizeof shared);
        perebor_space_free(space);
    }
}

static void further_metrics_are_there_and_change_no_other_score(void **state) {
    (void)state;
    static fold_record plain[EVALUATING_TRIALS][EVALUATING_FOLDS],
        shared[EVALUATING_TRIALS][EVALUATING_FOLDS], alone[EVALUATING_TRIALS][EVALUATING_FOLDS];
    size_t n_metrics = 0;
    (void)perebor_metrics(&n_metrics);
    perebor_space *space = evaluating_space(5);
    evaluating_all(space, true, NULL, plain);
    evaluating.every_metric = true;
    evaluating_all(space, true, NULL, shared);
    evaluating_all(space, false, NULL, alone);
    evaluating.every_metric = false;
    assert_memory_equal(shared, alone, sizeof shared);
    for (size_t i = 0; i < EVALUATING_TRIALS * EVALUATING_FOLDS; i++) {
        const fold_record *one = &plain[i / EVALUATING_FOLDS][i % EVALUATING_FOLDS];
        const fold_record *all = &shared[i / EVALUATING_FOLDS][i % EVALUATING_FOLDS];
        assert_memory_equal(&one->test_score, &all->test_score, sizeof one->test_score);
        assert_memory_equal(&one->train_score, &all->train_score, sizeof one->train_score);
        for (size_t further = 0; further < PEREBOR_MAX_METRICS - 1; further++) {
            bool there = further + 1 < n_metrics;
            assert_int_equal(isfinite(all->further.test[further]) != 0, there);
            assert_int_equal(isfinite(all->further.train[further]) != 0, there);
        }
    }
    perebor_space_free(space);
}

static void out_of_fold_predictions_are_those_that_were_scored(void **state) {
    (void)state;
    static fold_record records[EVALUATING_TRIALS][EVALUATING_FOLDS];
    static out_of_fold received[3]; // Alone, shared, and under a limit that nothing meets.
    perebor_space *space = evaluating_space(3);
    for (int metrics = 0; metrics < 2; metrics++) {
        evaluating.every_metric = metrics == 1;
        evaluating.n_repeats = evaluating.every_metric ? 2 : 1;
        for (int way = 0; way < 3; way++) {
            evaluating.receiver = &received[way];
            memset(evaluating.receiver, 0, sizeof *evaluating.receiver);
            evaluating.memory_limit = way == 2 ? (size_t)1 << 32 : 0;
            evaluating_all(space, way > 0, NULL, records);
            assert_memory_equal(&received[0], evaluating.receiver, sizeof *evaluating.receiver);
        }
    }
    evaluating.receiver = NULL;
    evaluating.every_metric = false;
    evaluating.n_repeats = 1;
    evaluating.memory_limit = 0;
    perebor_space_free(space);
}

static void trials_that_are_skipped_change_no_others(void **state) {
    (void)state;
    static fold_record all[EVALUATING_TRIALS][EVALUATING_FOLDS],
        some[EVALUATING_TRIALS][EVALUATING_FOLDS];
    bool skip[EVALUATING_TRIALS] = {0};
    perebor_space *space = evaluating_space(9);
    for (size_t trial = 0; trial < EVALUATING_TRIALS; trial++) {
        skip[trial] = trial % 3 == 1;
    }
    evaluating_all(space, true, NULL, all);
    memcpy(some, all, sizeof some);
    evaluating_all(space, true, skip, some);
    assert_memory_equal(all, some, sizeof all);
    perebor_space_free(space);
}

static void labels_that_mean_nothing_score_a_half(void **state) {
    (void)state;
    static fold_record records[EVALUATING_TRIALS][EVALUATING_FOLDS];
    uint8_t kept[SMALL_N_ROWS];
    uint64_t random = 77;
    memcpy(kept, evaluating_data.labels, sizeof kept);
    for (size_t row = 0; row < SMALL_N_ROWS; row++) {
        evaluating_data.labels[row] = (uint8_t)(draw_bits(&random) & 1u);
    }
    perebor_space *space = evaluating_space(3);
    evaluating_all(space, true, NULL, records);
    memcpy(evaluating_data.labels, kept, sizeof kept);
    double sum = 0.0;
    for (size_t i = 0; i < EVALUATING_TRIALS * EVALUATING_FOLDS; i++) {
        sum += records[i / EVALUATING_FOLDS][i % EVALUATING_FOLDS].test_score;
    }
    double mean = sum / (EVALUATING_TRIALS * EVALUATING_FOLDS);
    assert_true(mean > 0.4 && mean < 0.6);
    perebor_space_free(space);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sharing_changes_no_bit_of_any_score),
        cmocka_unit_test(further_metrics_are_there_and_change_no_other_score),
        cmocka_unit_test(out_of_fold_predictions_are_those_that_were_scored),
        cmocka_unit_test(trials_that_are_skipped_change_no_others),
        cmocka_unit_test(labels_that_mean_nothing_score_a_half),
    };
    return cmocka_run_group_tests(tests, evaluating_set_up, evaluating_give_back);
}
