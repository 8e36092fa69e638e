// SPDX-License-Identifier: MIT
/** The stage /ensemble is read as it was written; whatever else a file may have there is refused.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "h5/file_tree.h"
#include "run/ensemble_stage.h"
#include "sample_result.h"
#include "store/stage.h"

enum { n_trials = 30, n_members = 3, n_rows = 4 };

static const uint64_t trials[n_members] = {7, 0, 29};
static const uint64_t weights[n_members] = {3, 1, 2};
static const double means[n_members] = {0.75, 0.5, 0.625};
static const int64_t rows[n_rows] = {2, 0, 3, 1};
static const double probabilities[n_rows] = {0.0, 0.25, 1.0, 0.5};
static const char *const reals[] = {"best_naive",    "naive",          "corrected",
                                    "corrected_low", "corrected_high", "best_corrected",
                                    "share_better",  "share_equal",    "mean_members"};
enum { n_reals = sizeof reals / sizeof *reals };

/** A result with an ensemble of three trials. */
static perebor_result *create(void) {
    perebor_result *result = sample_result_create(n_trials);
    h5_tree *tree = h5_tree_create();
    assert_true(result != NULL && tree != NULL);
    h5_node *group = h5_add_group(tree, tree->root, "ensemble");
    h5_node *trial = h5_add_dataset(tree, group, "trial", H5_UINT64, 1, n_members, 0);
    h5_node *weight = h5_add_dataset(tree, group, "weight", H5_UINT64, 1, n_members, 0);
    h5_node *mean = h5_add_dataset(tree, group, "mean_test_score", H5_DOUBLE, 1, n_members, 0);
    assert_true(trial != NULL && weight != NULL && mean != NULL);
    memcpy(trial->array.data, trials, sizeof trials);
    memcpy(weight->array.data, weights, sizeof weights);
    memcpy(mean->array.data, means, sizeof means);
    h5_node *row = h5_add_dataset(tree, group, "row", H5_INT64, 1, n_rows, 0);
    assert_non_null(row);
    memcpy(row->array.data, rows, sizeof rows);
    h5_node *probability = h5_add_dataset(tree, group, "probability", H5_DOUBLE, 1, n_rows, 0);
    assert_non_null(probability);
    memcpy(probability->array.data, probabilities, sizeof probabilities);
    h5_set_integer(tree, group, "version", 1);
    h5_set_integer(tree, group, "n_candidates", 20);
    h5_set_integer(tree, group, "n_used", 100);
    h5_set_unsigned(tree, group, "best_trial", 7);
    for (size_t i = 0; i < n_reals; i++) {
        h5_set_real(tree, group, reals[i], 0.5 + (double)i / 64.0);
    }
    assert_int_equal(stage_put(result, group, NULL), PEREBOR_OK);
    h5_tree_free(tree);
    return result;
}

static void what_was_written_is_read(void **state) {
    (void)state;
    ensemble loaded;
    perebor_error error = {0};
    perebor_result *result = create();
    if (ensemble_stage_load(&loaded, result, "whole.h5", &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(loaded.n_members, n_members);
    for (size_t i = 0; i < n_members; i++) {
        assert_int_equal(loaded.members[i].trial, trials[i]);
        assert_int_equal(loaded.members[i].weight, weights[i]);
        assert_true(loaded.members[i].mean_test_score == means[i]);
    }
    const perebor_corrected_ensemble *score = &loaded.score;
    const double read[n_reals] = {loaded.best_score, score->naive, score->corrected,
                                  score->low,        score->high,  score->single_corrected,
                                  score->better,     score->equal, score->n_members};
    for (size_t i = 0; i < n_reals; i++) {
        assert_true(read[i] == 0.5 + (double)i / 64.0);
    }
    assert_int_equal(loaded.n_candidates, 20);
    assert_int_equal(loaded.n_rows, n_rows);
    assert_int_equal(loaded.best, 7);
    assert_int_equal(score->n_used, 100);
    assert_memory_equal(loaded.probability, probabilities, sizeof probabilities);
    for (size_t i = 0; i < n_rows; i++) {
        assert_int_equal(loaded.rows[i], rows[i]);
    }
    assert_string_equal(loaded.digest, h5_find_text(stage_find(result, "ensemble"), "digest"));
    ensemble_release(&loaded);
    perebor_result_free(result);
}

static h5_node *find(h5_node *group, const char *path) {
    h5_node *found = (h5_node *)h5_find(group, path);
    assert_non_null(found);
    return found;
}

static void lose(h5_node *group, const char *name) {
    h5_attribute *found = (h5_attribute *)h5_find_attribute(group, name);
    assert_non_null(found);
    found->name = "other"; // as good as none
}

static void set_integer(h5_node *group, const char *name, int64_t value) {
    const h5_attribute *found = h5_find_attribute(group, name);
    assert_non_null(found);
    *(int64_t *)found->value.data = value;
}

static void set_element(h5_node *group, const char *name, uint64_t value) {
    ((uint64_t *)find(group, name)->array.data)[1] = value;
}

typedef void spoil(h5_node *group);

/* clang-format off */
static void no_weight(h5_node *g) { set_element(g, "weight", 0); }
static void vast_weight(h5_node *g) { set_element(g, "weight", UINT64_MAX); }
static void no_trial(h5_node *g) { set_element(g, "trial", n_trials); }
static void vast_trial(h5_node *g) { set_element(g, "trial", UINT64_MAX); }
static void short_weights(h5_node *g) { find(g, "weight")->array.dimensions[0] = n_members - 1; }
static void short_means(h5_node *g) { find(g, "mean_test_score")->array.dimensions[0] = n_members - 1; }
static void long_trials(h5_node *g) { find(g, "trial")->array.dimensions[0] = 1; }
static void no_members(h5_node *g) { find(g, "trial")->array.dimensions[0] = find(g, "weight")->array.dimensions[0] =
        find(g, "mean_test_score")->array.dimensions[0] = 0; }
static void real_weights(h5_node *g) { find(g, "weight")->array.kind = H5_DOUBLE; }
static void lost_rows(h5_node *g) { find(g, "row")->name = "other"; }
static void no_such_row(h5_node *g) { ((int64_t *)find(g, "row")->array.data)[1] = INT32_MAX; }
static void negative_row(h5_node *g) { ((int64_t *)find(g, "row")->array.data)[1] = -1; }
static void lost_probabilities(h5_node *g) { find(g, "probability")->name = "other"; }
static void few_probabilities(h5_node *g) { find(g, "probability")->array.dimensions[0] = n_rows - 1; }
static void no_probability(h5_node *g) { ((double *)find(g, "probability")->array.data)[3] = (double)NAN; }
static void more_than_certain(h5_node *g) { ((double *)find(g, "probability")->array.data)[3] = 1.5; }
static void less_than_never(h5_node *g) { ((double *)find(g, "probability")->array.data)[3] = -0.5; }
static void later(h5_node *g) { set_integer(g, "version", 2); }
static void no_version(h5_node *g) { lose(g, "version"); }
static void no_candidates(h5_node *g) { set_integer(g, "n_candidates", 0); }
static void lost_best(h5_node *g) { lose(g, "best_trial"); }
static void lost_digest(h5_node *g) { lose(g, "digest"); }
/* clang-format on */

static const struct {
    spoil *spoil;
    const char *message;
} wrong[] = {
    {no_weight, "ensemble/weight"},
    {vast_weight, "ensemble/weight"},
    {no_trial, "ensemble/trial"},
    {vast_trial, "ensemble/trial"},
    {short_weights, "ensemble/weight"},
    {short_means, "ensemble/mean_test_score"},
    {long_trials, "ensemble/weight"},
    {no_members, "ensemble/trial"},
    {real_weights, "ensemble/weight"},
    {lost_rows, "ensemble/row"},
    {no_such_row, "ensemble/row"},
    {negative_row, "ensemble/row"},
    {later, "ensemble@version is of a later version"},
    {no_version, "no attribute \"version\""},
    {no_candidates, "which is not between 1 and"},
    {lost_best, "best_trial"},
    {lost_probabilities, "ensemble/probability"},
    {few_probabilities, "ensemble/probability"},
    {no_probability, "ensemble/probability has what is no probability"},
    {more_than_certain, "ensemble/probability has what is no probability"},
    {less_than_never, "ensemble/probability has what is no probability"},
    {lost_digest, "/ensemble of spoilt.h5 lacks its digest"},
};

/** Reads the stage, which somebody spoilt. */
static void assert_refused(perebor_result *result, perebor_status expected, const char *message) {
    ensemble loaded = {0};
    perebor_error error = {0};
    assert_int_equal(ensemble_stage_load(&loaded, result, "spoilt.h5", &error), expected);
    if (strstr(error.message, message) == NULL) {
        fail_msg("\"%s\" is not of \"%s\"", error.message, message);
    }
    assert_null(loaded.members);
    perebor_result_free(result);
}

static void whatever_is_wrong_is_said(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        perebor_result *result = create();
        wrong[i].spoil(find(result->stages->root, "ensemble"));
        assert_refused(result, PEREBOR_ERR_FORMAT, wrong[i].message);
    }
    for (size_t i = 0; i < n_reals; i++) {
        perebor_result *result = create();
        lose(find(result->stages->root, "ensemble"), reals[i]);
        assert_refused(result, PEREBOR_ERR_FORMAT, "lacks one of its scores");
    }
}

/** Rows 0 and 1 validate in split 1, those of the test part in none. */
static void folds_are_scored_by_the_rows_that_validate_in_them(void **state) {
    (void)state;
    enum { n = 6, n_splits = 3 };
    static const uint8_t labels[n + 1] = {1, 0, 0, 1, 1, 1, 0};
    static const int32_t test_fold[n + 1] = {1, 1, 0, 0, 0, 2, -1};
    static uint32_t order[n] = {4, 0, 5, 2, 1, 3};
    static double probability[n] = {0.5, 0.2, 0.9, 0.5, 0.4, 0.7};
    const ensemble loaded = {.n_rows = n, .rows = order, .probability = probability};
    const perebor_result result = {
        .n_rows = n + 1, .labels = labels, .test_fold = test_fold, .n_splits = n_splits};
    double scores[n_splits];
    assert_int_equal(ensemble_fold_scores(&loaded, &result, scores, NULL), PEREBOR_OK);
    assert_true(scores[0] == 0.75); // .7 and .5 before .5, which is one pair and a half of two
    assert_true(scores[1] == 0.0);
    assert_true(isnan(scores[2])); // one class
}

static void what_is_not_current_is_refused(void **state) {
    (void)state;
    perebor_result *result = create();
    lose(find(result->stages->root, "ensemble"), "made_from");
    assert_refused(result, PEREBOR_ERR_CONFLICT, "before its search went on");
    assert_refused(sample_result_create(n_trials), PEREBOR_ERR_CONFLICT, "has no /ensemble");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(whatever_is_wrong_is_said),
        cmocka_unit_test(folds_are_scored_by_the_rows_that_validate_in_them),
        cmocka_unit_test(what_is_not_current_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
