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

#include "h5/tree_checksums.h"
#include "made_tree.h"
#include "scratch.h"

/** The faults that were told, a line each. */
static char faults[4096];

static void hear(void *context, const char *path, const char *what) {
    size_t length = strlen(faults);
    assert_ptr_equal(context, faults);
    (void)snprintf(faults + length, sizeof faults - length, "%s %s\n", path, what);
}

/** @return The number of rows. */
static size_t compare(const h5_tree *tree) {
    size_t n_rows = 0;
    faults[0] = '\0';
    assert_int_equal(h5_checksums_compare(tree, hear, faults, &n_rows, NULL), PEREBOR_OK);
    return n_rows;
}

static h5_node *add_ints(h5_tree *tree, h5_node *group, const char *name, h5_kind kind,
                         const void *data, size_t n) {
    h5_node *node = h5_add_dataset(tree, group, name, kind, 1, n, 0);
    memcpy(node->array.data, data, n * h5_kind_size(kind));
    return node;
}

/** Something of everything; without checksums. */
static h5_tree *sample(void) {
    h5_tree *tree = h5_tree_create();
    h5_set_text(tree, tree->root, "format", "f");
    h5_node *g = h5_add_group(tree, tree->root, "g");
    h5_set_integer(tree, g, "n", 5);
    h5_node *d = add_ints(tree, g, "d", H5_INT8, (int8_t[]){1, -1}, 2);
    h5_set_text(tree, d, "z", "end");
    h5_attribute *a = h5_add_attribute(tree, d, "a", H5_DOUBLE, 1, 2);
    ((double *)a->value.data)[0] = 2.5;
    ((double *)a->value.data)[1] = -0.0;
    (void)h5_add_texts(tree, g, "t", (const char *const[]){"", "я"}, 2);
    h5_node *m = h5_add_dataset(tree, g, "m", H5_DOUBLE, 2, 1, 2);
    ((double *)m->array.data)[0] = 0.5;
    ((double *)m->array.data)[1] = -1e300;
    h5_node *u = h5_add_dataset(tree, g, "u", H5_UINT64, 0, 0, 0);
    *(uint64_t *)u->array.data = UINT64_MAX;
    h5_node *table = h5_add_table(tree, h5_add_group(tree, tree->root, "tables"), "t");
    (void)add_ints(tree, table, "k", H5_INT32, (int32_t[]){INT32_MIN, 0, 7}, 3);
    return tree;
}

static h5_tree *summed_sample(void) {
    h5_tree *tree = sample();
    h5_checksums_add(tree);
    assert_false(tree->failed);
    return tree;
}

/** Derived from the description in tree_checksums.h with Python's hashlib. */
static const char *const expected[][2] = {
    {"/@format", "824556f9174401a85f51fccdb3a688c8e1c9b8c34eab6594a0d4308b84b35ab0"},
    {"/g/d", "85549cff90894f35a5cd908145f14135f6127c04f30c13a2cea5fff9629167d3"},
    {"/g/m", "3263ed88d8ffb01102e3364b114aeb24e6e2f70c4fe502a20d0e88a04f321ca3"},
    {"/g/t", "24d9098a060e937903e6f822869a8cd39ea94dcec07d105951eb71f237d7b387"},
    {"/g/u", "6d4787b642f535b6472041a1661fe0d1ce106048ff0ea8847508471a2645f6b7"},
    {"/g@n", "dd3f753998c5fc98c411fcd58babd09cb02072ab8fca27b7bf98f94314028965"},
    {"/tables/t/k", "390f3a3955e9e70383766db30dbe530db94b2ac635afbdfe0be8a602f1c151c1"},
};
enum { n_expected = sizeof expected / sizeof *expected };

static void the_checksums_are_as_documented(void **state) {
    (void)state;
    h5_tree *tree = summed_sample();
    const h5_array *paths = &h5_find(tree->root, H5_CHECKSUMS "/path")->array;
    const h5_array *sums = &h5_find(tree->root, H5_CHECKSUMS "/sha256")->array;
    assert_int_equal(paths->dimensions[0], n_expected);
    assert_int_equal(sums->dimensions[0], n_expected);
    for (size_t i = 0; i < n_expected; i++) {
        assert_string_equal(((const char *const *)paths->data)[i], expected[i][0]);
        assert_string_equal(((const char *const *)sums->data)[i], expected[i][1]);
    }
    assert_string_equal(h5_find_text(tree->root, "checksum"),
                        "16a56d6514c2274b3ce194325b81eb753fc64b65db0a8985f3cce9d19ee58321");
    h5_tree_free(tree);
}

static void what_was_summed_holds(void **state) {
    (void)state;
    h5_tree *tree = summed_sample();
    assert_int_equal(compare(tree), n_expected);
    assert_string_equal(faults, "");
    h5_tree_free(tree);
}

static void a_file_brings_the_sums_back(void **state) {
    (void)state;
    static const char *const groups[] = {"a", "b", "c", H5_CHECKSUMS, NULL};
    char folder[SCRATCH_SIZE], path[96];
    assert_non_null(scratch_create(folder));
    (void)snprintf(path, sizeof path, "%s/sums.h5", folder);
    for (uint64_t seed = 300; seed < 320; seed++) {
        h5_tree *tree = made_tree(seed);
        h5_checksums_add(tree);
        made_write(tree, path);
        h5_tree *read = made_read(path, groups);
        size_t n_rows = compare(read);
        assert_string_equal(faults, ""); // however narrow the numbers were
        assert_int_equal(n_rows, h5_find(tree->root, H5_CHECKSUMS "/path")->array.dimensions[0]);
        h5_tree_free(read);
        h5_tree_free(tree);
    }
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

#define DIFFERS " is not what was written: its checksum differs\n"

/** Alters one thing. */
static void alter(h5_tree *tree, size_t i) {
    h5_node *g = tree->root->children, *d = g->children, *t = d->next, *m = t->next;
    h5_node *u = m->next, *k = g->next->children->children;
    switch (i) {
    case 0:
        *(const char **)tree->root->attributes->value.data = "g";
        break;
    case 1:
        ((int8_t *)d->array.data)[1] = 1;
        break;
    case 2:
        ((double *)d->last_attribute->value.data)[1] = 0.0; // which was -0
        break;
    case 3:
        h5_set_integer(tree, d, "more", 1);
        break;
    case 4:
        ((double *)m->array.data)[0] = 0.5 + 0x1p-53;
        break;
    case 5:
        ((const char **)t->array.data)[0] = " ";
        break;
    case 6:
        *(uint64_t *)u->array.data = UINT64_MAX - 1;
        break;
    case 7:
        *(int64_t *)g->attributes->value.data = 6;
        break;
    case 8:
        m->array.dimensions[0] = 2, m->array.dimensions[1] = 1; // the shape alone
        break;
    case 9:
        d->attributes->name = "y";
        break;
    case 10:
        ((int32_t *)k->array.data)[2] = 8;
        break;
    default:
        d->array.dimensions[0] = 1;
        break;
    }
}

/** The fault is told by its path, and no other is. */
static void whatever_is_altered_is_named(void **state) {
    (void)state;
    static const char *const told[] = {
        "/@format" DIFFERS, "/g/d" DIFFERS, "/g/d" DIFFERS,        "/g/d" DIFFERS,
        "/g/m" DIFFERS,     "/g/t" DIFFERS, "/g/u" DIFFERS,        "/g@n" DIFFERS,
        "/g/m" DIFFERS,     "/g/d" DIFFERS, "/tables/t/k" DIFFERS, "/g/d" DIFFERS,
    };
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        h5_tree *tree = summed_sample();
        alter(tree, i);
        assert_int_equal(compare(tree), n_expected);
        assert_string_equal(faults, told[i]);
        h5_tree_free(tree);
    }
}

static void numbers_count_for_what_they_are_not_for_their_width(void **state) {
    (void)state;
    h5_tree *tree = summed_sample();
    h5_node *d = tree->root->children->children;
    d->array.kind = H5_INT64;
    d->array.data = (int64_t[]){1, -1};
    (void)compare(tree);
    assert_string_equal(faults, "");
    h5_tree_free(tree);
}

static void the_order_of_attributes_and_children_does_not_matter(void **state) {
    (void)state;
    h5_tree *tree = summed_sample();
    h5_node *g = tree->root->children, *d = g->children;
    h5_attribute *first = d->attributes, *second = first->next;
    d->attributes = second, second->next = first, first->next = NULL;
    g->children = d->next, d->next = NULL, g->last_child->next = d;
    (void)compare(tree);
    assert_string_equal(faults, "");
    h5_tree_free(tree);
}

static void what_is_missing_or_has_no_sum_is_named(void **state) {
    (void)state;
    h5_tree *tree = summed_sample();
    h5_node *g = tree->root->children;
    g->children = g->children->next; // without d
    g->attributes = NULL;
    (void)h5_add_dataset(tree, g, "extra", H5_INT8, 1, 1, 0);
    h5_set_text(tree, g, "note", "somebody's");
    h5_set_text(tree, tree->root, "note", "somebody's");
    (void)h5_add_group(tree, g, "empty");
    (void)compare(tree);
    assert_string_equal(faults, "/g/d is missing\n"
                                "/g/extra is not what was written: it has no checksum\n"
                                "/g@n is missing\n");
    h5_tree_free(tree);
}

static void rows_of_groups_that_were_not_read_are_passed_over(void **state) {
    (void)state;
    h5_tree *tree = summed_sample();
    h5_node *g = tree->root->children;
    tree->root->children = g->next; // without g
    assert_int_equal(compare(tree), n_expected);
    assert_string_equal(faults, "");
    g->next->name = "table"; // shorter than the one that the rows tell of
    (void)compare(tree);
    assert_string_equal(faults, "/table/t/k is not what was written: it has no checksum\n");
    tree->root->attributes = tree->root->attributes->next; // the root is always read
    (void)compare(tree);
    assert_string_equal(faults, "/@format is missing\n"
                                "/table/t/k is not what was written: it has no checksum\n");
    h5_tree_free(tree);
}

/** Whatever is altered of the rows themselves, the whole list counts for nothing. */
static void a_list_that_was_altered_is_not_believed(void **state) {
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        h5_tree *tree = summed_sample();
        h5_node *group = tree->root->last_child, *paths = group->children, *sums = paths->next;
        switch (i) {
        case 0:
            ((const char **)paths->array.data)[0] = "/@formas";
            break;
        case 1:
            ((const char **)sums->array.data)[2] = expected[0][1];
            break;
        case 2:
            *(const char **)tree->root->last_attribute->value.data = expected[0][1];
            break;
        case 3:
            paths->array.dimensions[0] = 1;
            break;
        case 4:
            sums->array.kind = H5_INT64;
            break;
        case 5:
            group->name = "checksum";
            break;
        case 6:
            tree->root->attributes->next = NULL; // the checksum of the rows
            break;
        default:
            sums->name = "sha512";
            break;
        }
        (void)compare(tree);
        assert_string_equal(faults, "/checksums is not what was written\n");
        h5_tree_free(tree);
    }
}

static void what_is_derived_is_compared_by_content_alone(void **state) {
    (void)state;
    h5_tree *tree = sample(), *derived = sample();
    h5_node *g = derived->root->children;
    h5_set_text(derived, g->children, "note", "an attribute more");
    *(int64_t *)g->attributes->value.data = 6;
    (void)h5_add_dataset(derived, g, "only here", H5_INT8, 0, 0, 0);
    (void)h5_add_dataset(tree, tree->root->children, "only there", H5_INT8, 0, 0, 0);
    faults[0] = '\0';
    assert_int_equal(h5_checksums_compare_derived(tree, derived, hear, faults, NULL), PEREBOR_OK);
    assert_string_equal(faults, "");
    ((int8_t *)g->children->array.data)[0] = 2;
    ((int32_t *)g->next->children->children->array.data)[0] = 2;
    assert_int_equal(h5_checksums_compare_derived(tree, derived, hear, faults, NULL), PEREBOR_OK);
    assert_string_equal(faults, "/g/d disagrees with what it is derived from\n"
                                "/tables/t/k disagrees with what it is derived from\n");
    h5_tree_free(derived);
    h5_tree_free(tree);
}

static void a_tree_without_anything_has_no_rows(void **state) {
    (void)state;
    h5_tree *tree = h5_tree_create();
    h5_checksums_add(tree);
    assert_int_equal(compare(tree), 0);
    assert_string_equal(faults, "");
    assert_string_equal(h5_find_text(tree->root, "checksum"), // SHA-256 of nothing
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    h5_tree_free(tree);
}

/** Nobody's notes on a dataset are so many that they could not be summed. */
static void a_dataset_may_have_any_number_of_attributes(void **state) {
    (void)state;
    h5_tree *tree = sample();
    h5_node *d = tree->root->children->children;
    for (int64_t i = 0; i < 200; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "n%d", (int)(7 * i % 200));
        h5_set_integer(tree, d, name, i);
    }
    h5_checksums_add(tree);
    assert_int_equal(h5_tree_check(tree, "sums", NULL), PEREBOR_OK);
    (void)compare(tree);
    assert_string_equal(faults, "");
    *(int64_t *)d->last_attribute->value.data = -1;
    (void)compare(tree);
    assert_string_equal(faults, "/g/d" DIFFERS);
    h5_tree_free(tree);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_checksums_are_as_documented),
        cmocka_unit_test(what_was_summed_holds),
        cmocka_unit_test(a_file_brings_the_sums_back),
        cmocka_unit_test(whatever_is_altered_is_named),
        cmocka_unit_test(numbers_count_for_what_they_are_not_for_their_width),
        cmocka_unit_test(the_order_of_attributes_and_children_does_not_matter),
        cmocka_unit_test(what_is_missing_or_has_no_sum_is_named),
        cmocka_unit_test(rows_of_groups_that_were_not_read_are_passed_over),
        cmocka_unit_test(a_list_that_was_altered_is_not_believed),
        cmocka_unit_test(what_is_derived_is_compared_by_content_alone),
        cmocka_unit_test(a_tree_without_anything_has_no_rows),
        cmocka_unit_test(a_dataset_may_have_any_number_of_attributes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
