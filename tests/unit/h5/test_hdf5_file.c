// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "h5/hdf5_read.h"
#include "h5/hdf5_write.h"
#include "h5/isolate.h"
#include "made_tree.h"
#include "perebor/output.h"
#include "scratch.h"

static char folder[SCRATCH_SIZE], path[96];
static const char *const only_a[] = {"a", NULL};

static int enter(void **state) {
    (void)state;
    if (scratch_create(folder) == NULL) {
        return -1;
    }
    (void)snprintf(path, sizeof path, "%s/tree.h5", folder);
    return 0;
}

static int leave(void **state) {
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

static h5_tree *read_isolated(const char *const *groups) {
    h5_tree *tree = NULL;
    perebor_error error = {0};
    if (h5_read_isolated(path, groups, &tree, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return tree;
}

static void what_is_written_is_read(void **state) {
    (void)state;
    for (uint64_t seed = 100; seed < 114; seed++) {
        h5_tree *tree = made_tree(seed);
        made_write(tree, path);
        h5_tree *read = made_read(path, made_groups);
        assert_same_tree(tree, true, read);
        h5_tree_free(read);
        h5_tree_free(tree);
    }
}

static void a_child_process_reads_the_same(void **state) {
    (void)state;
    for (uint64_t seed = 200; seed < 206; seed++) {
        h5_tree *tree = made_tree(seed);
        made_write(tree, path);
        h5_tree *read = read_isolated(made_groups);
        assert_same_tree(tree, true, read);
        h5_tree_free(read);
        h5_tree_free(tree);
    }
}

/** Rows that are handed over in pages, some of which have no room there any more: of a file of few
 * bytes there are but a million. */
static void a_child_process_hands_large_rows_over(void **state) {
    (void)state;
    enum { n_rows = 8, length = 40000 };
    h5_tree *tree = h5_tree_create();
    h5_node *group = h5_add_group(tree, tree->root, made_groups[0]);
    for (int row = 0; row < n_rows; row++) {
        char name[] = {(char)('a' + row), '\0'};
        h5_node *node = h5_add_dataset(tree, group, name, H5_INT64, 1, length, 0);
        for (int i = 0; i < length; i++) {
            ((int64_t *)node->array.data)[i] = i / 100 - row;
        }
    }
    made_write(tree, path);
    h5_tree *read = read_isolated(made_groups);
    h5_tree *direct = made_read(path, made_groups);
    assert_same_tree(direct, false, read);
    size_t n_in_pages = 0;
    for (const h5_node *node = read->root->children->children; node != NULL; node = node->next) {
        n_in_pages += node->array.pages != NULL;
    }
    assert_in_range(n_in_pages, 1, n_rows - 1);
    h5_tree_free(direct);
    h5_tree_free(read);
    h5_tree_free(tree);
}

static void equal_trees_give_equal_bytes(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        h5_tree *trees[3] = {made_tree(seed), made_tree(seed), made_tree(seed)};
        void *images[3];
        size_t sizes[3];
        h5_set_integer(trees[2], trees[2]->root, "one_more", 1);
        for (size_t i = 0; i < 3; i++) {
            assert_int_equal(hdf5_write(trees[i], &images[i], &sizes[i], NULL), PEREBOR_OK);
            h5_tree_free(trees[i]);
        }
        assert_int_equal(sizes[0], sizes[1]);
        assert_memory_equal(images[0], images[1], sizes[0]);
        assert_false(sizes[0] == sizes[2] && memcmp(images[0], images[2], sizes[0]) == 0);
        for (size_t i = 0; i < 3; i++) {
            free(images[i]);
        }
    }
}

/** Datasets at the borders between what is stored plain and what in one or several chunks. */
static void datasets_of_every_length_come_back(void **state) {
    (void)state;
    static const size_t rows[] = {0, 1, 63, 64, 16384, 33000};
    static const size_t columns[] = {1, 5, 300};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        h5_tree *tree = h5_tree_create();
        h5_node *group = h5_add_group(tree, tree->root, "a");
        uint64_t random = i;
        for (h5_kind kind = H5_INT8; kind <= H5_TEXT; kind++) {
            char name[16];
            (void)snprintf(name, sizeof name, "row_%d", (int)kind);
            size_t n = kind == H5_TEXT && rows[i] > 1000 ? 1000 : rows[i];
            made_fill(tree, &h5_add_dataset(tree, group, name, kind, 1, n, 0)->array, &random);
        }
        for (size_t k = 0; k < 3 && rows[i] < 1000; k++) {
            char name[16];
            (void)snprintf(name, sizeof name, "s_%zu", k);
            made_fill(tree,
                      &h5_add_dataset(tree, group, name, H5_DOUBLE, 2, rows[i], columns[k])->array,
                      &random);
        }
        made_write(tree, path);
        h5_tree *read = made_read(path, only_a);
        assert_same_tree(tree, true, read);
        h5_tree_free(read);
        h5_tree_free(tree);
    }
}

static void reals_keep_every_bit(void **state) {
    (void)state;
    const double reals[] = {0.0,      -0.0,      0x1p-1074, -0x1p-1022, 1.7976931348623157e308,
                            INFINITY, -INFINITY, NAN,       0.1};
    enum { n_reals = sizeof reals / sizeof *reals };
    h5_tree *tree = h5_tree_create();
    h5_node *group = h5_add_group(tree, tree->root, "a");
    h5_node *node = h5_add_dataset(tree, group, "d", H5_DOUBLE, 1, n_reals, 0);
    memcpy(node->array.data, reals, sizeof reals);
    made_write(tree, path);
    h5_tree *read = made_read(path, only_a);
    assert_memory_equal(h5_find(read->root, "a/d")->array.data, reals, sizeof reals);
    h5_tree_free(read);
    h5_tree_free(tree);
}

static void only_the_groups_that_are_wanted_are_read(void **state) {
    (void)state;
    static const char *const b_and_missing[] = {"missing", "b", NULL}, *const none[] = {NULL};
    h5_tree *tree = h5_tree_create();
    h5_set_text(tree, tree->root, "format", "a format");
    h5_node *a = h5_add_group(tree, tree->root, "a");
    (void)h5_add_group(tree, a, "b"); // of that name, but not at the root
    h5_set_integer(tree, h5_add_group(tree, tree->root, "b"), "n", 5);
    (void)h5_add_dataset(tree, tree->root, "loose", H5_INT8, 1, 2, 0);
    made_write(tree, path);
    h5_tree *read = made_read(path, b_and_missing);
    char *text = made_text(read, false);
    assert_string_equal(text, "/\n@format = text [] <a format>\n/b/\n/b@n = int64 [] 5\n");
    free(text);
    h5_tree_free(read);
    read = made_read(path, none);
    text = made_text(read, false);
    assert_string_equal(text, "/\n@format = text [] <a format>\n");
    free(text);
    h5_tree_free(read);
    h5_tree_free(tree);
}

static void datasets_of_the_root_are_not_read(void **state) {
    (void)state;
    static const char *const loose[] = {"loose", NULL};
    h5_tree *tree = h5_tree_create();
    (void)h5_add_dataset(tree, tree->root, "loose", H5_INT8, 1, 2, 0);
    made_write(tree, path);
    h5_tree *read = made_read(path, loose);
    assert_null(read->root->children);
    h5_tree_free(read);
    h5_tree_free(tree);
}

static void groups_are_read_eight_deep(void **state) {
    (void)state;
    h5_tree *tree = h5_tree_create();
    h5_node *node = h5_add_group(tree, tree->root, "a");
    for (size_t i = 0; i < 9; i++) {
        node = h5_add_group(tree, node, "g");
    }
    made_write(tree, path);
    h5_tree *read = made_read(path, only_a);
    assert_non_null(h5_find(read->root, "a/g/g/g/g/g/g/g"));
    assert_null(h5_find(read->root, "a/g/g/g/g/g/g/g/g"));
    h5_tree_free(read);
    h5_tree_free(tree);
}

static void attributes_may_be_large(void **state) {
    (void)state;
    h5_tree *tree = h5_tree_create();
    char *text = malloc(200001);
    uint64_t random = 4;
    memset(text, 'x', 200000);
    text[200000] = '\0';
    h5_set_text(tree, tree->root, "text", text);
    made_fill(tree, &h5_add_attribute(tree, tree->root, "row", H5_INT64, 1, 60000)->value, &random);
    made_write(tree, path);
    h5_tree *read = made_read(path, only_a);
    assert_same_tree(tree, true, read);
    h5_tree_free(read);
    free(text);
    h5_tree_free(tree);
}

static void a_name_that_is_taken_cannot_be_written(void **state) {
    (void)state;
    static const struct {
        h5_node_type type;
        const char *start;
    } cases[] = {{H5_GROUP, "cannot write group \"twice\": HDF5 says: "},
                 {H5_DATASET, "cannot write dataset \"twice\": HDF5 says: "},
                 {H5_TABLE, "cannot write table \"twice\": HDF5 says: "}};
    for (size_t i = 0; i < 3; i++) {
        void *image = NULL;
        size_t size = 0;
        perebor_error error = {0};
        h5_tree *tree = h5_tree_create();
        h5_node *group = h5_add_group(tree, tree->root, "a");
        (void)h5_add_group(tree, group, "twice");
        h5_node *second = h5_add_group(tree, group, "twice");
        second->type = cases[i].type;
        if (cases[i].type == H5_TABLE) {
            (void)h5_add_dataset(tree, second, "column", H5_INT8, 1, 1, 0);
        } else if (cases[i].type == H5_DATASET) {
            second->array = h5_add_dataset(tree, second, "other", H5_INT8, 1, 1, 0)->array;
        }
        assert_int_equal(hdf5_write(tree, &image, &size, &error), PEREBOR_ERR_IO);
        assert_memory_equal(error.message, cases[i].start, strlen(cases[i].start));
        assert_non_null(strstr(error.message + strlen(cases[i].start), "exists"));
        assert_null(image);
        h5_tree_free(tree);
    }
}

static void an_attribute_of_a_name_that_is_taken_cannot_be_written(void **state) {
    (void)state;
    void *image = NULL;
    size_t size = 0;
    perebor_error error = {0};
    h5_tree *tree = h5_tree_create();
    h5_set_integer(tree, tree->root, "twice", 1);
    h5_set_integer(tree, tree->root, "twice", 2);
    assert_int_equal(hdf5_write(tree, &image, &size, &error), PEREBOR_ERR_IO);
    static const char start[] = "cannot write attribute \"twice\": HDF5 says: ";
    assert_memory_equal(error.message, start, sizeof start - 1);
    assert_non_null(strstr(error.message + sizeof start - 1, "exists"));
    assert_null(image);
    h5_tree_free(tree);
}

static void the_library_tells_one_version(void **state) {
    (void)state;
    char text[48];
    unsigned major = 0, minor = 0, release = 0;
    perebor_output_hdf5_version(text, sizeof text);
    assert_string_equal(text, h5_library_version());
    assert_int_equal(sscanf(text, "%u.%u.%u", &major, &minor, &release), 3);
    assert_true(major >= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_child_process_reads_the_same),
        cmocka_unit_test(a_child_process_hands_large_rows_over),
        cmocka_unit_test(equal_trees_give_equal_bytes),
        cmocka_unit_test(datasets_of_every_length_come_back),
        cmocka_unit_test(reals_keep_every_bit),
        cmocka_unit_test(only_the_groups_that_are_wanted_are_read),
        cmocka_unit_test(datasets_of_the_root_are_not_read),
        cmocka_unit_test(groups_are_read_eight_deep),
        cmocka_unit_test(attributes_may_be_large),
        cmocka_unit_test(a_name_that_is_taken_cannot_be_written),
        cmocka_unit_test(an_attribute_of_a_name_that_is_taken_cannot_be_written),
        cmocka_unit_test(the_library_tells_one_version),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
