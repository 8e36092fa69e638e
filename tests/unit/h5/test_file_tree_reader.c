// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "h5/file_tree_reader.h"

static h5_tree *tree;
static perebor_error error;

/** A reader of the tree that has seen nothing wrong. */
static h5_reader fresh(void) {
    error = (perebor_error){0};
    return (h5_reader){.root = tree->root, .file = "some.h5", .error = &error};
}

/** What it remembers: "…: /PATH WHAT". */
static void assert_fault(const h5_reader *reader, const char *fault) {
    char expected[512];
    (void)snprintf(expected, sizeof expected, "some.h5: not a whole result file: /%s", fault);
    assert_int_equal(reader->status, PEREBOR_ERR_FORMAT);
    assert_string_equal(error.message, expected);
}

static h5_node *add_numbers(h5_node *group, const char *name, h5_kind kind, const void *numbers,
                            size_t n) {
    h5_node *node = h5_add_dataset(tree, group, name, kind, 1, n, 0);
    memcpy(node->array.data, numbers, n * h5_kind_size(kind));
    return node;
}

static int start(void **state) {
    (void)state;
    tree = h5_tree_create();
    h5_node *g = h5_add_group(tree, tree->root, "g");
    (void)add_numbers(g, "bytes", H5_INT8, (int8_t[]){-128, 0, 127}, 3);
    (void)add_numbers(g, "ints", H5_INT32, (int32_t[]){INT32_MIN, INT32_MAX}, 2);
    (void)add_numbers(g, "longs", H5_INT64, (int64_t[]){INT64_MIN, -1, INT64_MAX}, 3);
    (void)add_numbers(g, "wide", H5_UINT64, (uint64_t[]){0, INT64_MAX, UINT64_C(1) << 63}, 3);
    (void)add_numbers(g, "reals", H5_DOUBLE, (double[]){0.5}, 1);
    (void)h5_add_texts(tree, g, "texts", (const char *const[]){"a", "b"}, 2);
    (void)h5_add_dataset(tree, g, "matrix", H5_DOUBLE, 2, 3, 4);
    (void)h5_add_dataset(tree, g, "scalar", H5_INT64, 0, 0, 0);
    (void)h5_add_table(tree, g, "table");
    h5_set_text(tree, g, "text", "a word");
    h5_set_integer(tree, g, "number", 12);
    h5_set_integer(tree, g, "negative", -1);
    h5_set_unsigned(tree, g, "unsigned", UINT64_MAX);
    (void)h5_add_attribute(tree, g, "row", H5_INT64, 1, 2);
    return tree->failed ? -1 : 0;
}

static int end(void **state) {
    (void)state;
    h5_tree_free(tree);
    return 0;
}

static void whole_numbers_of_every_width_are_read(void **state) {
    (void)state;
    static const struct {
        const char *path;
        size_t n, at;
        int64_t value;
    } cases[] = {
        {"g/bytes", 3, 0, -128},      {"g/bytes", 3, 2, 127},       {"g/ints", 2, 0, INT32_MIN},
        {"g/ints", 2, 1, INT32_MAX},  {"g/longs", 3, 0, INT64_MIN}, {"g/longs", 3, 1, -1},
        {"g/longs", 3, 2, INT64_MAX}, {"g/wide", 3, 1, INT64_MAX},
    };
    h5_reader reader = fresh();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *path = cases[i].path;
        assert_int_equal(reader_length(&reader, path), cases[i].n);
        const h5_array *array = reader_array(&reader, path, H5_INT64, 1, cases[i].n, 0);
        assert_true(reader_integer_at(&reader, path, array, cases[i].at, INT64_MIN, INT64_MAX) ==
                    cases[i].value);
    }
    assert_int_equal(reader.status, PEREBOR_OK);
}

static void both_ends_of_a_range_belong_to_it(void **state) {
    (void)state;
    static const struct {
        int64_t min, max;
        const char *fault;
    } cases[] = {
        {-1, -1, NULL},
        {-5, -1, NULL},
        {-1, 3, NULL},
        {0, 3, "g/longs has -1 at 1, which is not between 0 and 3"},
        {-5, -2, "g/longs has -1 at 1, which is not between -5 and -2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        h5_reader reader = fresh();
        const h5_array *array = reader_array(&reader, "g/longs", H5_INT64, 1, 3, 0);
        int64_t value = reader_integer_at(&reader, "g/longs", array, 1, cases[i].min, cases[i].max);
        if (cases[i].fault == NULL) {
            assert_int_equal(reader.status, PEREBOR_OK);
            assert_int_equal(value, -1);
        } else {
            assert_fault(&reader, cases[i].fault);
            assert_int_equal(value, cases[i].min);
        }
    }
}

static void a_number_beyond_63_bits_is_not_taken_for_a_negative_one(void **state) {
    (void)state;
    h5_reader reader = fresh();
    const h5_array *array = reader_array(&reader, "g/wide", H5_INT64, 1, 3, 0);
    assert_int_equal(reader_integer_at(&reader, "g/wide", array, 2, INT64_MIN, 5), INT64_MIN);
    assert_int_equal(reader.status, PEREBOR_ERR_FORMAT);
}

static void a_dataset_has_the_kind_and_shape_that_is_asked_for(void **state) {
    (void)state;
    static const struct {
        const char *path;
        h5_kind kind;
        size_t n_dimensions, rows, columns;
        const char *fault;
    } cases[] = {
        {"g/matrix", H5_DOUBLE, 2, 3, 4, NULL},
        {"g/scalar", H5_INT64, 0, 9, 9, NULL},
        {"g/texts", H5_TEXT, 1, 2, 9, NULL},
        {"g/matrix", H5_DOUBLE, 2, 4, 3, "g/matrix is of another shape than it should be"},
        {"g/matrix", H5_DOUBLE, 2, 3, 5, "g/matrix is of another shape than it should be"},
        {"g/matrix", H5_DOUBLE, 1, 3, 0, "g/matrix is of another shape than it should be"},
        {"g/reals", H5_DOUBLE, 1, 2, 0, "g/reals is of another shape than it should be"},
        {"g/reals", H5_INT64, 1, 1, 0, "g/reals is of another type than it should be"},
        {"g/texts", H5_INT64, 1, 2, 0, "g/texts is of another type than it should be"},
        {"g/longs", H5_DOUBLE, 1, 3, 0, "g/longs is of another type than it should be"},
        {"g/reals", H5_TEXT, 1, 1, 0, "g/reals is of another type than it should be"},
        {"g/none", H5_INT64, 1, 1, 0, "g/none is missing"},
        {"g/table", H5_INT64, 1, 1, 0, "g/table is missing"},
        {"g", H5_INT64, 1, 1, 0, "g is missing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        h5_reader reader = fresh();
        const h5_array *array =
            reader_array(&reader, cases[i].path, cases[i].kind, cases[i].n_dimensions,
                         cases[i].rows, cases[i].columns);
        assert_int_equal(array == NULL, cases[i].fault != NULL);
        if (cases[i].fault == NULL) {
            assert_int_equal(reader.status, PEREBOR_OK);
            assert_ptr_equal(array, &h5_find(tree->root, cases[i].path)->array);
        } else {
            assert_fault(&reader, cases[i].fault);
        }
    }
}

static void only_a_row_has_a_length(void **state) {
    (void)state;
    static const struct {
        const char *path, *fault;
    } cases[] = {
        {"g/matrix", "g/matrix is not a row"},
        {"g/scalar", "g/scalar is not a row"},
        {"g/none", "g/none is missing"},
        {"g", "g is missing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        h5_reader reader = fresh();
        assert_int_equal(reader_length(&reader, cases[i].path), 0);
        assert_fault(&reader, cases[i].fault);
    }
}

static void only_a_group_is_a_group(void **state) {
    (void)state;
    static const char *const paths[] = {"g/table", "g/longs", "h"};
    h5_reader reader = fresh();
    assert_ptr_equal(reader_group(&reader, "g"), h5_find(tree->root, "g"));
    assert_ptr_equal(reader_group(&reader, ""), tree->root);
    assert_int_equal(reader.status, PEREBOR_OK);
    for (size_t i = 0; i < 3; i++) {
        char fault[64];
        reader = fresh();
        assert_null(reader_group(&reader, paths[i]));
        (void)snprintf(fault, sizeof fault, "%s is missing", paths[i]);
        assert_fault(&reader, fault);
    }
}

static void attributes_are_single_values_of_their_kind(void **state) {
    (void)state;
    h5_reader reader = fresh();
    assert_string_equal(reader_text_attribute(&reader, "g", "text"), "a word");
    assert_int_equal(reader_integer_attribute(&reader, "g", "number", 0, 12), 12);
    assert_true(reader_unsigned_attribute(&reader, "g", "unsigned") == UINT64_MAX);
    assert_int_equal(reader_unsigned_attribute(&reader, "g", "number"), 12);
    assert_int_equal(reader.status, PEREBOR_OK);

    assert_string_equal(reader_text_attribute(&reader, "g", "number"), "");
    assert_fault(&reader, "g has a number where a text should be");
    reader = fresh();
    assert_int_equal(reader_integer_attribute(&reader, "g", "number", 0, 11), 0);
    assert_fault(&reader, "g has 12 at 0, which is not between 0 and 11");
    reader = fresh();
    assert_int_equal(reader_unsigned_attribute(&reader, "g", "negative"), 0);
    assert_fault(&reader, "g has -1 at 0, which is not between 0 and 9223372036854775807");
    reader = fresh();
    assert_int_equal(reader_integer_attribute(&reader, "g", "text", 3, 5), 3);
    assert_int_equal(reader.status, PEREBOR_ERR_FORMAT);
    reader = fresh();
    assert_int_equal(reader_integer_attribute(&reader, "g", "row", 0, 1), 0);
    assert_fault(&reader, "g has no attribute \"row\" that is a single value");
    reader = fresh();
    assert_string_equal(reader_text_attribute(&reader, "g", "nothing"), "");
    assert_fault(&reader, "g has no attribute \"nothing\" that is a single value");
    reader = fresh();
    assert_string_equal(reader_text_attribute(&reader, "h", "text"), "");
    assert_fault(&reader, "h is missing");
}

static void the_first_fault_is_the_one_that_is_told(void **state) {
    (void)state;
    h5_reader reader = fresh();
    reader_fail(&reader, "first", "is wrong");
    reader_fail(&reader, "second", "is wrong too");
    reader_fail_memory(&reader);
    assert_fault(&reader, "first is wrong");
    // After that nothing is found any more, and no digest is touched.
    uint8_t digest[32] = {7};
    assert_null(reader_group(&reader, "g"));
    assert_int_equal(reader_length(&reader, "g/longs"), 0);
    assert_null(reader_array(&reader, "g/longs", H5_INT64, 1, 3, 0));
    assert_int_equal(
        reader_integer_at(&reader, "g/longs", &h5_find(tree->root, "g/longs")->array, 2, 4, 5), 4);
    assert_string_equal(reader_text_attribute(&reader, "g", "text"), "");
    assert_int_equal(reader_unsigned_attribute(&reader, "g", "unsigned"), 0);
    reader_digest(&reader, "g", "zz", digest);
    assert_int_equal(digest[0], 7);
    assert_fault(&reader, "first is wrong");
}

static void memory_that_runs_out_is_said(void **state) {
    (void)state;
    h5_reader reader = fresh();
    reader_fail_memory(&reader);
    reader_fail(&reader, "g", "is wrong");
    assert_int_equal(reader.status, PEREBOR_ERR_MEMORY);
    assert_string_equal(error.message, "no memory to read some.h5");
}

static void a_digest_has_64_small_hexadecimal_digits(void **state) {
    (void)state;
    static const char good[] = "00ff10a9000000000000000000000000000000000000000000000000000000fe";
    uint8_t digest[32];
    h5_reader reader = fresh();
    reader_digest(&reader, "g", good, digest);
    assert_int_equal(reader.status, PEREBOR_OK);
    assert_memory_equal(digest, ((uint8_t[]){0x00, 0xff, 0x10, 0xa9, 0}), 5);
    assert_int_equal(digest[31], 0xfe);
    for (size_t i = 0; i <= 64; i++) { // a wrong digit anywhere; too short; too long
        char bad[66] = {0};
        memcpy(bad, good, sizeof good);
        bad[i] = i % 2 == 0 ? 'g' : '\0';
        reader = fresh();
        reader_digest(&reader, "g", bad, digest);
        assert_fault(&reader, "g has a digest that is not 64 hexadecimal digits");
    }
    char capital[65];
    memcpy(capital, good, sizeof good);
    capital[2] = 'F';
    reader = fresh();
    reader_digest(&reader, "g", capital, digest);
    assert_int_equal(reader.status, PEREBOR_ERR_FORMAT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(whole_numbers_of_every_width_are_read),
        TEST(both_ends_of_a_range_belong_to_it),
        TEST(a_number_beyond_63_bits_is_not_taken_for_a_negative_one),
        TEST(a_dataset_has_the_kind_and_shape_that_is_asked_for),
        TEST(only_a_row_has_a_length),
        TEST(only_a_group_is_a_group),
        TEST(attributes_are_single_values_of_their_kind),
        TEST(the_first_fault_is_the_one_that_is_told),
        TEST(memory_that_runs_out_is_said),
        TEST(a_digest_has_64_small_hexadecimal_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
