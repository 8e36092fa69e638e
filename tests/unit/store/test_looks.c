// SPDX-License-Identifier: MIT
/** Looks at the test part are remembered, once each, and none is lost when parts are merged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sample_result.h"
#include "store/stage.h"
#include "store/test_looks.h"

/** A result of trials first … first + n - 1. */
static perebor_result *part(uint64_t first, size_t n) {
    perebor_result *result = sample_result_create(1);
    assert_non_null(result);
    perebor_trials_free(result->trials);
    result->trials = sample_trials_create(first, n);
    return result;
}

static void look(perebor_result *result, size_t row) {
    perebor_error error = {0};
    if (test_looks_add(result, row, 0.9, 0.25 + (double)row, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
}

static void assert_counted(const perebor_result *result, size_t n, size_t n_then) {
    test_looks looks = test_looks_count(result);
    assert_int_equal(looks.n, n);
    assert_int_equal(looks.n_then, n_then);
}

static void go_on(perebor_result *result) {
    size_t trial = 0;
    while (result->trials->state[trial] != PEREBOR_TRIAL_WAITING) {
        trial++;
        assert_true(trial < result->trials->n_trials);
    }
    result->trials->state[trial] = PEREBOR_TRIAL_FAIL;
}

static void a_trial_is_remembered_once_while_the_search_is_the_same(void **state) {
    (void)state;
    perebor_result *result = part(100, 40);
    assert_counted(result, 0, 0);
    look(result, 3);
    look(result, 3);
    assert_counted(result, 1, 0);
    look(result, 7);
    assert_counted(result, 2, 0);
    const h5_node *group = stage_find(result, "test");
    const uint64_t *trials = h5_find(group, "trial")->array.data;
    const double *scores = h5_find(group, "test_score")->array.data;
    const double *means = h5_find(group, "mean_test_score")->array.data;
    assert_int_equal(trials[0], 103);
    assert_int_equal(trials[1], 107);
    assert_true(scores[1] == 7.25);
    double mean = perebor_trials_mean_test_score(result->trials, 7);
    assert_memory_equal(&means[1], &mean, sizeof mean);
    perebor_result_free(result);
}

static void looks_from_before_the_search_went_on_are_told_apart(void **state) {
    (void)state;
    perebor_result *result = part(0, 40);
    look(result, 3);
    look(result, 4);
    go_on(result);
    assert_counted(result, 2, 2);
    look(result, 3); // another look: the same trial, after more of the search
    assert_counted(result, 3, 2);
    perebor_result_free(result);
}

static perebor_result *merged(perebor_result *into, const perebor_result *from) {
    perebor_error error = {0};
    if (perebor_result_merge(into, "a.h5", from, "b.h5", &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return into;
}

static void a_merged_search_remembers_the_looks_of_its_parts(void **state) {
    (void)state;
    for (int order = 0; order < 2; order++) {
        perebor_result *a = part(0, 30), *b = part(30, 30);
        look(a, 2);
        look(b, 5);
        look(b, 6);
        perebor_result *whole = order == 0 ? merged(a, b) : merged(b, a);
        assert_counted(whole, 3, 3); // the parts were searches of their own then
        look(whole, 2);
        assert_counted(whole, 4, 3);
        perebor_result_free(a);
        perebor_result_free(b);
    }
}

static void a_part_without_looks_takes_those_of_the_other(void **state) {
    (void)state;
    perebor_result *a = part(0, 30), *b = part(30, 30), *c = part(60, 10);
    look(b, 5);
    assert_counted(merged(a, b), 1, 1);
    assert_counted(merged(a, c), 1, 1);
    assert_counted(merged(a, b), 1, 1); // known by now
    perebor_result_free(a);
    perebor_result_free(b);
    perebor_result_free(c);
}

static void stages_survive_a_merge(void **state) {
    (void)state;
    perebor_result *a = part(0, 30), *b = part(0, 60);
    h5_tree *tree = h5_tree_create();
    h5_node *model = h5_add_group(tree, tree->root, "model");
    h5_set_integer(tree, model, "trial", 3);
    assert_int_equal(stage_put(a, model, NULL), PEREBOR_OK);
    h5_set_integer(tree, model, "of", 60);
    assert_int_equal(stage_put(b, model, NULL), PEREBOR_OK);
    assert_true(stage_is_current(merged(a, b), "model")); // that of the whole is
    assert_non_null(h5_find_attribute(stage_find(a, "model"), "of"));
    h5_tree_free(tree);
    perebor_result_free(a);
    perebor_result_free(b);
}

/** Whoever cannot read what was seen does not write that nothing was. */
static void damaged_looks_are_refused_and_not_forgotten(void **state) {
    (void)state;
    static const char *const columns[] = {"search", "train_score", "mean_test_score", "test_score"};
    for (size_t i = 0; i < 4; i++) {
        perebor_result *result = part(0, 20), *other = part(20, 20);
        perebor_error error = {0};
        look(result, 1);
        h5_node *node = (h5_node *)(uintptr_t)h5_find(stage_find(result, "test"), columns[i]);
        node->array.kind = H5_INT64;
        assert_int_equal(test_looks_add(result, 2, 0.5, 0.5, &error), PEREBOR_ERR_FORMAT);
        assert_non_null(strstr(error.message, "/test is not whole"));
        assert_int_equal(test_looks_merge(other, result, &error), PEREBOR_ERR_FORMAT);
        assert_null(stage_find(other, "test"));
        perebor_result_free(result);
        perebor_result_free(other);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trial_is_remembered_once_while_the_search_is_the_same),
        cmocka_unit_test(looks_from_before_the_search_went_on_are_told_apart),
        cmocka_unit_test(a_merged_search_remembers_the_looks_of_its_parts),
        cmocka_unit_test(a_part_without_looks_takes_those_of_the_other),
        cmocka_unit_test(stages_survive_a_merge),
        cmocka_unit_test(damaged_looks_are_refused_and_not_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
