// SPDX-License-Identifier: MIT
/** Stages: made from a search, current until it goes on, kept whatever becomes of the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/digest.h"
#include "sample_result.h"
#include "scratch.h"
#include "store/stage.h"

static char folder[SCRATCH_SIZE], path[96];

static int enter(void **state) {
    (void)state;
    if (scratch_create(folder) == NULL) {
        return -1;
    }
    (void)snprintf(path, sizeof path, "%s/result.h5", folder);
    return 0;
}

static int leave(void **state) {
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

/** A stage with something of every kind that a file keeps. */
static void put(perebor_result *result, const char *name, int64_t value) {
    h5_tree *tree = h5_tree_create();
    h5_node *group = h5_add_group(tree, tree->root, name);
    h5_set_integer(tree, group, "value", value);
    h5_node *row = h5_add_dataset(tree, group, "row", H5_INT64, 1, 2, 0);
    ((int64_t *)row->array.data)[1] = value;
    h5_node *flag = h5_add_dataset(tree, group, "flag", H5_INT8, 1, 2, 0);
    ((int8_t *)flag->array.data)[0] = -1;
    (void)h5_add_texts(tree, group, "id", (const char *const[]){"я", ""}, 2);
    h5_set_text(tree, group, "scales", "row");
    perebor_error error = {0};
    if (stage_put(result, group, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    h5_tree_free(tree);
}

static const char *digest_of(const perebor_result *result, const char *name) {
    const h5_node *group = stage_find(result, name);
    assert_non_null(group);
    return h5_find_text(group, "digest");
}

static int64_t value_of(const perebor_result *result, const char *name) {
    const h5_node *group = stage_find(result, name);
    assert_non_null(group);
    return ((const int64_t *)h5_find(group, "row")->array.data)[1];
}

/** The search goes on: some trial that waited has an outcome. */
static void go_on(perebor_result *result) {
    perebor_trials *trials = result->trials;
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        if (trials->state[trial] == PEREBOR_TRIAL_WAITING) {
            trials->state[trial] = PEREBOR_TRIAL_FAIL;
            trials->error[trial] = perebor_trials_intern(trials, "too late");
            return;
        }
    }
    fail_msg("no trial waits");
}

static void a_stage_is_found_current_and_alone(void **state) {
    (void)state;
    perebor_result *result = sample_result_create(30);
    const h5_node *group = NULL;
    assert_null(stage_find(result, "model"));
    assert_false(stage_is_current(result, "model"));
    put(result, "model", 1);
    assert_true(stage_is_current(result, "model"));
    assert_null(stage_find(result, "test"));
    assert_int_equal(stage_require(result, "model", "r.h5", &group, NULL), PEREBOR_OK);
    assert_ptr_equal(group, stage_find(result, "model"));
    h5_attribute *digest = (h5_attribute *)h5_find_attribute(group, "digest");
    perebor_error error = {0};
    digest->name = "other";
    assert_int_equal(stage_require(result, "model", "r.h5", &group, &error), PEREBOR_ERR_FORMAT);
    assert_string_equal(error.message, "/model of r.h5 lacks its digest");
    perebor_result_free(result);
}

static void what_is_missing_or_old_is_told_with_the_remedy(void **state) {
    (void)state;
    perebor_result *result = sample_result_create(30);
    perebor_error error = {0};
    const h5_node *group = NULL;
    assert_int_equal(stage_require(result, "model", "r.h5", &group, &error), PEREBOR_ERR_CONFLICT);
    assert_string_equal(error.message, "r.h5 has no /model: run 'perebor refit r.h5' first");
    put(result, "model", 1);
    go_on(result);
    assert_false(stage_is_current(result, "model"));
    assert_non_null(stage_find(result, "model")); // kept
    assert_int_equal(stage_require(result, "model", "r.h5", &group, &error), PEREBOR_ERR_CONFLICT);
    assert_string_equal(error.message, "/model of r.h5 was made before its search went on: run "
                                       "'perebor refit r.h5' again");
    assert_null(group);
    put(result, "model", 1);
    assert_true(stage_is_current(result, "model"));
    perebor_result_free(result);
}

static void a_later_stage_takes_the_place_of_the_one_before(void **state) {
    (void)state;
    perebor_result *result = sample_result_create(30);
    char first[PEREBOR_SHA256_HEX_SIZE];
    put(result, "model", 1);
    put(result, "test", 5);
    (void)snprintf(first, sizeof first, "%s", digest_of(result, "model"));
    put(result, "model", 2);
    assert_int_equal(value_of(result, "model"), 2);
    assert_int_equal(value_of(result, "test"), 5);
    assert_string_not_equal(digest_of(result, "model"), first);
    put(result, "model", 1);
    assert_string_equal(digest_of(result, "model"), first); // of the content alone
    size_t n = 0;
    for (const h5_node *group = result->stages->root->children; group != NULL;
         group = group->next) {
        n++;
    }
    assert_int_equal(n, 2);
    perebor_result_free(result);
}

/** A digest is the same whenever the stage was made: it does not cover what it was made from. */
static void the_digest_is_not_of_the_search(void **state) {
    (void)state;
    perebor_result *result = sample_result_create(30), *other = sample_result_create(40);
    char one[PEREBOR_SHA256_HEX_SIZE], two[PEREBOR_SHA256_HEX_SIZE];
    put(result, "model", 1);
    put(other, "model", 1);
    assert_string_equal(digest_of(result, "model"), digest_of(other, "model"));
    stage_identify_search(result, one);
    stage_identify_search(other, two);
    assert_string_not_equal(one, two);
    assert_string_equal(h5_find_text(stage_find(result, "model"), "made_from"), one);
    // A stage that is put again with the attributes that it got.
    h5_tree *kept = result->stages;
    result->stages = NULL;
    assert_int_equal(stage_put(result, h5_find(kept->root, "model"), NULL), PEREBOR_OK);
    assert_string_equal(digest_of(result, "model"), digest_of(other, "model"));
    h5_tree_free(kept);
    perebor_result_free(other);
    perebor_result_free(result);
}

static void what_makes_it_this_search_is_in_its_identity(void **state) {
    (void)state;
    char before[PEREBOR_SHA256_HEX_SIZE], after[PEREBOR_SHA256_HEX_SIZE];
    for (int change = 0; change < 6; change++) {
        perebor_result *result = sample_result_create(30);
        stage_identify_search(result, before);
        switch (change) {
        case 0:
            result->seed++;
            break;
        case 1:
            result->data_fingerprint[31] ^= 1;
            break;
        case 2:
            result->folds_fingerprint[0] ^= 1;
            break;
        case 3:
            result->config_sha256[5] ^= 1;
            break;
        case 4:
            result->trial_memory_bytes = 1;
            break;
        default:
            go_on(result);
        }
        stage_identify_search(result, after);
        assert_string_not_equal(before, after);
        perebor_result_free(result);
    }
}

static void a_file_keeps_stages_to_the_bit(void **state) {
    (void)state;
    perebor_result *result = sample_result_create(30), *read = NULL;
    perebor_error error = {0};
    for (size_t i = 0; stage_names[i] != NULL; i++) {
        put(result, stage_names[i], (int64_t)i);
    }
    assert_int_equal(perebor_result_write(result, path, true, &error), PEREBOR_OK);
    assert_int_equal(perebor_result_read(&read, path, &error), PEREBOR_OK);
    for (const char *const *name = stage_names; *name != NULL; name++) {
        assert_true(stage_is_current(read, *name));
        assert_string_equal(digest_of(read, *name), digest_of(result, *name));
        h5_tree *copy = h5_tree_create();
        stages_to_tree(read, copy);
        assert_non_null(h5_find(copy->root, *name));
        assert_string_equal(h5_find(h5_find(copy->root, *name), "id")->scales[0], "row");
        h5_tree_free(copy);
    }
    perebor_result_free(read);
    perebor_result_free(result);
}

/** Puts a stage that was made of the model that is there. */
/** Puts a stage that was made of another. */
static void put_of(perebor_result *result, const char *name, const char *source) {
    h5_tree *tree = h5_tree_create();
    h5_node *group = h5_add_group(tree, tree->root, name);
    h5_set_text(tree, group, source, digest_of(result, source));
    assert_int_equal(stage_put(result, group, NULL), PEREBOR_OK);
    h5_tree_free(tree);
}

static void put_of_model(perebor_result *result) {
    put_of(result, "explain", "model");
}

static void a_stage_of_another_model_is_not_current(void **state) {
    (void)state;
    perebor_result *result = sample_result_create(3);
    const h5_node *group = NULL;
    perebor_error error = {0};
    put(result, "model", 3);
    put_of_model(result);
    assert_true(stage_is_current(result, "explain"));
    put(result, "model", 3);
    assert_true(stage_is_current(result, "explain"));
    put(result, "model", 4);
    assert_false(stage_is_current(result, "explain"));
    assert_int_equal(stage_require(result, "explain", "out.h5", &group, &error),
                     PEREBOR_ERR_CONFLICT);
    assert_string_equal(error.message, "/explain of out.h5 was made of another model than /model "
                                       "is now: run 'perebor explain out.h5' again");
    put_of_model(result);
    assert_int_equal(stage_require(result, "explain", "out.h5", &group, &error), PEREBOR_OK);
    perebor_result_free(result);
}

static void expect_refusal(const perebor_result *result, const char *name, const char *message) {
    perebor_error error = {0};
    const h5_node *group = NULL;
    assert_false(stage_is_current(result, name));
    assert_int_equal(stage_require(result, name, "r.h5", &group, &error), PEREBOR_ERR_CONFLICT);
    assert_string_equal(error.message, message);
}

static void of_a_stage_that_is_stale_nothing_is_current(void **state) {
    (void)state;
    static const char refit[] = "/model of r.h5 was made of another ensemble than /ensemble is "
                                "now: run 'perebor refit r.h5 --select ensemble' again";
    perebor_result *result = sample_result_create(3);
    put(result, "ensemble", 1);
    put_of(result, "model", "ensemble");
    put_of(result, "explain", "model");
    put_of(result, "segments", "explain");
    put_of(result, "offers", "segments");
    assert_true(stage_is_current(result, "offers"));
    put(result, "ensemble", 2);
    expect_refusal(result, "model", refit);
    expect_refusal(result, "explain", refit);
    expect_refusal(result, "offers", refit);
    put_of(result, "model", "ensemble");
    expect_refusal(result, "offers",
                   "/explain of r.h5 was made of another model than /model is now: run 'perebor "
                   "explain r.h5' again");
    perebor_result_free(result);
}

static void sources_in_a_circle_have_an_end(void **state) {
    (void)state;
    perebor_result *result = sample_result_create(3);
    put(result, "ensemble", 1);
    put_of(result, "model", "ensemble");
    h5_node *ensemble = (h5_node *)stage_find(result, "ensemble");
    h5_set_text(result->stages, ensemble, "model", digest_of(result, "model"));
    assert_true(stage_is_current(result, "model"));
    assert_true(stage_is_current(result, "ensemble"));
    h5_attribute *made_from = (h5_attribute *)h5_find_attribute(ensemble, "made_from");
    made_from->name = "other";
    expect_refusal(result, "model",
                   "/ensemble of r.h5 was made before its search went on: run 'perebor ensemble "
                   "r.h5' again");
    perebor_result_free(result);
}

static void other_groups_are_no_stages(void **state) {
    (void)state;
    perebor_result *result = sample_result_create(3);
    h5_tree *tree = h5_tree_create();
    (void)h5_add_group(tree, tree->root, "trials");
    (void)h5_add_group(tree, tree->root, "models");
    assert_int_equal(stages_from_tree(result, tree, NULL), PEREBOR_OK);
    assert_null(stage_find(result, "trials"));
    assert_null(stage_find(result, "models"));
    h5_tree_free(tree);
    perebor_result_free(result);
}

static void a_search_that_goes_on_takes_its_stages_along(void **state) {
    (void)state;
    perebor_result *before = sample_result_create(30), *after = sample_result_create(60);
    assert_int_equal(stage_take(after, before, NULL), PEREBOR_OK); // none: nothing happens
    put(before, "model", 1);
    put(before, "test", 2);
    put(after, "test", 7);
    assert_int_equal(stage_take(after, before, NULL), PEREBOR_OK);
    assert_int_equal(value_of(after, "model"), 1);
    assert_int_equal(value_of(after, "test"), 7);
    assert_false(stage_is_current(after, "model"));
    assert_true(stage_is_current(after, "test"));
    perebor_result_free(before);
    perebor_result_free(after);
}

static void a_stage_that_is_current_is_taken_for_one_that_is_not(void **state) {
    (void)state;
    perebor_result *old = sample_result_create(30), *new = sample_result_create(30);
    put(old, "model", 1);
    put(old, "test", 1);
    go_on(old);
    go_on(new);
    put(new, "model", 2);
    put(new, "test", 2);
    assert_int_equal(stage_take(old, new, NULL), PEREBOR_OK);
    assert_int_equal(value_of(old, "model"), 2);
    assert_true(stage_is_current(old, "model"));
    assert_int_equal(value_of(old, "test"), 1); // looks are added to, never replaced
    perebor_result_free(old);
    perebor_result_free(new);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stage_is_found_current_and_alone),
        cmocka_unit_test(what_is_missing_or_old_is_told_with_the_remedy),
        cmocka_unit_test(a_later_stage_takes_the_place_of_the_one_before),
        cmocka_unit_test(the_digest_is_not_of_the_search),
        cmocka_unit_test(what_makes_it_this_search_is_in_its_identity),
        cmocka_unit_test(a_file_keeps_stages_to_the_bit),
        cmocka_unit_test(a_stage_of_another_model_is_not_current),
        cmocka_unit_test(of_a_stage_that_is_stale_nothing_is_current),
        cmocka_unit_test(sources_in_a_circle_have_an_end),
        cmocka_unit_test(other_groups_are_no_stages),
        cmocka_unit_test(a_search_that_goes_on_takes_its_stages_along),
        cmocka_unit_test(a_stage_that_is_current_is_taken_for_one_that_is_not),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
