// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <hdf5.h>

#include "h5/row_scale.h"
#include "made_tree.h"
#include "scratch.h"

enum { n_rows = 3 };

/** A group with a row of each kind, a matrix and a scalar. */
static h5_tree *sample(h5_node **group) {
    static const char *const texts[n_rows] = {"a", "b", "c"};
    h5_tree *tree = h5_tree_create();
    *group = h5_add_group(tree, tree->root, "trials");
    (void)h5_add_texts(tree, *group, "name", texts, n_rows);
    h5_node *score = h5_add_dataset(tree, *group, "score", H5_DOUBLE, 1, n_rows, 0);
    ((double *)score->array.data)[2] = 0.25;
    (void)h5_add_dataset(tree, *group, "folds", H5_DOUBLE, 2, n_rows, 5);
    (void)h5_add_dataset(tree, *group, "single", H5_INT64, 0, 0, 0);
    return tree;
}

static void rows_are_numbered_from_zero_and_every_column_names_the_scale(void **state) {
    (void)state;
    h5_node *group;
    h5_tree *tree = sample(&group);
    h5_number_rows(tree, group, "number", n_rows);
    const h5_array *scale = &h5_find(group, "number")->array;
    assert_int_equal(scale->kind, H5_INT64);
    for (size_t i = 0; i < n_rows; i++) {
        assert_int_equal(((const int64_t *)scale->data)[i], i);
    }
    for (const h5_node *column = group->children; column != NULL; column = column->next) {
        assert_string_equal(column->scales[0], "number"); // the scale itself too
        assert_null(column->scales[1]);
    }
    h5_number_rows(tree, NULL, "number", n_rows); // nothing
    h5_tree_free(tree);
}

static void a_table_has_the_rows_of_a_group_side_by_side(void **state) {
    (void)state;
    h5_node *group;
    h5_tree *tree = sample(&group);
    h5_node *whole = h5_add_table_of(tree, group, "all", NULL);
    h5_node *less = h5_add_table_of(tree, group, "less", "name");
    assert_ptr_equal(h5_find(tree->root, "tables/all"), whole);
    assert_ptr_equal(h5_find(tree->root, "tables/less"), less);
    assert_int_equal(whole->type, H5_TABLE);
    assert_string_equal(whole->children->name, "name");
    assert_string_equal(whole->children->next->name, "score");
    assert_null(whole->children->next->next); // neither the matrix nor the scalar
    assert_ptr_equal(whole->children->next->array.data, h5_find(group, "score")->array.data);
    assert_string_equal(less->children->name, "score");
    assert_null(less->children->next);
    assert_ptr_equal(h5_find(tree->root, "tables"), tree->root->last_child); // once
    assert_ptr_equal(tree->root->children->next, tree->root->last_child);
    assert_null(h5_add_table_of(tree, NULL, "none", NULL));
    h5_tree_free(tree);
}

/** Reads an attribute of fixed text. */
static void assert_fixed_text(hid_t dataset, const char *name, const char *expected) {
    char text[64] = "";
    hid_t attribute = H5Aopen(dataset, name, H5P_DEFAULT);
    assert_true(attribute >= 0);
    hid_t type = H5Aget_type(attribute);
    assert_int_equal(H5Tget_class(type), H5T_STRING);
    assert_int_equal(H5Tis_variable_str(type), 0);
    assert_in_range(H5Tget_size(type), 1, sizeof text);
    assert_true(H5Aread(attribute, type, text) >= 0);
    assert_string_equal(text, expected);
    assert_true(H5Tclose(type) >= 0 && H5Aclose(attribute) >= 0);
}

static void assert_refers_to(hid_t file, const hobj_ref_t *reference, const char *expected) {
    char name[64] = "";
    assert_true(H5Rget_name(file, H5R_OBJECT, reference, name, sizeof name) > 0);
    assert_string_equal(name, expected);
}

/** A dataset that one of its dimensions alone has a scale for has none: netCDF-4 opens no such
 * file. */
static void assert_no_scales(hid_t file, const char *name) {
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    assert_int_equal(H5Aexists(dataset, "DIMENSION_LIST"), 0);
    assert_true(H5Dclose(dataset) >= 0);
}

/** The scales of a dataset: one for each of its dimensions. */
static void assert_scales(hid_t file, const char *name, size_t n, const char *const *expected) {
    hvl_t lists[2] = {{0}, {0}};
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    hid_t attribute = H5Aopen(dataset, "DIMENSION_LIST", H5P_DEFAULT);
    assert_true(attribute >= 0);
    hid_t type = H5Tvlen_create(H5T_STD_REF_OBJ), space = H5Aget_space(attribute);
    assert_int_equal(H5Sget_simple_extent_npoints(space), n);
    assert_true(H5Aread(attribute, type, lists) >= 0);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(lists[i].len, 1);
        assert_refers_to(file, lists[i].p, expected[i]);
    }
    assert_true(H5Dvlen_reclaim(type, space, H5P_DEFAULT, lists) >= 0);
    assert_true(H5Sclose(space) >= 0 && H5Tclose(type) >= 0 && H5Aclose(attribute) >= 0 &&
                H5Dclose(dataset) >= 0);
}

typedef struct scale_use {
    hobj_ref_t dataset;
    int32_t dimension;
} scale_use;

/** Who uses a scale, and for which dimension. */
static void assert_uses(hid_t file, const char *scale, size_t n, const char *const *datasets,
                        const int32_t *dimensions) {
    scale_use uses[8];
    hid_t dataset = H5Dopen2(file, scale, H5P_DEFAULT);
    assert_fixed_text(dataset, "CLASS", "DIMENSION_SCALE");
    assert_fixed_text(dataset, "NAME", strrchr(scale, '/') + 1);
    hid_t attribute = H5Aopen(dataset, "REFERENCE_LIST", H5P_DEFAULT);
    assert_true(attribute >= 0);
    hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(scale_use)), space = H5Aget_space(attribute);
    assert_true(H5Tinsert(type, "dataset", HOFFSET(scale_use, dataset), H5T_STD_REF_OBJ) >= 0 &&
                H5Tinsert(type, "dimension", HOFFSET(scale_use, dimension), H5T_NATIVE_INT32) >= 0);
    assert_int_equal(H5Sget_simple_extent_npoints(space), n);
    assert_true(H5Aread(attribute, type, uses) >= 0);
    for (size_t i = 0; i < n; i++) {
        assert_refers_to(file, &uses[i].dataset, datasets[i]);
        assert_int_equal(uses[i].dimension, dimensions[i]);
    }
    assert_true(H5Sclose(space) >= 0 && H5Tclose(type) >= 0 && H5Aclose(attribute) >= 0 &&
                H5Dclose(dataset) >= 0);
}

/** As the dimension scale specification of HDF5 has it, which xarray and h5netcdf read. */
static void a_file_has_the_scales_as_specified(void **state) {
    (void)state;
    static const char *const by_row[] = {"/trials/number"};
    static const char *const by_both[] = {"/trials/number", "/trials/fold"};
    static const char *const of_rows[] = {"/trials/name", "/trials/score", "/trials/folds"};
    static const char *const of_folds[] = {"/trials/folds"};
    char folder[SCRATCH_SIZE], path[96];
    h5_node *group;
    h5_tree *tree = sample(&group);
    group->last_child = group->children->next->next; // the scalar has no rows
    group->last_child->next = NULL;
    h5_number_rows(tree, group, "number", n_rows);
    h5_node *fold = h5_add_dataset(tree, group, "fold", H5_INT64, 1, 5, 0);
    fold->scales[0] = fold->name;
    group->children->next->next->scales[1] = fold->name;
    h5_add_dataset(tree, group, "other", H5_INT8, 2, 2, 5)->scales[1] = fold->name;
    assert_non_null(scratch_create(folder));
    (void)snprintf(path, sizeof path, "%s/scales.h5", folder);
    made_write(tree, path);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(file >= 0);
    assert_scales(file, "/trials/name", 1, by_row);
    assert_scales(file, "/trials/folds", 2, by_both);
    assert_no_scales(file, "/trials/other");
    assert_uses(file, "/trials/number", 3, of_rows, (int32_t[]){0, 0, 0});
    assert_uses(file, "/trials/fold", 1, of_folds, (int32_t[]){1});
    assert_true(H5Fclose(file) >= 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
    h5_tree_free(tree);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_numbered_from_zero_and_every_column_names_the_scale),
        cmocka_unit_test(a_table_has_the_rows_of_a_group_side_by_side),
        cmocka_unit_test(a_file_has_the_scales_as_specified),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
