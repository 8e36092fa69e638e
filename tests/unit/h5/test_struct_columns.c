// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "h5/struct_columns.h"

typedef struct sample {
    char padding;
    const char *name;
    int64_t whole;
    uint64_t size;
    double real;
} sample;

static const sample samples[] = {
    {'x', "first", -5, UINT64_MAX, 0.5},
    {'y', NULL, INT64_MIN, 0, -0.0},
    {'z', "трет\xff", INT64_MAX, 7, 1e300},
};

static void a_member_becomes_a_column(void **state) {
    (void)state;
    h5_tree *tree = h5_tree_create();
    h5_node *group = h5_add_group(tree, tree->root, "g");
    const h5_node *names = H5_ADD_TEXTS(tree, group, sample, samples, 3, name);
    const h5_node *wholes = H5_ADD_NUMBERS(tree, group, H5_INT64, sample, samples, 3, whole);
    const h5_node *sizes = H5_ADD_NUMBERS(tree, group, H5_UINT64, sample, samples, 3, size);
    const h5_node *reals =
        H5_ADD_NUMBERS_AS("other name", tree, group, H5_DOUBLE, sample, samples, 3, real);
    assert_int_equal(h5_tree_check(tree, "columns", NULL), PEREBOR_OK);
    assert_ptr_equal(h5_find(group, "name"), names);
    assert_ptr_equal(h5_find(group, "whole"), wholes);
    assert_ptr_equal(h5_find(group, "size"), sizes);
    assert_ptr_equal(h5_find(group, "other name"), reals);
    static const char *const kept[] = {"first", "", "трет\\xff"};
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(((const char *const *)names->array.data)[i], kept[i]);
        assert_true(((const int64_t *)wholes->array.data)[i] == samples[i].whole);
        assert_true(((const uint64_t *)sizes->array.data)[i] == samples[i].size);
        assert_memory_equal((const double *)reals->array.data + i, &samples[i].real, 8);
    }
    assert_int_equal(reals->array.kind, H5_DOUBLE);
    assert_int_equal(reals->array.n_dimensions, 1);
    assert_int_equal(reals->array.dimensions[0], 3);
    h5_tree_free(tree);
}

static void no_structs_are_columns_without_rows(void **state) {
    (void)state;
    h5_tree *tree = h5_tree_create();
    const h5_node *names = H5_ADD_TEXTS(tree, tree->root, sample, NULL, 0, name);
    const h5_node *reals = H5_ADD_NUMBERS(tree, tree->root, H5_DOUBLE, sample, NULL, 0, real);
    assert_int_equal(names->array.dimensions[0], 0);
    assert_int_equal(names->array.kind, H5_TEXT);
    assert_int_equal(reals->array.dimensions[0], 0);
    h5_tree_free(tree);
}

static void columns_of_no_group_are_not_there(void **state) {
    (void)state;
    h5_tree *tree = h5_tree_create();
    assert_null(H5_ADD_TEXTS(tree, NULL, sample, samples, 3, name));
    assert_null(H5_ADD_NUMBERS(tree, NULL, H5_DOUBLE, sample, samples, 3, real));
    assert_null(tree->root->children);
    h5_tree_free(tree);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_member_becomes_a_column),
        cmocka_unit_test(no_structs_are_columns_without_rows),
        cmocka_unit_test(columns_of_no_group_are_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
