// SPDX-License-Identifier: MIT
/**
 * Every single allocation of this room's own fails in turn (HDF5's own are not ours to fail: it
 * crashes).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "failing_malloc.h"
#include "h5/file_tree_codec.h"
#include "h5/row_scale.h"
#include "h5/tree_checksums.h"
#include "made_tree.h"

static h5_tree *made;
static byte_buffer encoded;

static perebor_status build(perebor_error *error) {
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no tree");
    }
    h5_node *group = h5_add_group(tree, tree->root, "g");
    (void)h5_add_texts(tree, group, "t", (const char *const[]){"a", "b\xff"}, 2);
    (void)h5_add_dataset(tree, group, "d", H5_INT8, 2, 70000, 3);
    h5_set_text(tree, group, "n", "\xfe");
    h5_set_flags(tree, group, (const char *const[]){"a", "b", NULL});
    h5_number_rows(tree, group, "row", 70000);
    (void)h5_add_table_of(tree, group, "table", NULL);
    h5_checksums_add(tree);
    perebor_status status = h5_tree_check(tree, "a tree", error);
    if (status == PEREBOR_OK) {
        assert_non_null(h5_find(tree->root, "tables/table/t"));
        assert_non_null(h5_find_text(tree->root, "checksum"));
    }
    h5_tree_free(tree);
    return status;
}

static perebor_status decode(perebor_error *error) {
    h5_tree *tree = NULL;
    bytes_cursor cursor = {.at = encoded.data, .left = encoded.size};
    perebor_status status = h5_tree_decode(&tree, &cursor, NULL, error);
    assert_int_equal(status == PEREBOR_OK, tree != NULL);
    h5_tree_free(tree);
    return status;
}

static perebor_status encode(perebor_error *error) {
    byte_buffer bytes = {0};
    h5_tree_encode(made, NULL, &bytes);
    bool failed = bytes.failed;
    bytes_release(&bytes);
    return failed ? perebor_fail(error, PEREBOR_ERR_MEMORY, "no bytes") : PEREBOR_OK;
}

static void no_fault(void *context, const char *path, const char *what) {
    (void)context;
    fail_msg("%s %s", path, what);
}

static perebor_status compare(perebor_error *error) {
    size_t n_rows = 0;
    perebor_status status = h5_checksums_compare(made, no_fault, NULL, &n_rows, error);
    return status != PEREBOR_OK ? status
                                : h5_checksums_compare_derived(made, made, no_fault, NULL, error);
}

static void every_allocation_that_fails_is_told(void **state) {
    (void)state;
    static const struct {
        perebor_status (*attempt)(perebor_error *error);
        size_t at_least;
    } cases[] = {{build, 5}, {decode, 3}, {encode, 3}, {compare, 6}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_status status = PEREBOR_ERR_MEMORY;
        size_t n = 0;
        while (status != PEREBOR_OK) {
            perebor_error error = {0};
            failing_malloc_arm(++n);
            status = cases[i].attempt(&error);
            assert_int_equal(failing_malloc_disarm(), status != PEREBOR_OK);
            assert_int_equal(status, status == PEREBOR_OK ? PEREBOR_OK : PEREBOR_ERR_MEMORY);
            assert_int_equal(error.status, status);
        }
        assert_in_range(n, cases[i].at_least, 100000);
    }
}

static int enter(void **state) {
    (void)state;
    made = made_tree(1);
    h5_checksums_add(made);
    h5_tree_encode(made, NULL, &encoded);
    return encoded.failed ? -1 : 0;
}

static int leave(void **state) {
    (void)state;
    bytes_release(&encoded);
    h5_tree_free(made);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_that_fails_is_told),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
