// SPDX-License-Identifier: MIT
/* The settings of a tree made definite for a table: counts and shares of its rows and columns, as
 * scikit-learn 1.2.1 rounds them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "learning.h"
#include "model/tree/tree.h"

/** Reads settings of a tree, "name=value" each, for a table. */
static perebor_status read_options(const char *settings, size_t n_rows, size_t n_columns,
                                   tree_options *options, perebor_error *error) {
    const perebor_learner *tree = learning_find("tree");
    perebor_value values[PEREBOR_MAX_SETTINGS];
    learning_defaults(tree, values);
    learning_set_all(tree, values, settings);
    return tree_options_read(options, values, n_rows, n_columns, error);
}

/** What a table of 100 rows and 30 columns, or another, makes of settings; 0: what is default. */
static const struct {
    const char *settings;
    size_t n_rows, n_columns;
    size_t min_split, min_leaf, max_features;
} read[] = {
    {"", 100, 30, 2, 1, 30},
    {"min_samples_split=17", 100, 30, 17, 1, 30},
    {"min_samples_split=0.1", 100, 30, 10, 1, 30},
    {"min_samples_split=0.101", 100, 30, 11, 1, 30}, // rounded up
    {"min_samples_split=0.001", 100, 30, 2, 1, 30},  // two at least
    {"min_samples_split=1.0", 100, 30, 100, 1, 30},
    {"min_samples_split=2", 1, 1, 2, 1, 1},
    {"min_samples_leaf=5", 100, 30, 10, 5, 30}, // no split leaves less than two leaves
    {"min_samples_leaf=5 min_samples_split=11", 100, 30, 11, 5, 30},
    {"min_samples_leaf=0.25", 100, 30, 50, 25, 30},
    {"min_samples_leaf=0.251", 100, 30, 52, 26, 30},
    {"min_samples_leaf=1e-9", 100, 30, 2, 1, 30},
    {"min_samples_leaf=0.5", 7, 30, 8, 4, 30},
    {"min_samples_leaf=1000000000000", 100, 30, 200, 100, 30}, // more than there are: no split
    {"max_features=7", 100, 30, 2, 1, 7},
    {"max_features=31", 100, 30, 2, 1, 30},
    {"max_features=9223372036854775807", 100, 30, 2, 1, 30},
    {"max_features=0.5", 100, 30, 2, 1, 15},
    {"max_features=0.49", 100, 30, 2, 1, 14}, // rounded down
    {"max_features=0.01", 100, 30, 2, 1, 1},  // one at least
    {"max_features=1.0", 100, 30, 2, 1, 30},
    {"max_features=sqrt", 100, 30, 2, 1, 5},
    {"max_features=sqrt", 100, 36, 2, 1, 6},
    {"max_features=sqrt", 100, 1, 2, 1, 1},
    {"max_features=log2", 100, 30, 2, 1, 4},
    {"max_features=log2", 100, 32, 2, 1, 5},
    {"max_features=log2", 100, 1, 2, 1, 1}, // log2 is 0
    {"max_features=null", 100, 30, 2, 1, 30},
};

static void counts_and_shares_become_rows_and_columns(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof read / sizeof *read; i++) {
        tree_options options;
        perebor_error error = {0};
        if (read_options(read[i].settings, read[i].n_rows, read[i].n_columns, &options, &error) !=
            PEREBOR_OK) {
            fail_msg("%s: %s", read[i].settings, error.message);
        }
        if (options.min_split != read[i].min_split || options.min_leaf != read[i].min_leaf ||
            options.max_features != read[i].max_features) {
            fail_msg("%s: split %zu, leaf %zu, features %zu", read[i].settings, options.min_split,
                     options.min_leaf, options.max_features);
        }
    }
}

static void what_is_not_set_is_not_limited(void **state) {
    (void)state;
    tree_options options;
    assert_int_equal(read_options("", 9, 3, &options, NULL), PEREBOR_OK);
    assert_int_equal(options.max_depth, SIZE_MAX);
    assert_int_equal(options.criterion, TREE_GINI);
    assert_false(options.balanced || options.like_sklearn);
    assert_true(options.ccp_alpha == 0.0);
    const char *all =
        "criterion=log_loss max_depth=4 class_weight=balanced random_state=4294967295 "
        "ccp_alpha=0.25";
    assert_int_equal(read_options(all, 9, 3, &options, NULL), PEREBOR_OK);
    assert_int_equal(options.max_depth, 4);
    assert_int_equal(options.criterion, TREE_ENTROPY); // log_loss is entropy by another name
    assert_true(options.balanced && options.like_sklearn);
    assert_int_equal(options.random_state, 4294967295u);
    assert_true(options.ccp_alpha == 0.25);
    assert_int_equal(read_options("random_state=0", 9, 3, &options, NULL), PEREBOR_OK);
    assert_true(options.like_sklearn); // 0 is a seed, null is none
}

/** Values that no setting accepts, but that a family may be handed: each is refused by name. */
static const struct {
    size_t setting;
    perebor_value value;
    const char *message;
} refused[] = {
    {2,
     {PEREBOR_VALUE_INTEGER, {.integer = 1}},
     "min_samples_split cannot be 1; it takes a whole number of at least 2, or a share of the rows "
     "above 0.0 and at most 1.0"},
    {3,
     {PEREBOR_VALUE_INTEGER, {.integer = 0}},
     "min_samples_leaf cannot be 0; it takes a whole number of at least 1, or a share of the rows "
     "above 0.0 and at most 1.0"},
    {2,
     {PEREBOR_VALUE_REAL, {.real = 2.5}},
     "min_samples_split cannot be 2.5; a number with a point is a share of the rows and at most "
     "1.0, a count of rows is a whole number"},
    {3,
     {PEREBOR_VALUE_REAL, {.real = 7.0}},
     "min_samples_leaf cannot be 7; a number with a point is a share of the rows and at most 1.0, "
     "a count of rows is a whole number"},
    {4,
     {PEREBOR_VALUE_REAL, {.real = 3.0}},
     "max_features cannot be 3; a number with a point is a share of the columns and at most 1.0, a "
     "count is a whole number"},
};

static void what_is_neither_count_nor_share_is_refused_by_name(void **state) {
    (void)state;
    const perebor_learner *tree = learning_find("tree");
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        perebor_value values[PEREBOR_MAX_SETTINGS];
        tree_options options = {.max_depth = 77};
        perebor_error error = {0};
        learning_defaults(tree, values);
        values[refused[i].setting] = refused[i].value;
        assert_int_equal(tree_options_read(&options, values, 50, 5, &error), PEREBOR_ERR_ARGUMENT);
        assert_string_equal(error.message, refused[i].message);
        assert_int_equal(options.max_depth, 77);
        const perebor_table_shape shape = {.n_rows = 50, .n_columns = 5};
        assert_true(tree->cost(values, &shape) == 0.0); // and it costs nothing to fail
    }
}

/** A tree's depth, and its smallest leaf by training rows. */
typedef struct shape {
    size_t depth, n_leaves;
    double smallest;
} shape;

static void measure(const tree_nodes *tree, uint32_t node, size_t depth, shape *shape) {
    uint32_t left = tree->nodes[node].left;
    if (left != 0) {
        measure(tree, left, depth + 1, shape);
        measure(tree, left + 1, depth + 1, shape);
        return;
    }
    shape->n_leaves++;
    shape->depth = depth > shape->depth ? depth : shape->depth;
    shape->smallest = fmin(shape->smallest, tree->nodes[node].weight);
}

static void trees_keep_the_limits_that_they_are_given(void **state) {
    (void)state;
    static const struct {
        const char *settings;
        size_t depth, most_leaves;
        double smallest;
    } limits[] = {
        {"max_depth=1", 1, 2, 1.0},
        {"max_depth=4", 4, 16, 1.0},
        {"min_samples_leaf=9", SIZE_MAX, 22, 9.0},
        {"min_samples_leaf=0.2", SIZE_MAX, 5, 40.0},
        {"min_samples_split=200", 1, 2, 1.0},
        {"min_samples_leaf=101", 0, 1, 200.0}, // no split leaves 101 of 200 on both sides
        {"min_samples_leaf=9 random_state=1", SIZE_MAX, 22, 9.0},
        {"max_depth=3 random_state=1 max_features=2", 3, 8, 1.0},
    };
    perebor_workspace workspace = {0};
    const perebor_learner *tree = learning_find("tree");
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        learning problem;
        perebor_value values[PEREBOR_MAX_SETTINGS];
        shape found = {.smallest = INFINITY};
        learning_draw(&problem, &workspace, i, 200, 4, 1, 0);
        learning_defaults(tree, values);
        learning_set_all(tree, values, limits[i].settings);
        measure(&learning_fit(tree, &problem, values, NULL)->tree, 0, 0, &found);
        assert_true(found.depth <= limits[i].depth);
        assert_in_range(found.n_leaves, limits[i].most_leaves > 1 ? 2 : 1, limits[i].most_leaves);
        assert_true(found.smallest >= limits[i].smallest);
    }
    perebor_workspace_release(&workspace);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_and_shares_become_rows_and_columns),
        cmocka_unit_test(what_is_not_set_is_not_limited),
        cmocka_unit_test(what_is_neither_count_nor_share_is_refused_by_name),
        cmocka_unit_test(trees_keep_the_limits_that_they_are_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
