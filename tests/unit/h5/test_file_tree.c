// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "h5/file_tree.h"

static int start(void **state) {
    *state = h5_tree_create();
    return *state == NULL ? -1 : 0;
}

static int end(void **state) {
    h5_tree_free(*state);
    return 0;
}

static void a_new_tree_is_an_empty_group(void **state) {
    const h5_tree *tree = *state;
    assert_int_equal(tree->root->type, H5_GROUP);
    assert_string_equal(tree->root->name, "");
    assert_null(tree->root->children);
    assert_null(tree->root->attributes);
    assert_int_equal(h5_tree_check(tree, "anything", NULL), PEREBOR_OK);
}

static void kinds_have_the_size_of_their_elements(void **state) {
    (void)state;
    static const size_t sizes[H5_N_KINDS] = {1, 4, 8, 8, 8, sizeof(char *)};
    for (h5_kind kind = H5_INT8; kind <= H5_TEXT; kind++) {
        assert_int_equal(h5_kind_size(kind), sizes[kind]);
    }
}

static void the_length_is_the_product_of_the_dimensions(void **state) {
    (void)state;
    static const struct {
        size_t n_dimensions, rows, columns, length;
    } cases[] = {{0, 7, 9, 1}, {1, 7, 9, 7}, {2, 7, 9, 63},
                 {1, 0, 9, 0}, {2, 7, 0, 0}, {2, 0, 9, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        h5_array array = {.n_dimensions = cases[i].n_dimensions,
                          .dimensions = {cases[i].rows, cases[i].columns}};
        assert_int_equal(h5_array_length(&array), cases[i].length);
    }
}

static void a_dataset_starts_with_zeroes_or_empty_texts(void **state) {
    h5_tree *tree = *state;
    h5_node *whole = h5_add_dataset(tree, tree->root, "n", H5_INT32, 2, 3, 5);
    for (size_t i = 0; i < 15; i++) {
        assert_int_equal(((const int32_t *)whole->array.data)[i], 0);
    }
    h5_node *texts = h5_add_dataset(tree, tree->root, "t", H5_TEXT, 1, 4, 0);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(((const char *const *)texts->array.data)[i], "");
    }
    h5_node *none = h5_add_dataset(tree, tree->root, "none", H5_DOUBLE, 1, 0, 0);
    assert_non_null(none->array.data); // at least one element is there
    assert_int_equal(none->type, H5_DATASET);
    assert_int_equal(none->array.kind, H5_DOUBLE);
}

static void children_and_attributes_keep_their_order(void **state) {
    static const char *const names[] = {"z", "a", "m", "b"};
    h5_tree *tree = *state;
    for (size_t i = 0; i < 4; i++) {
        assert_non_null(h5_add_group(tree, tree->root, names[i]));
        h5_set_integer(tree, tree->root, names[i], (int64_t)i);
    }
    const h5_node *child = tree->root->children;
    const h5_attribute *attribute = tree->root->attributes;
    for (size_t i = 0; i < 4; i++, child = child->next, attribute = attribute->next) {
        assert_string_equal(child->name, names[i]);
        assert_string_equal(attribute->name, names[i]);
        assert_int_equal(*(const int64_t *)attribute->value.data, i);
    }
    assert_null(child);
    assert_null(attribute);
}

static void names_and_texts_are_copied(void **state) {
    h5_tree *tree = *state;
    char name[] = "name", value[] = "value";
    const char *texts[] = {value, NULL, ""};
    h5_node *node = h5_add_texts(tree, tree->root, name, texts, 3);
    h5_set_text(tree, node, name, value);
    memset(name, 'x', 4);
    memset(value, 'x', 5);
    assert_string_equal(node->name, "name");
    assert_string_equal(((const char *const *)node->array.data)[0], "value");
    assert_string_equal(((const char *const *)node->array.data)[1], ""); // for NULL
    assert_string_equal(((const char *const *)node->array.data)[2], "");
    assert_string_equal(h5_find_text(node, "name"), "value");
}

static void bytes_that_are_not_utf8_are_escaped(void **state) {
    static const struct {
        const char *given, *kept;
    } cases[] = {
        {NULL, ""},
        {"", ""},
        {"plain", "plain"},
        {"Тариф", "Тариф"},
        {"\x80", "\\x80"},
        {"a\xff\xfe z", "a\\xff\\xfe z"},
        {"\xd0\xa2\xd0", "\xd0\xa2\\xd0"},   // cut in the middle of a letter
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"}, // half of a pair
    };
    h5_tree *tree = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(h5_keep_text(tree, cases[i].given), cases[i].kept);
        h5_set_text(tree, tree->root, "note", cases[i].given);
        assert_string_equal(*(const char *const *)tree->root->last_attribute->value.data,
                            cases[i].kept);
        h5_node *group = h5_add_group(tree, tree->root, cases[i].given);
        assert_string_equal(group->name, cases[i].kept);
    }
}

static void a_path_leads_to_its_node(void **state) {
    h5_tree *tree = *state;
    h5_node *a = h5_add_group(tree, tree->root, "a");
    h5_node *ab = h5_add_group(tree, a, "b");
    h5_node *abc = h5_add_dataset(tree, ab, "c", H5_INT8, 0, 0, 0);
    h5_node *longer = h5_add_group(tree, tree->root, "ab");
    h5_node *table = h5_add_table(tree, ab, "t");
    h5_node *column = h5_add_dataset(tree, table, "k", H5_INT64, 1, 2, 0);
    const struct {
        const char *path;
        const h5_node *node;
    } cases[] = {
        {"", tree->root}, {"a", a},         {"ab", longer},      {"a/b", ab},       {"a/b/", ab},
        {"a/b/c", abc},   {"a/b/t", table}, {"a/b/t/k", column}, {"a/b/c/d", NULL}, {"a/c", NULL},
        {"b", NULL},      {"/a", NULL},     {"a//b", NULL},      {"a/bb", NULL},    {"A", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_ptr_equal(h5_find(tree->root, cases[i].path), cases[i].node);
    }
    assert_null(h5_find(NULL, "a"));
    assert_ptr_equal(h5_find(a, "b/c"), abc);
}

static void only_a_single_text_is_found_as_text(void **state) {
    h5_tree *tree = *state;
    h5_node *root = tree->root;
    h5_set_integer(tree, root, "number", -3);
    h5_set_unsigned(tree, root, "unsigned", UINT64_MAX);
    (void)h5_add_attribute(tree, root, "row", H5_TEXT, 1, 2);
    h5_set_text(tree, root, "text", "one");
    h5_set_text(tree, root, "text", "two"); // the first of a name counts
    assert_null(h5_find_text(root, "number"));
    assert_null(h5_find_text(root, "row"));
    assert_null(h5_find_text(root, "nothing"));
    assert_null(h5_find_attribute(root, "nothing"));
    assert_string_equal(h5_find_text(root, "text"), "one");
    const h5_array *number = &h5_find_attribute(root, "number")->value;
    assert_int_equal(number->kind, H5_INT64);
    assert_int_equal(*(const int64_t *)number->data, -3);
    const h5_array *wide = &h5_find_attribute(root, "unsigned")->value;
    assert_int_equal(wide->kind, H5_UINT64);
    assert_true(*(const uint64_t *)wide->data == UINT64_MAX);
}

static void flags_are_numbered_from_zero(void **state) {
    static const struct {
        const char *const names[4];
        size_t n;
        const char *meanings;
    } cases[] = {{{"complete"}, 1, "complete"},
                 {{"complete", "failed", "waiting"}, 3, "complete failed waiting"}};
    h5_tree *tree = *state;
    for (size_t i = 0; i < 2; i++) {
        h5_node *node = h5_add_dataset(tree, tree->root, "state", H5_INT8, 1, 2, 0);
        h5_set_flags(tree, node, cases[i].names);
        const h5_array *values = &h5_find_attribute(node, "flag_values")->value;
        assert_int_equal(values->kind, H5_INT8);
        assert_int_equal(values->n_dimensions, 1);
        assert_int_equal(values->dimensions[0], cases[i].n);
        for (size_t k = 0; k < cases[i].n; k++) {
            assert_int_equal(((const int8_t *)values->data)[k], k);
        }
        assert_string_equal(h5_find_text(node, "flag_meanings"), cases[i].meanings);
    }
}

static void what_does_not_fit_in_memory_fails_the_tree(void **state) {
    h5_tree *tree = *state;
    perebor_error error = {0};
    assert_null(h5_add_dataset(tree, tree->root, "d", H5_DOUBLE, 2, SIZE_MAX / 2, 3));
    assert_true(tree->failed);
    assert_int_equal(h5_tree_check(tree, "a big matrix", &error), PEREBOR_ERR_MEMORY);
    assert_string_equal(error.message, "no memory for a big matrix");
    assert_null(tree->root->children);
    // From then on nothing is added, and the failure stays.
    assert_null(h5_add_group(tree, tree->root, "g"));
    assert_null(h5_add_table(tree, tree->root, "t"));
    assert_null(h5_add_attribute(tree, tree->root, "n", H5_INT8, 0, 0));
    assert_string_equal(h5_keep_text(tree, "text"), "");
    h5_set_text(tree, tree->root, "t", "text");
    h5_set_flags(tree, tree->root, (const char *const[]){"a", "b", NULL});
    assert_null(tree->root->children);
    assert_null(tree->root->attributes);
    assert_true(tree->failed);
}

static void a_row_whose_bytes_overflow_fails_the_tree(void **state) {
    h5_tree *tree = *state;
    assert_null(h5_add_dataset(tree, tree->root, "d", H5_DOUBLE, 1, SIZE_MAX / 4, 0));
    assert_true(tree->failed);
}

static void nothing_is_added_to_nothing(void **state) {
    h5_tree *tree = *state;
    assert_null(h5_add_group(tree, NULL, "g"));
    assert_null(h5_add_table(tree, NULL, "t"));
    assert_null(h5_add_dataset(tree, NULL, "d", H5_INT8, 0, 0, 0));
    assert_null(h5_add_texts(tree, NULL, "x", (const char *const[]){"a"}, 1));
    assert_null(h5_add_attribute(tree, NULL, "n", H5_INT8, 0, 0));
    h5_set_text(tree, NULL, "t", "x");
    h5_set_integer(tree, NULL, "t", 1);
    h5_set_unsigned(tree, NULL, "t", 1);
    assert_false(tree->failed); // a parent that is not there is not a failure of its own
    assert_null(tree->root->children);
    assert_null(tree->root->attributes);
    h5_tree_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_new_tree_is_an_empty_group),
        TEST(kinds_have_the_size_of_their_elements),
        TEST(the_length_is_the_product_of_the_dimensions),
        TEST(a_dataset_starts_with_zeroes_or_empty_texts),
        TEST(children_and_attributes_keep_their_order),
        TEST(names_and_texts_are_copied),
        TEST(bytes_that_are_not_utf8_are_escaped),
        TEST(a_path_leads_to_its_node),
        TEST(only_a_single_text_is_found_as_text),
        TEST(flags_are_numbered_from_zero),
        TEST(what_does_not_fit_in_memory_fails_the_tree),
        TEST(a_row_whose_bytes_overflow_fails_the_tree),
        TEST(nothing_is_added_to_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
