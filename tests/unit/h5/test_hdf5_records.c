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

#include "h5/hdf5_write.h"
#include "made_tree.h"
#include "scratch.h"

static char folder[SCRATCH_SIZE], path[96];
static const char *const groups[] = {"tables", NULL};

static int enter(void **state) {
    (void)state;
    if (scratch_create(folder) == NULL) {
        return -1;
    }
    (void)snprintf(path, sizeof path, "%s/records.h5", folder);
    return 0;
}

static int leave(void **state) {
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

/** A tree with the table /tables/t, without columns. */
static h5_tree *start_table(h5_node **table) {
    h5_tree *tree = h5_tree_create();
    *table = h5_add_table(tree, h5_add_group(tree, tree->root, "tables"), "t");
    assert_non_null(*table);
    return tree;
}

static h5_tree *there_and_back(const h5_tree *tree) {
    made_write(tree, path);
    return made_read(path, groups);
}

/** At the borders of the chunk and of the block that is read at once. */
static void tables_of_every_length_come_back(void **state) {
    (void)state;
    static const size_t rows[] = {0, 1, 2, 1023, 1024, 1025, 2048, 3000};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        h5_node *table;
        h5_tree *tree = start_table(&table);
        uint64_t random = i;
        for (h5_kind kind = H5_INT8; kind <= H5_TEXT; kind++) {
            char name[16];
            (void)snprintf(name, sizeof name, "column_%d", (int)(H5_TEXT - kind));
            h5_kind kept = kind == H5_UINT64 ? H5_INT64 : kind;
            made_fill(tree, &h5_add_dataset(tree, table, name, kept, 1, rows[i], 0)->array,
                      &random);
        }
        h5_tree *read = there_and_back(tree);
        assert_same_tree(tree, true, read);
        h5_tree_free(read);
        h5_tree_free(tree);
    }
}

static void texts_of_any_length_lie_in_one_column(void **state) {
    (void)state;
    static char longest[5001];
    memset(longest, 'y', sizeof longest - 1);
    const char *const texts[] = {"", "я", longest, "ends in a blank ", "every letter: xyz"};
    h5_node *table;
    h5_tree *tree = start_table(&table);
    (void)h5_add_texts(tree, table, "t", texts, 5);
    h5_node *numbers = h5_add_dataset(tree, table, "n", H5_INT8, 1, 5, 0);
    memset(numbers->array.data, -7, 5);
    h5_tree *read = there_and_back(tree);
    const h5_array *column = &h5_find(read->root, "tables/t/t")->array;
    assert_int_equal(column->kind, H5_TEXT);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(((const char *const *)column->data)[i], texts[i]);
        assert_int_equal(((const int64_t *)h5_find(read->root, "tables/t/n")->array.data)[i], -7);
    }
    h5_tree_free(read);
    h5_tree_free(tree);
}

static void a_column_of_empty_texts_is_a_column(void **state) {
    (void)state;
    static const char *const texts[] = {"", ""};
    h5_node *table;
    h5_tree *tree = start_table(&table);
    (void)h5_add_texts(tree, table, "t", texts, 2);
    h5_tree *read = there_and_back(tree);
    assert_same_tree(tree, true, read);
    h5_tree_free(read);
    h5_tree_free(tree);
}

static void a_table_without_columns_is_not_written(void **state) {
    (void)state;
    h5_node *table;
    h5_tree *tree = start_table(&table);
    h5_tree *read = there_and_back(tree);
    assert_non_null(h5_find(read->root, "tables"));
    assert_null(h5_find(read->root, "tables/t"));
    h5_tree_free(read);
    h5_tree_free(tree);
}

static void a_table_of_many_columns_keeps_their_order(void **state) {
    (void)state;
    enum { n_columns = 150 };
    h5_node *table;
    h5_tree *tree = start_table(&table);
    for (size_t i = 0; i < n_columns; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "параметр %zu", n_columns - i);
        h5_node *column = h5_add_dataset(tree, table, name, H5_DOUBLE, 1, 2, 0);
        ((double *)column->array.data)[1] = 0.5 + (double)i;
    }
    h5_tree *read = there_and_back(tree);
    const h5_node *column = h5_find(read->root, "tables/t")->children;
    for (size_t i = 0; i < n_columns; i++, column = column->next) {
        char name[32];
        (void)snprintf(name, sizeof name, "параметр %zu", n_columns - i);
        assert_string_equal(column->name, name);
        assert_true(((const double *)column->array.data)[0] == 0.0);
        assert_true(((const double *)column->array.data)[1] == 0.5 + (double)i);
    }
    assert_null(column);
    h5_tree_free(read);
    h5_tree_free(tree);
}

static void two_columns_of_one_name_cannot_be_written(void **state) {
    (void)state;
    h5_node *table;
    h5_tree *tree = start_table(&table);
    for (size_t i = 0; i < 2; i++) {
        (void)h5_add_dataset(tree, table, "same", H5_INT64, 1, 3, 0);
    }
    void *image = NULL;
    size_t size = 0;
    perebor_error error = {0};
    assert_int_equal(hdf5_write(tree, &image, &size, &error), PEREBOR_ERR_IO);
    static const char expected[] = "cannot write table \"t\": HDF5 says: ";
    assert_memory_equal(error.message, expected, sizeof expected - 1);
    assert_null(image);
    h5_tree_free(tree);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_of_every_length_come_back),
        cmocka_unit_test(texts_of_any_length_lie_in_one_column),
        cmocka_unit_test(a_column_of_empty_texts_is_a_column),
        cmocka_unit_test(a_table_without_columns_is_not_written),
        cmocka_unit_test(a_table_of_many_columns_keeps_their_order),
        cmocka_unit_test(two_columns_of_one_name_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
