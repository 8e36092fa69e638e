// SPDX-License-Identifier: MIT
/** Files that other programs wrote, with what HDF5 can and this project never writes. */
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

#include "h5/hdf5_read.h"
#include "h5/isolate.h"
#include "made_tree.h"
#include "scratch.h"

static char folder[SCRATCH_SIZE], path[96];
static const char *const groups[] = {"a", NULL};
static hid_t file = -1, group = -1;

static int enter(void **state) {
    (void)state;
    if (scratch_create(folder) == NULL) {
        return -1;
    }
    (void)snprintf(path, sizeof path, "%s/foreign.h5", folder);
    return 0;
}

static int leave(void **state) {
    (void)state;
    return rmdir(folder);
}

/** A file with the group /a, open to be filled. */
static int start(void **state) {
    (void)state;
    file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    group = H5Gcreate2(file, "a", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    return file < 0 || group < 0 ? -1 : 0;
}

static void close_file(void) {
    if (file >= 0) {
        assert_true(H5Gclose(group) >= 0);
        assert_true(H5Fclose(file) >= 0);
    }
    file = group = -1;
}

static int end(void **state) {
    (void)state;
    close_file();
    return unlink(path);
}

static void add(const char *name, hid_t type, int n_dimensions, const hsize_t *dimensions,
                hid_t memory_type, const void *data) {
    hid_t space = n_dimensions == 0 ? H5Screate(H5S_SCALAR)
                                    : H5Screate_simple(n_dimensions, dimensions, NULL);
    hid_t dataset = H5Dcreate2(group, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(dataset >= 0);
    if (data != NULL) {
        assert_true(H5Dwrite(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    }
    assert_true(H5Dclose(dataset) >= 0);
    assert_true(H5Sclose(space) >= 0);
}

/** What is read of /a comes to this text. */
static void assert_content(const char *expected) {
    close_file();
    h5_tree *tree = made_read(path, groups);
    char *text = made_text(tree, false);
    assert_string_equal(text, expected);
    free(text);
    h5_tree_free(tree);
}

static void assert_fails(const char *start_of_message) {
    close_file();
    h5_tree *tree = NULL;
    perebor_error error = {0};
    assert_int_equal(hdf5_read(path, groups, NULL, &tree, &error), PEREBOR_ERR_FORMAT);
    error.message[strlen(start_of_message)] = '\0';
    assert_string_equal(error.message, start_of_message);
    assert_null(tree);
}

static void numbers_of_any_width_and_order_are_read(void **state) {
    (void)state;
    static const int values[] = {1, -2};
    static const double reals[] = {0.5, -3.0};
    static const uint64_t wide[] = {UINT64_MAX, 2};
    const hsize_t two = 2;
    add("i16be", H5T_STD_I16BE, 1, &two, H5T_NATIVE_INT, values);
    add("i64be", H5T_STD_I64BE, 1, &two, H5T_NATIVE_INT, values);
    add("r32be", H5T_IEEE_F32BE, 1, &two, H5T_NATIVE_DOUBLE, reals);
    add("r64le", H5T_IEEE_F64LE, 1, &two, H5T_NATIVE_DOUBLE, reals);
    add("u32", H5T_STD_U32LE, 1, &two, H5T_NATIVE_UINT64, (uint64_t[]){UINT32_MAX, 7});
    add("u64be", H5T_STD_U64BE, 1, &two, H5T_NATIVE_UINT64, wide);
    add("u8", H5T_STD_U8LE, 1, &two, H5T_NATIVE_UINT64, (uint64_t[]){255, 0});
    assert_content("/\n/a/\n"
                   "/a/i16be = int64 [2] 1 -2\n"
                   "/a/i64be = int64 [2] 1 -2\n"
                   "/a/r32be = double [2] 3fe0000000000000 c008000000000000\n"
                   "/a/r64le = double [2] 3fe0000000000000 c008000000000000\n"
                   "/a/u32 = int64 [2] 4294967295 7\n"
                   "/a/u64be = uint64 [2] 18446744073709551615 2\n"
                   "/a/u8 = int64 [2] 255 0\n");
}

static void what_has_no_kind_here_is_passed_over(void **state) {
    (void)state;
    const hsize_t shape[3] = {2, 2, 2};
    hid_t fixed = H5Tcopy(H5T_C_S1);
    hid_t choice = H5Tenum_create(H5T_NATIVE_INT);
    hid_t nothing = H5Screate(H5S_NULL);
    assert_true(H5Tset_size(fixed, 5) >= 0);
    assert_true(H5Tenum_insert(choice, "yes", &(int){1}) >= 0);
    add("bits", H5T_STD_B8LE, 1, shape, -1, NULL);
    add("choice", choice, 1, shape, -1, NULL);
    add("fixed", fixed, 1, shape, -1, NULL);
    add("flat", H5T_NATIVE_INT, 2, shape, -1, NULL);
    add("solid", H5T_NATIVE_INT, 3, shape, -1, NULL);
    hid_t empty =
        H5Dcreate2(group, "z", H5T_NATIVE_INT, nothing, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Dclose(empty) >= 0);
    assert_true(H5Sclose(nothing) >= 0);
    assert_true(H5Tclose(choice) >= 0 && H5Tclose(fixed) >= 0);
    assert_content("/\n/a/\n/a/flat = int64 [2 2] 0 0 0 0\n");
}

static void links_out_of_the_tree_are_not_followed(void **state) {
    (void)state;
    const hsize_t one = 1;
    add("d", H5T_NATIVE_INT, 1, &one, H5T_NATIVE_INT, &(int){9});
    assert_true(H5Lcreate_soft("/a/d", group, "soft", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    assert_true(H5Lcreate_soft("/nowhere", group, "loose", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    assert_true(
        H5Lcreate_external("/etc/passwd", "/", group, "outside", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    assert_true(H5Lcreate_hard(group, "d", group, "hard", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    assert_content("/\n/a/\n/a/d = int64 [1] 9\n/a/hard = int64 [1] 9\n");
}

static void a_group_in_itself_ends(void **state) {
    (void)state;
    assert_true(H5Lcreate_hard(file, "/a", group, "a", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    assert_content("/\n/a/\n/a/a/\n/a/a/a/\n/a/a/a/a/\n/a/a/a/a/a/\n/a/a/a/a/a/a/\n"
                   "/a/a/a/a/a/a/a/\n/a/a/a/a/a/a/a/a/\n");
}

static void texts_that_were_never_written_are_empty(void **state) {
    (void)state;
    const hsize_t two = 2;
    hid_t text = H5Tcopy(H5T_C_S1);
    assert_true(H5Tset_size(text, H5T_VARIABLE) >= 0);
    add("none", text, 1, &two, -1, NULL);
    add("one", text, 0, NULL, text, (const char *[]){"only"});
    assert_true(H5Tclose(text) >= 0);
    assert_content("/\n/a/\n/a/none = text [2] <> <>\n/a/one = text [] <only>\n");
}

/** h5py, MATLAB and PyTables write it; HDF5 itself reads it as ASCII alone. */
static void text_that_is_called_ascii_is_read(void **state) {
    (void)state;
    const hsize_t two = 2;
    hid_t text = H5Tcopy(H5T_C_S1), fixed = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    hid_t record = H5Tcreate(H5T_COMPOUND, 3);
    assert_true(H5Tset_size(text, H5T_VARIABLE) >= 0 && H5Tset_size(fixed, 3) >= 0);
    assert_true(H5Tinsert(record, "t", 0, fixed) >= 0);
    add("d", text, 1, &two, text, (const char *[]){"plain", "ascii"});
    add("records", record, 1, &two, record, "abcde");
    hid_t note = H5Acreate2(group, "note", text, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Awrite(note, text, (const char *[]){"a note"}) >= 0);
    assert_true(H5Aclose(note) >= 0 && H5Sclose(space) >= 0 && H5Tclose(record) >= 0 &&
                H5Tclose(fixed) >= 0 && H5Tclose(text) >= 0);
    assert_content("/\n/a/\n/a@note = text [] <a note>\n/a/d = text [2] <plain> <ascii>\n"
                   "/a/records (a table)\n/a/records/t = text [2] <abc> <de>\n");
}

/** The process that reads does not mind; the one that it hands them to refuses them. */
static void texts_that_are_not_utf8_are_refused(void **state) {
    (void)state;
    h5_tree *tree = NULL;
    perebor_error error = {0};
    char message[256];
    hid_t text = H5Tcopy(H5T_C_S1);
    assert_true(H5Tset_size(text, H5T_VARIABLE) >= 0);
    add("d", text, 0, NULL, text, (const char *[]){"\xff"});
    assert_true(H5Tclose(text) >= 0);
    close_file();
    assert_int_equal(h5_read_isolated(path, groups, &tree, &error), PEREBOR_ERR_FORMAT);
    (void)snprintf(message, sizeof message,
                   "%s: its content contradicts itself, or has text that is not UTF-8", path);
    assert_string_equal(error.message, message);
}

static void add_unwritten(const char *name, hsize_t n) {
    const hsize_t chunk = 1000;
    hid_t layout = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, &n, NULL);
    assert_true(H5Pset_chunk(layout, 1, &chunk) >= 0);
    hid_t dataset =
        H5Dcreate2(group, name, H5T_NATIVE_INT64, space, H5P_DEFAULT, layout, H5P_DEFAULT);
    assert_true(dataset >= 0);
    assert_true(H5Dclose(dataset) >= 0 && H5Sclose(space) >= 0 && H5Pclose(layout) >= 0);
}

/** Up to 64 KiB may be claimed of what is not stored at all. */
static void a_dataset_may_not_claim_what_the_file_cannot_hold(void **state) {
    (void)state;
    add_unwritten("small", 8192);
    close_file();
    h5_tree *tree = made_read(path, groups);
    assert_int_equal(h5_find(tree->root, "a/small")->array.dimensions[0], 8192);
    h5_tree_free(tree);
    (void)start(NULL);
    add_unwritten("big", 8193);
    assert_fails("dataset \"big\" claims more elements than the file has bytes for");
    (void)start(NULL);
    add_unwritten("huge", HSIZE_UNDEF / 16);
    assert_fails("dataset \"huge\" claims more elements than the file has bytes for");
}

static void data_in_another_file_is_not_read(void **state) {
    (void)state;
    const hsize_t one = 1;
    hid_t layout = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, &one, NULL);
    assert_true(H5Pset_external(layout, "/etc/passwd", 0, 8) >= 0);
    hid_t dataset =
        H5Dcreate2(group, "d", H5T_NATIVE_INT64, space, H5P_DEFAULT, layout, H5P_DEFAULT);
    assert_true(dataset >= 0);
    assert_true(H5Dclose(dataset) >= 0 && H5Pclose(layout) >= 0);
    layout = H5Pcreate(H5P_DATASET_CREATE);
    assert_true(H5Pset_virtual(layout, space, "other.h5", "/d", space) >= 0);
    dataset = H5Dcreate2(group, "v", H5T_NATIVE_INT64, space, H5P_DEFAULT, layout, H5P_DEFAULT);
    assert_true(dataset >= 0);
    assert_true(H5Dclose(dataset) >= 0 && H5Pclose(layout) >= 0 && H5Sclose(space) >= 0);
    assert_content("/\n/a/\n");
}

static void add_attribute(const char *name, hid_t type, int n_dimensions,
                          const hsize_t *dimensions) {
    hid_t space = H5Screate_simple(n_dimensions, dimensions, NULL);
    hid_t attribute = H5Acreate2(group, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(attribute >= 0);
    assert_true(H5Awrite(attribute, type, (int[8]){1, 2, 3, 4}) >= 0);
    assert_true(H5Aclose(attribute) >= 0 && H5Sclose(space) >= 0);
}

static void attributes_of_other_types_or_shapes_are_passed_over(void **state) {
    (void)state;
    const hsize_t shape[2] = {2, 2};
    add_attribute("z", H5T_NATIVE_INT, 1, shape);
    add_attribute("matrix", H5T_NATIVE_INT, 2, shape);
    add_attribute("bits", H5T_NATIVE_B32, 1, shape);
    add_attribute("b", H5T_NATIVE_INT, 1, shape);
    assert_content("/\n/a/\n/a@z = int64 [2] 1 2\n/a@b = int64 [2] 1 2\n");
}

static void a_thousand_attributes_are_enough(void **state) {
    (void)state;
    const hsize_t one = 1;
    for (size_t i = 0; i < 1001; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "n%zu", i);
        add_attribute(name, H5T_NATIVE_INT, 1, &one);
    }
    assert_fails("cannot read \"a\": HDF5 says: ");
}

static hid_t record_of(size_t n_members, hid_t odd_type) {
    hid_t record = H5Tcreate(H5T_COMPOUND, 8 * n_members + 8);
    for (size_t i = 0; i < n_members; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "m%zu", i);
        assert_true(H5Tinsert(record, name, 8 * i, H5T_NATIVE_INT64) >= 0);
    }
    assert_true(odd_type < 0 || H5Tinsert(record, "odd", 8 * n_members, odd_type) >= 0);
    return record;
}

/** Integers of any width and floats are columns; a member of another type makes it no table. */
static void a_table_with_an_unknown_member_has_no_columns(void **state) {
    (void)state;
    const hsize_t shape[2] = {2, 2};
    hid_t variable = H5Tcopy(H5T_C_S1), choice = H5Tenum_create(H5T_NATIVE_INT);
    assert_true(H5Tset_size(variable, H5T_VARIABLE) >= 0);
    assert_true(H5Tenum_insert(choice, "yes", &(int){1}) >= 0);
    const struct {
        const char *name;
        hid_t odd;
        size_t n_members;
        int n_dimensions;
    } cases[] = {{"choice", choice, 1, 1},
                 {"float", H5T_NATIVE_FLOAT, 1, 1},
                 {"matrix", H5T_NATIVE_FLOAT, 1, 2},
                 {"variable", variable, 1, 1},
                 {"wide", -1, 1001, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hid_t record = record_of(cases[i].n_members, cases[i].odd);
        add(cases[i].name, record, cases[i].n_dimensions, shape, -1, NULL);
        assert_true(H5Tclose(record) >= 0);
    }
    assert_true(H5Tclose(variable) >= 0 && H5Tclose(choice) >= 0);
    close_file();
    h5_tree *tree = made_read(path, groups);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const h5_node *table = h5_find(h5_find(tree->root, "a"), cases[i].name);
        assert_int_equal(table == NULL, i == 2); // of two dimensions: no table at all
        assert_true(table == NULL || table->type == H5_TABLE);
    }
    assert_int_equal(h5_find(tree->root, "a/float/odd")->array.kind, H5_DOUBLE);
    assert_int_equal(h5_find(tree->root, "a/float/m0")->array.kind, H5_INT64);
    h5_tree_free(tree);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(numbers_of_any_width_and_order_are_read),
        TEST(what_has_no_kind_here_is_passed_over),
        TEST(links_out_of_the_tree_are_not_followed),
        TEST(a_group_in_itself_ends),
        TEST(texts_that_were_never_written_are_empty),
        TEST(text_that_is_called_ascii_is_read),
        TEST(texts_that_are_not_utf8_are_refused),
        TEST(a_dataset_may_not_claim_what_the_file_cannot_hold),
        TEST(data_in_another_file_is_not_read),
        TEST(attributes_of_other_types_or_shapes_are_passed_over),
        TEST(a_thousand_attributes_are_enough),
        TEST(a_table_with_an_unknown_member_has_no_columns),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
