// SPDX-License-Identifier: MIT
/* Memory that is short, or limited: the same trials fail everywhere, and nothing is left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "evaluating.h"

static void metrics_of_probabilities_need_memory_that_counts(void **state) {
    (void)state;
    static fold_record unlimited[EVALUATING_TRIALS][EVALUATING_FOLDS];
    perebor_space *space = evaluating_space(1);
    evaluating.every_metric = true;
    evaluating_all(space, false, NULL, unlimited);
    size_t most = evaluating_count_failures(space, 1, unlimited);
    size_t some = evaluating_count_failures(space, 1 << 16, unlimited);
    evaluating.every_metric = false;
    assert_int_equal(most, EVALUATING_TRIALS * EVALUATING_FOLDS);
    assert_true(some < most);
    perebor_space_free(space);
}

static void a_limit_of_memory_fails_the_same_trials_whatever_they_share(void **state) {
    (void)state;
    static fold_record unlimited[EVALUATING_TRIALS][EVALUATING_FOLDS];
    perebor_space *space = evaluating_space(1);
    evaluating_all(space, false, NULL, unlimited);
    assert_int_equal(evaluating_count_failures(space, 1, unlimited),
                     EVALUATING_TRIALS * EVALUATING_FOLDS);
    assert_int_equal(evaluating_count_failures(space, (size_t)1 << 32, unlimited), 0);
    size_t before = EVALUATING_TRIALS * EVALUATING_FOLDS;
    bool some = false;
    for (size_t limit = 1 << 13; limit < (size_t)1 << 24; limit *= 2) {
        size_t n_failed = evaluating_count_failures(space, limit, unlimited);
        some = some || (n_failed > 0 && n_failed < EVALUATING_TRIALS * EVALUATING_FOLDS);
        assert_true(n_failed <= before);
        before = n_failed;
    }
    assert_true(some);
    perebor_space_free(space);
}

static void a_refit_hands_over_its_pipeline_and_any_allocation_may_fail(void **state) {
    (void)state;
    static fold_record records[EVALUATING_TRIALS][EVALUATING_FOLDS];
    perebor_space *space = evaluating_space(5);
    evaluating.refits_too = true;
    evaluating_all(space, true, NULL, records);
    evaluating.refits_too = false;
    perebor_space_free(space);
}

/** As other tests, but in another manner, and the same outcomes. */
static void check_manner(evaluating_manner unlike_others, bool share) {
    static fold_record plain[EVALUATING_TRIALS][EVALUATING_FOLDS],
        other[EVALUATING_TRIALS][EVALUATING_FOLDS];
    bool skip[EVALUATING_TRIALS];
    perebor_space *space = evaluating_space(11);
    for (size_t trial = 0; trial < EVALUATING_TRIALS; trial++) {
        skip[trial] = trial >= 40;
    }
    memset(other, 0, sizeof other);
    memset(plain, 0, sizeof plain);
    evaluating_all(space, share, skip, plain);
    evaluating.manner = unlike_others;
    evaluating_all(space, share, skip, other);
    evaluating.manner = ONCE;
    assert_memory_equal(plain, other, sizeof plain);
    perebor_space_free(space);
}

static void a_unit_done_before_asks_the_system_for_nothing(void **state) {
    (void)state;
    check_manner(AGAIN, true);
    check_manner(AGAIN, false);
    evaluating.every_metric = true;
    check_manner(AGAIN, true);
    evaluating.every_metric = false;
}

static void any_allocation_of_a_unit_may_fail(void **state) {
    (void)state;
    check_manner(AFTER_EVERY_FAILURE, true);
    check_manner(AFTER_EVERY_FAILURE, false);
    evaluating.every_metric = true;
    check_manner(AFTER_EVERY_FAILURE, false);
    evaluating.every_metric = false;
}

/** Forests of one family; or, by share of rows without bootstrap, some that cannot be. */
static perebor_space *forest_space(bool some_fail) {
    static const perebor_value forest = {.kind = PEREBOR_VALUE_TEXT, .as.text = "forest"};
    static const perebor_value samples = {.kind = PEREBOR_VALUE_REAL, .as.real = 0.7};
    static const perebor_value bootstrap[2] = {
        {.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = true},
        {.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = false}};
    const perebor_parameter parameters[] = {
        {.name = "model", .distribution = PEREBOR_CONSTANT, .values = &forest, .n_values = 1},
        {.name = "forest__max_samples",
         .distribution = PEREBOR_CONSTANT,
         .values = &samples,
         .n_values = 1},
        {.name = "forest__bootstrap",
         .distribution = PEREBOR_CATEGORICAL,
         .values = bootstrap,
         .n_values = some_fail ? 2 : 1},
        {.name = "forest__n_estimators", .distribution = PEREBOR_INT_UNIFORM, .min = 1, .max = 12},
        {.name = "forest__min_samples_leaf",
         .distribution = PEREBOR_INT_UNIFORM,
         .min = 1,
         .max = 9},
        {.name = "forest__ccp_alpha", .distribution = PEREBOR_UNIFORM, .min = 0.0, .max = 0.02}};
    perebor_space *space = NULL;
    assert_int_equal(perebor_space_create(&space, "test", parameters,
                                          sizeof parameters / sizeof *parameters, NULL, 0,
                                          PEREBOR_SEARCH_RANDOM, 3, NULL),
                     PEREBOR_OK);
    return space;
}

/** Parts of forests, joined, have the outcomes of whole forests. */
static void check_parts(bool some_fail, bool share) {
    static fold_record whole[EVALUATING_TRIALS][EVALUATING_FOLDS],
        joined[EVALUATING_TRIALS][EVALUATING_FOLDS];
    bool skip[EVALUATING_TRIALS];
    size_t n_failed = 0;
    perebor_space *space = forest_space(some_fail);
    for (size_t trial = 0; trial < EVALUATING_TRIALS; trial++) {
        skip[trial] = trial >= 12;
    }
    memset(whole, 0, sizeof whole);
    memset(joined, 0, sizeof joined);
    evaluating_all(space, share, skip, whole);
    evaluating.manner = IN_PARTS;
    evaluating.n_joined = evaluating.n_points = 0;
    evaluating_all(space, share, skip, joined);
    evaluating.manner = ONCE;
    assert_memory_equal(whole, joined, sizeof whole);
    assert_true(evaluating.n_joined >= (share ? 1 : 12) * EVALUATING_FOLDS);
    assert_true(evaluating.n_points > 12 * EVALUATING_FOLDS);
    for (size_t trial = 0; trial < 12; trial++) {
        n_failed += whole[trial][0].state == PEREBOR_TRIAL_FAIL;
    }
    assert_true(some_fail ? n_failed > 0 && n_failed < 12 : n_failed == 0);
    perebor_space_free(space);
}

static void parts_of_a_forest_come_to_the_bits_of_the_whole(void **state) {
    (void)state;
    check_parts(true, false);
    check_parts(false, true);
    evaluating.every_metric = true;
    check_parts(false, true);
    evaluating.every_metric = false;
}

static void any_allocation_of_a_part_may_fail(void **state) {
    (void)state;
    evaluating.parts_may_fail = true;
    check_parts(false, true);
    evaluating.parts_may_fail = false;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics_of_probabilities_need_memory_that_counts),
        cmocka_unit_test(a_limit_of_memory_fails_the_same_trials_whatever_they_share),
        cmocka_unit_test(a_refit_hands_over_its_pipeline_and_any_allocation_may_fail),
        cmocka_unit_test(a_unit_done_before_asks_the_system_for_nothing),
        cmocka_unit_test(any_allocation_of_a_unit_may_fail),
        cmocka_unit_test(parts_of_a_forest_come_to_the_bits_of_the_whole),
        cmocka_unit_test(any_allocation_of_a_part_may_fail),
    };
    return cmocka_run_group_tests(tests, evaluating_set_up, evaluating_give_back);
}
