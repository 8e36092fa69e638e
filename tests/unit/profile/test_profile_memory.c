// SPDX-License-Identifier: MIT
/**
 * Every single allocation of a profile fails in turn. The linker puts the functions below in front
 * of the allocator's, for the calls of this program and of the library it links.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "failing_malloc.h"
#include "made_columns.h"
#include "profile/leaks.h"
#include "profile/profile.h"
#include "profile/profile_document.h"
#include "profile/profile_tree.h"

/** Makes the content of the file, up to where HDF5 takes over. */
static perebor_status make_tree(const perebor_profile_document *document, perebor_error *error) {
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no tree");
    }
    document_to_tree(document, tree);
    perebor_status status = h5_tree_check(tree, "a profile", error);
    h5_tree_free(tree);
    return status;
}

/** Looks for leaks, explores and writes JSON and a tree. */
static perebor_status look(const made_columns *made, const perebor_split *split,
                           perebor_error *error) {
    perebor_leaks leaks = {0};
    perebor_profile *profile = NULL;
    char *json = NULL;
    const perebor_tables_report tables = {0};
    const perebor_quality quality = {.problem = ""};
    perebor_status status = perebor_leaks_find(&leaks, &made->dataset, split, NULL, error);
    if (status == PEREBOR_OK) {
        status = perebor_profile_make(&profile, &made->dataset, NULL, error);
    }
    if (status == PEREBOR_OK) {
        const perebor_profile_document document = {.name = "made",
                                                   .file = "made.yaml",
                                                   .tables = &tables,
                                                   .quality = &quality,
                                                   .leaks = &leaks,
                                                   .profile = profile};
        status = perebor_profile_document_json(&document, &json, error);
        if (status == PEREBOR_OK) {
            status = make_tree(&document, error);
        }
    }
    free(json);
    perebor_profile_free(profile);
    perebor_leaks_release(&leaks);
    return status;
}

static void no_failing_allocation_is_overlooked(void **state) {
    (void)state;
    static made_columns made;
    static uint32_t rows[MADE_ROWS];
    perebor_status status = PEREBOR_OK;
    long n = 0;
    made_fill(&made);
    made.values[0][3] = NAN;
    for (size_t row = 0; row < MADE_ROWS; row++) {
        rows[row] = (uint32_t)row;
        made.values[2][row] = made.labels[row]; // a leak
    }
    const perebor_split split = {
        .train = rows, .n_train = 300, .test = rows + 300, .n_test = MADE_ROWS - 300};
    for (bool failed = true; failed; n++) {
        perebor_error error = {0};
        failing_malloc_arm((size_t)n + 1);
        status = look(&made, &split, &error);
        failed = failing_malloc_disarm();
        if (status != PEREBOR_OK) {
            assert_int_equal(status, PEREBOR_ERR_MEMORY);
            assert_int_equal(error.status, PEREBOR_ERR_MEMORY);
        }
    }
    assert_int_equal(status, PEREBOR_OK);
    assert_in_range(n, 50, 10000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_failing_allocation_is_overlooked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
