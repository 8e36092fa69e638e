// SPDX-License-Identifier: MIT
/** A copy is what it was copied from; a digest is of the content, however it came about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/digest.h"
#include "h5/tree_copy.h"
#include "made_tree.h"
#include "scratch.h"

static void digest_of(const h5_node *group, char hex[PEREBOR_SHA256_HEX_SIZE]) {
    uint8_t digest[32];
    assert_int_equal(h5_digest(group, digest, NULL), PEREBOR_OK);
    perebor_sha256_hex(digest, hex);
}

static h5_tree *copy_all(const h5_tree *tree) {
    h5_tree *copy = h5_tree_create();
    for (const h5_node *group = tree->root->children; group != NULL; group = group->next) {
        assert_non_null(h5_copy(copy, copy->root, group));
    }
    assert_int_equal(h5_tree_check(copy, "a copy", NULL), PEREBOR_OK);
    return copy;
}

static void assert_same_groups(const h5_tree *a, const h5_tree *b) {
    const h5_node *left = a->root->children, *right = b->root->children;
    char one[PEREBOR_SHA256_HEX_SIZE], other[PEREBOR_SHA256_HEX_SIZE];
    for (; left != NULL && right != NULL; left = left->next, right = right->next) {
        assert_string_equal(left->name, right->name);
        digest_of(left, one);
        digest_of(right, other);
        assert_string_equal(one, other);
    }
    assert_true(left == NULL && right == NULL);
}

static void a_copy_outlives_what_it_was_copied_from(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        h5_tree *tree = made_tree(seed), *again = made_tree(seed);
        h5_tree *copy = copy_all(tree);
        h5_tree_free(tree);
        assert_same_groups(copy, again);
        h5_tree_free(again);
        h5_tree_free(copy);
    }
}

/** @param[in] turned  In the other order. */
static h5_tree *ordered_tree(bool turned) {
    static const char *const names[] = {"alpha", "beta", "gamma"};
    h5_tree *tree = h5_tree_create();
    h5_node *group = h5_add_group(tree, tree->root, "g");
    for (size_t i = 0; i < 3; i++) {
        size_t at = turned ? 2 - i : i;
        h5_set_integer(tree, group, names[at], (int64_t)at);
        h5_node *node = h5_add_dataset(tree, group, names[at], H5_DOUBLE, 1, 2, 0);
        ((double *)node->array.data)[0] = (double)at;
    }
    return tree;
}

static void children_and_attributes_are_in_the_order_of_their_names(void **state) {
    (void)state;
    h5_tree *tree = ordered_tree(true), *other = ordered_tree(false);
    assert_same_groups(tree, other);
    h5_tree *copy = copy_all(tree);
    const h5_node *group = copy->root->children;
    assert_string_equal(group->children->name, "alpha");
    assert_string_equal(group->last_child->name, "gamma");
    assert_string_equal(group->attributes->name, "alpha");
    assert_string_equal(group->last_attribute->name, "gamma");
    char *a = made_text(copy, true), *b = made_text(other, true);
    assert_string_equal(a, b);
    free(a);
    free(b);
    h5_tree_free(copy);
    h5_tree_free(other);
    h5_tree_free(tree);
}

static void the_digest_sees_every_change(void **state) {
    (void)state;
    char digests[9][PEREBOR_SHA256_HEX_SIZE];
    for (int change = 0; change < 9; change++) {
        h5_tree *tree = h5_tree_create();
        h5_node *group = h5_add_group(tree, tree->root, change == 1 ? "h" : "g");
        h5_node *row = h5_add_dataset(tree, group, change == 2 ? "rows" : "row",
                                      change == 3 ? H5_INT32 : H5_INT64, 1, 2, 0);
        if (change != 3) {
            ((int64_t *)row->array.data)[1] = change == 4 ? 8 : 7;
        } else {
            ((int32_t *)row->array.data)[1] = 7;
        }
        (void)h5_add_texts(tree, group, "text", (const char *const[]){"a", change == 5 ? "c" : "b"},
                           2);
        h5_set_real(tree, group, "share", change == 6 ? -0.0 : 0.0);
        h5_set_text(tree, group, "name", change == 7 ? "" : "y");
        if (change == 8) {
            (void)h5_add_group(tree, group, "empty");
        }
        digest_of(group, digests[change]);
        for (int before = 0; before < change; before++) {
            assert_string_not_equal(digests[before], digests[change]);
        }
        h5_tree_free(tree);
    }
}

/** A file gives whole numbers of eight bytes for those of one and four: the copy is as before. */
static void what_a_file_widens_is_narrowed_again(void **state) {
    (void)state;
    static const char *const groups[] = {"g", NULL};
    char folder[SCRATCH_SIZE], path[96], before[PEREBOR_SHA256_HEX_SIZE],
        after[PEREBOR_SHA256_HEX_SIZE];
    assert_non_null(scratch_create(folder));
    (void)snprintf(path, sizeof path, "%s/narrow.h5", folder);
    h5_tree *tree = h5_tree_create();
    h5_node *group = h5_add_group(tree, tree->root, "g");
    h5_node *bytes = h5_add_dataset(tree, group, "bytes", H5_INT8, 1, 3, 0);
    memcpy(bytes->array.data, (int8_t[]){INT8_MIN, 0, INT8_MAX}, 3);
    h5_node *words = h5_add_dataset(tree, group, "words", H5_INT32, 2, 1, 2);
    memcpy(words->array.data, (int32_t[]){INT32_MIN, INT32_MAX}, 8);
    h5_node *unsigned_ones = h5_add_dataset(tree, group, "unsigned", H5_UINT64, 1, 1, 0);
    *(uint64_t *)unsigned_ones->array.data = UINT64_MAX;
    h5_set_flags(tree, bytes, (const char *const[]){"low", "high", NULL});
    digest_of(group, before);
    made_write(tree, path);
    h5_tree *read = made_read(path, groups);
    digest_of(read->root->children, after);
    assert_string_equal(after, before);
    h5_tree *copy = copy_all(read);
    const h5_array *copied = &h5_find(copy->root, "g/bytes")->array;
    assert_int_equal(copied->kind, H5_INT8);
    assert_memory_equal(copied->data, ((int8_t[]){INT8_MIN, 0, INT8_MAX}), 3);
    copied = &h5_find_attribute(h5_find(copy->root, "g/bytes"), "flag_values")->value;
    assert_int_equal(copied->kind, H5_INT8);
    assert_memory_equal(copied->data, ((int8_t[]){0, 1}), 2);
    copied = &h5_find(copy->root, "g/words")->array;
    assert_int_equal(copied->kind, H5_INT32);
    assert_memory_equal(copied->data, ((int32_t[]){INT32_MIN, INT32_MAX}), 8);
    h5_tree_free(copy);
    h5_tree_free(read);
    h5_tree_free(tree);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

/** A group says by name which of its datasets label others; a tree that was read knows no more. */
static void scales_are_set_by_name_where_the_lengths_agree(void **state) {
    (void)state;
    h5_tree *tree = h5_tree_create();
    h5_node *group = h5_add_group(tree, tree->root, "g");
    (void)h5_add_dataset(tree, group, "row", H5_INT64, 1, 3, 0);
    (void)h5_add_dataset(tree, group, "column", H5_INT64, 1, 2, 0);
    (void)h5_add_dataset(tree, group, "score", H5_DOUBLE, 1, 3, 0);
    (void)h5_add_dataset(tree, group, "matrix", H5_DOUBLE, 2, 3, 2);
    (void)h5_add_dataset(tree, group, "other", H5_DOUBLE, 1, 4, 0);
    h5_set_text(tree, group, "scales", "row column absent");
    h5_tree *copy = copy_all(tree);
    assert_string_equal(h5_find(copy->root, "g/score")->scales[0], "row");
    assert_string_equal(h5_find(copy->root, "g/row")->scales[0], "row"); // it is one itself
    assert_string_equal(h5_find(copy->root, "g/matrix")->scales[0], "row");
    assert_string_equal(h5_find(copy->root, "g/matrix")->scales[1], "column");
    assert_null(h5_find(copy->root, "g/other")->scales[0]);
    h5_tree_free(copy);
    h5_tree_free(tree);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_outlives_what_it_was_copied_from),
        cmocka_unit_test(children_and_attributes_are_in_the_order_of_their_names),
        cmocka_unit_test(the_digest_sees_every_change),
        cmocka_unit_test(what_a_file_widens_is_narrowed_again),
        cmocka_unit_test(scales_are_set_by_name_where_the_lengths_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
