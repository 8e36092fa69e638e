// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "h5/file_tree_codec.h"
#include "h5/tree_copy.h"
#include "made_tree.h"

static const char contradiction[] = "its content contradicts itself, or has text that is not UTF-8";

static byte_buffer encode(const h5_tree *tree) {
    byte_buffer bytes = {0};
    h5_tree_encode(tree, NULL, &bytes);
    assert_false(bytes.failed);
    return bytes;
}

static perebor_status decode(h5_tree **tree, const void *bytes, size_t size, perebor_error *error) {
    bytes_cursor cursor = {.at = bytes, .left = size};
    return h5_tree_decode(tree, &cursor, NULL, error);
}

/** The bytes are no tree, and the output is left alone. */
static void assert_refused(const void *bytes, size_t size) {
    h5_tree *tree = NULL;
    perebor_error error = {0};
    assert_int_equal(decode(&tree, bytes, size, &error), PEREBOR_ERR_FORMAT);
    assert_string_equal(error.message, contradiction);
    assert_null(tree);
}

static void what_is_encoded_is_decoded(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        h5_tree *tree = made_tree(seed), *again = NULL;
        byte_buffer bytes = encode(tree);
        assert_int_equal(decode(&again, bytes.data, bytes.size, NULL), PEREBOR_OK);
        assert_same_tree(tree, false, again);
        byte_buffer twice = encode(again);
        assert_int_equal(bytes.size, twice.size);
        assert_memory_equal(bytes.data, twice.data, bytes.size);
        bytes_release(&twice);
        bytes_release(&bytes);
        h5_tree_free(again);
        h5_tree_free(tree);
    }
}

static void the_bytes_are_as_documented(void **state) {
    (void)state;
    h5_tree *tree = h5_tree_create();
    h5_set_text(tree, tree->root, "n", "xy");
    h5_node *row = h5_add_dataset(tree, tree->root, "d", H5_INT8, 1, 2, 0);
    ((int8_t *)row->array.data)[0] = 5;
    ((int8_t *)row->array.data)[1] = -1;
    static const uint8_t expected[] = {
        0, 0, 0, 0, 0, 0, 0,   0,   0,   0, // a group, named ""
        1, 0, 0, 0, 0, 0, 0,   0,           // with one attribute
        1, 0, 0, 0, 0, 0, 0,   0,   'n', 0, // its name
        5, 5, 0,                            // a text, in the file too, a scalar
        0, 0, 0, 0, 0, 0, 0,   0,   0,   0,   0, 0, 0, 0, 0, 0, 2, 0,
        0, 0, 0, 0, 0, 0, 'x', 'y', 0,                                  // its value
        1, 0, 0, 0, 0, 0, 0,   0,                                       // and one child
        1, 1, 0, 0, 0, 0, 0,   0,   0,   'd', 0,                        // a dataset
        0, 0, 1,                                                        // of int8, a row
        2, 0, 0, 0, 0, 0, 0,   0,   0,   0,   0, 0, 0, 0, 0, 0, 5, 255, // its elements
        0, 0, 0, 0, 0, 0, 0,   0,   0,   0,   0, 0, 0, 0, 0, 0,
    };
    byte_buffer bytes = encode(tree);
    assert_int_equal(bytes.size, sizeof expected);
    assert_memory_equal(bytes.data, expected, sizeof expected);
    bytes_release(&bytes);
    h5_tree_free(tree);
}

static void what_follows_a_tree_is_left_to_the_caller(void **state) {
    (void)state;
    h5_tree *tree = made_tree(7), *again = NULL;
    byte_buffer bytes = encode(tree);
    bytes_put_u32(&bytes, 0x12345678);
    bytes_cursor cursor = {.at = bytes.data, .left = bytes.size};
    assert_int_equal(h5_tree_decode(&again, &cursor, NULL, NULL), PEREBOR_OK);
    assert_int_equal(bytes_get_u32(&cursor), 0x12345678);
    assert_int_equal(cursor.left, 0);
    bytes_release(&bytes);
    h5_tree_free(again);
    h5_tree_free(tree);
}

static void a_tree_that_is_cut_anywhere_is_refused(void **state) {
    (void)state;
    h5_tree *tree = made_tree(3);
    byte_buffer bytes = encode(tree);
    size_t step = bytes.size > 2000 ? bytes.size / 2000 : 1;
    for (size_t size = 0; size < bytes.size; size += step) {
        uint8_t *cut = malloc(size + 1); // of its own, so that a sanitizer sees what is read beyond
        memcpy(cut, bytes.data, size);
        assert_refused(cut, size);
        free(cut);
    }
    bytes_release(&bytes);
    h5_tree_free(tree);
}

/** Whatever the bytes are, it is a tree or an error. */
static void no_altered_byte_does_harm(void **state) {
    (void)state;
    uint64_t random = 11;
    size_t n_refused = 0, n_taken = 0;
    for (uint64_t seed = 0; seed < 20; seed++) {
        h5_tree *tree = made_tree(seed);
        byte_buffer bytes = encode(tree);
        for (size_t i = 0; i < 200; i++) {
            size_t at = draw_bits(&random) % bytes.size;
            uint8_t before = bytes.data[at];
            bytes.data[at] ^= (uint8_t)(1u << draw_bits(&random) % 8);
            h5_tree *other = NULL;
            perebor_status status = decode(&other, bytes.data, bytes.size, NULL);
            assert_true(status == PEREBOR_OK || status == PEREBOR_ERR_FORMAT);
            assert_int_equal(status == PEREBOR_OK, other != NULL);
            if (other != NULL) {
                free(made_text(other, false)); // every element can be looked at
            }
            n_taken += status == PEREBOR_OK;
            n_refused += status != PEREBOR_OK;
            h5_tree_free(other);
            bytes.data[at] = before;
        }
        bytes_release(&bytes);
        h5_tree_free(tree);
    }
    assert_true(n_refused > 500 && n_taken > 500);
}

/** A root with one dataset whose head is given. */
static byte_buffer one_dataset(uint8_t kind, uint8_t n_dimensions, uint64_t rows,
                               uint64_t columns) {
    byte_buffer bytes = {0};
    bytes_put_u8(&bytes, H5_GROUP);
    bytes_put_text(&bytes, "");
    bytes_put_u64(&bytes, 0);
    bytes_put_u64(&bytes, 1);
    bytes_put_u8(&bytes, H5_DATASET);
    bytes_put_text(&bytes, "d");
    bytes_put_u8(&bytes, kind);
    bytes_put_u8(&bytes, H5_INT8);
    bytes_put_u8(&bytes, n_dimensions);
    bytes_put_u64(&bytes, rows);
    bytes_put_u64(&bytes, columns);
    for (size_t i = 0; i < 64; i++) {
        bytes_put_u8(&bytes, 0);
    }
    return bytes;
}

static void shapes_that_cannot_be_there_are_refused(void **state) {
    (void)state;
    static const struct {
        uint8_t kind, n_dimensions;
        uint64_t rows, columns;
        bool taken;
    } cases[] = {
        {H5_INT8, 1, 48, 0, true}, // and two counts of zero behind it
        {H5_INT8, 1, 65, 0, false},
        {H5_INT8, 1, UINT64_MAX, 0, false},
        {H5_INT8, 2, 6, 8, true},
        {H5_INT8, 2, 0, 8, true},
        {H5_INT8, 2, 8, 0, true},
        {H5_INT8, 2, 9, 8, false},
        {H5_INT8, 2, UINT64_C(1) << 32, UINT64_C(1) << 32, false}, // whose product is 0
        {H5_INT8, 2, 0, UINT64_MAX, true},                         // nothing takes no bytes
        {H5_INT8, 2, 200, 0, true},
        {H5_INT8, 3, 1, 1, false},
        {H5_INT8, 0, UINT64_MAX, UINT64_MAX, true}, // a scalar's dimensions do not count
        {H5_INT64, 1, 6, 0, true},
        {H5_INT64, 1, 9, 0, false},
        {H5_TEXT, 1, 5, 0, true}, // nine bytes each
        {H5_TEXT, 1, 8, 0, false},
        {H5_N_KINDS, 1, 1, 0, false},
        {255, 0, 0, 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        byte_buffer bytes =
            one_dataset(cases[i].kind, cases[i].n_dimensions, cases[i].rows, cases[i].columns);
        if (cases[i].taken) {
            h5_tree *tree = NULL;
            assert_int_equal(decode(&tree, bytes.data, bytes.size, NULL), PEREBOR_OK);
            assert_string_equal(tree->root->children->name, "d");
            h5_tree_free(tree);
        } else {
            assert_refused(bytes.data, bytes.size);
        }
        bytes_release(&bytes);
    }
}

static byte_buffer nested(size_t depth) {
    h5_tree *tree = h5_tree_create();
    h5_node *node = tree->root;
    for (size_t i = 0; i < depth; i++) {
        node = h5_add_group(tree, node, "g");
    }
    byte_buffer bytes = encode(tree);
    h5_tree_free(tree);
    return bytes;
}

static void groups_are_nested_sixteen_deep_at_most(void **state) {
    (void)state;
    h5_tree *tree = NULL;
    byte_buffer most = nested(16), beyond = nested(17), far = nested(5000);
    assert_int_equal(decode(&tree, most.data, most.size, NULL), PEREBOR_OK);
    assert_non_null(h5_find(tree->root, "g/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g"));
    assert_refused(beyond.data, beyond.size);
    assert_refused(far.data, far.size);
    h5_tree_free(tree);
    bytes_release(&most);
    bytes_release(&beyond);
    bytes_release(&far);
}

static void text_that_is_not_utf8_is_refused(void **state) {
    (void)state;
    h5_tree *tree = h5_tree_create();
    h5_set_text(tree, tree->root, "n", "text");
    byte_buffer bytes = encode(tree);
    uint8_t *letter = memchr(bytes.data, 'e', bytes.size);
    *letter = 0xff;
    assert_refused(bytes.data, bytes.size);
    *letter = '\0'; // shorter than it says
    assert_refused(bytes.data, bytes.size);
    bytes_release(&bytes);
    h5_tree_free(tree);
}

enum { n_large = 1 << 14, n_small = 100 };

/** A large row and a small one; the large one is in pages, if there are any. */
static h5_tree *two_rows(h5_pages *pages) {
    h5_tree *tree = h5_tree_create();
    tree->pages = h5_pages_hold(pages);
    h5_node *group = h5_add_group(tree, tree->root, "g");
    h5_node *large = h5_add_dataset(tree, group, "large", H5_DOUBLE, 2, n_large / 2, 2);
    h5_node *small = h5_add_dataset(tree, group, "small", H5_INT64, 1, n_small, 0);
    for (size_t i = 0; i < n_large; i++) {
        ((double *)large->array.data)[i] = 0.5 + (double)i;
    }
    ((int64_t *)small->array.data)[n_small - 1] = -7;
    large->array.stored = H5_DOUBLE;
    assert_true(large->array.pages == pages && small->array.pages == NULL);
    return tree;
}

static void what_lies_in_pages_is_where_it_was(void **state) {
    (void)state;
    h5_pages *pages = h5_pages_create(1 << 18);
    assert_non_null(pages);
    h5_tree *tree = two_rows(pages), *plain = two_rows(NULL), *again = NULL;
    const void *data = h5_find(tree->root, "g/large")->array.data;
    byte_buffer bytes = {0};
    h5_tree_encode(tree, pages, &bytes);
    h5_tree_free(tree);
    h5_pages_close(pages);
    bytes_cursor cursor = {.at = bytes.data, .left = bytes.size};
    assert_in_range(bytes.size, sizeof(int64_t) * n_small, 2 * sizeof(int64_t) * n_small);
    assert_int_equal(h5_tree_decode(&again, &cursor, pages, NULL), PEREBOR_OK);
    h5_pages_release(pages); // the tree holds them
    assert_ptr_equal(h5_find(again->root, "g/large")->array.data, data);
    assert_same_tree(plain, false, again);
    byte_buffer whole = encode(again), expected = encode(plain); // of which nothing is elsewhere
    assert_int_equal(whole.size, expected.size);
    assert_memory_equal(whole.data, expected.data, whole.size);
    h5_tree *copy = h5_tree_create();
    assert_non_null(h5_copy(copy, copy->root, again->root->children));
    h5_tree_free(again); // the copy holds them
    assert_ptr_equal(h5_find(copy->root, "g/large")->array.data, data);
    assert_same_tree(plain, false, copy);
    h5_node *more = h5_add_dataset(copy, copy->root, "more", H5_DOUBLE, 1, n_large, 0);
    assert_null(more->array.pages); // which are full
    h5_tree_free(copy);
    h5_tree_free(plain);
    bytes_release(&whole);
    bytes_release(&expected);
    bytes_release(&bytes);
}

/** Wherever the bytes say that a row lies: it lies there, whole, or the bytes are refused. */
static void rows_that_are_not_within_the_pages_are_refused(void **state) {
    (void)state;
    h5_pages *pages = h5_pages_create(1 << 16);
    static const struct {
        uint8_t kind, n_dimensions;
        uint64_t rows, columns, offset;
        bool taken;
    } cases[] = {
        {H5_DOUBLE, 1, 8192, 0, 0, true},
        {H5_DOUBLE, 1, 8193, 0, 0, false},
        {H5_DOUBLE, 1, 8184, 0, 64, true},
        {H5_DOUBLE, 1, 8185, 0, 64, false},
        {H5_DOUBLE, 1, 8, 0, 8, false}, // not where pieces begin
        {H5_DOUBLE, 1, 8, 0, 65536 - 64, true},
        {H5_DOUBLE, 1, 9, 0, 65536 - 64, false},
        {H5_DOUBLE, 1, 1, 0, 65536, false},
        {H5_DOUBLE, 1, 0, 0, 65536, false}, // there is always a first element
        {H5_DOUBLE, 1, 1, 0, UINT64_MAX - 63, false},
        {H5_DOUBLE, 1, UINT64_MAX, 0, 0, false},
        {H5_INT8, 1, 65536, 0, 0, true},
        {H5_INT64, 2, 4096, 2, 0, true},
        {H5_INT64, 2, 4096, 3, 0, false},
        {H5_INT64, 2, UINT64_C(1) << 32, UINT64_C(1) << 32, 0, false}, // whose product is 0
        {H5_INT64, 2, 5, 0, 0, false},
        {H5_INT64, 0, UINT64_MAX, UINT64_MAX, 0, true},
        {H5_TEXT, 1, 1, 0, 0, false},
        {H5_N_KINDS, 1, 1, 0, 0, false},
        {127, 1, 1, 0, 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        byte_buffer bytes = one_dataset((uint8_t)(0x80 + cases[i].kind), cases[i].n_dimensions,
                                        cases[i].rows, cases[i].columns);
        bytes.size -= 64;
        bytes_put_u64(&bytes, cases[i].offset);
        bytes_put_u64(&bytes, 0);
        bytes_put_u64(&bytes, 0);
        h5_tree *tree = NULL;
        bytes_cursor cursor = {.at = bytes.data, .left = bytes.size};
        const perebor_status expected = cases[i].taken ? PEREBOR_OK : PEREBOR_ERR_FORMAT;
        if (h5_tree_decode(&tree, &cursor, pages, NULL) != expected) {
            fail_msg("case %zu", i);
        }
        h5_tree_free(tree);
        assert_refused(bytes.data, bytes.size); // where there are no pages
        bytes_release(&bytes);
    }
    h5_pages_release(pages);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_encoded_is_decoded),
        cmocka_unit_test(the_bytes_are_as_documented),
        cmocka_unit_test(what_follows_a_tree_is_left_to_the_caller),
        cmocka_unit_test(a_tree_that_is_cut_anywhere_is_refused),
        cmocka_unit_test(no_altered_byte_does_harm),
        cmocka_unit_test(shapes_that_cannot_be_there_are_refused),
        cmocka_unit_test(groups_are_nested_sixteen_deep_at_most),
        cmocka_unit_test(text_that_is_not_utf8_is_refused),
        cmocka_unit_test(what_lies_in_pages_is_where_it_was),
        cmocka_unit_test(rows_that_are_not_within_the_pages_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
