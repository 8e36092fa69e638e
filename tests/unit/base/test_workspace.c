// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/workspace_lengthen.h"
#include "failing_malloc.h"
#include "perebor/workspace.h"

/** Work of many sizes, some of it given back half way. */
static void work(perebor_workspace *workspace, size_t largest) {
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    for (size_t size = 1; size <= largest; size = 2 * size + 1) {
        char *kept = perebor_workspace_take(workspace, size, 1);
        assert_non_null(kept);
        memset(kept, 1, size);
        perebor_workspace_mark half_way = perebor_workspace_here(workspace);
        char *passing = perebor_workspace_take(workspace, 3 * size, 1);
        assert_non_null(passing);
        memset(passing, 2, 3 * size);
        perebor_workspace_return(workspace, half_way);
        assert_int_equal(kept[size - 1], 1);
    }
    perebor_workspace_return(workspace, begin);
}

static void pieces_are_aligned_and_apart(void **state) {
    (void)state;
    perebor_workspace workspace = {0};
    unsigned char *pieces[300];
    for (size_t i = 0; i < 300; i++) {
        size_t size = i * i * 31 % 9973;
        pieces[i] = perebor_workspace_take(&workspace, size, 1);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % 64, 0);
        memset(pieces[i], (int)(i & 255), size);
    }
    for (size_t i = 1; i < 300; i++) {
        size_t size = i * i * 31 % 9973;
        assert_int_equal(pieces[i][0], i & 255);
        assert_int_equal(pieces[i][size - 1], i & 255);
    }
    perebor_workspace_release(&workspace);
    assert_null(workspace.first);
}

static void what_is_given_back_is_taken_again(void **state) {
    (void)state;
    perebor_workspace workspace = {0};
    assert_non_null(perebor_workspace_take(&workspace, 100, 8));
    perebor_workspace_mark mark = perebor_workspace_here(&workspace);
    char *first = perebor_workspace_take(&workspace, 5000, 1);
    memset(first, 7, 5000);
    perebor_workspace_return(&workspace, mark);
    char *again = perebor_workspace_take_zeroed(&workspace, 5000, 1);
    assert_ptr_equal(first, again);
    assert_int_equal(again[4999], 0);
    perebor_workspace_release(&workspace);
}

static void work_done_before_asks_the_system_for_nothing(void **state) {
    (void)state;
    perebor_workspace workspace = {0};
    work(&workspace, 3 << 20); // several blocks
    work(&workspace, 3 << 20); // one of all of them
    size_t n_calls = failing_malloc_n_calls();
    for (size_t largest = 3 << 20; largest > 0; largest /= 3) {
        work(&workspace, largest);
    }
    assert_int_equal(failing_malloc_n_calls(), n_calls);
    perebor_workspace_release(&workspace);
}

static void memory_beyond_what_is_kept_goes_back(void **state) {
    (void)state;
    perebor_workspace workspace = {0};
    assert_non_null(perebor_workspace_take(&workspace, 1, (size_t)65 << 20));
    perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    assert_null(workspace.first);
    assert_non_null(perebor_workspace_take(&workspace, 1, 1));
    perebor_workspace_release(&workspace);
}

/** Takes a hundred pieces of a line, and says how many of them there were. */
static size_t take_lines(perebor_workspace *workspace) {
    size_t n = 0;
    while (n < 100 && perebor_workspace_take(workspace, 64, 1) != NULL) {
        n++;
    }
    return n;
}

static void a_limit_counts_what_is_taken_and_nothing_else(void **state) {
    (void)state;
    perebor_workspace workspace = {0};
    for (int time = 0; time < 3; time++) { // with no block, with small ones, with a large one
        assert_non_null(perebor_workspace_take(&workspace, 1000, 1));
        perebor_workspace_mark begin = perebor_workspace_here(&workspace);
        perebor_workspace_limit(&workspace, 10 * 64);
        assert_int_equal(take_lines(&workspace), 10);
        perebor_workspace_return(&workspace, begin);
        assert_int_equal(take_lines(&workspace), 10); // What was given back is free again.
        assert_null(perebor_workspace_take(&workspace, 0, 1));
        assert_true(perebor_workspace_unlimit(&workspace));
        perebor_workspace_return(&workspace, begin);
        perebor_workspace_limit(&workspace, 100 * 64);
        assert_int_equal(take_lines(&workspace), 100);
        assert_false(perebor_workspace_unlimit(&workspace));
        assert_int_equal(take_lines(&workspace), 100); // No limit any more.
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
        work(&workspace, (size_t)1 << (18 + 2 * time));
    }
    perebor_workspace_limit(&workspace, SIZE_MAX);
    assert_int_equal(take_lines(&workspace), 100);
    perebor_workspace_release(&workspace);
}

static void the_last_piece_is_lengthened_where_it_is(void **state) {
    (void)state;
    perebor_workspace workspace = {0};
    char *first = perebor_workspace_take(&workspace, 100, 1);
    char *last = perebor_workspace_take(&workspace, 100, 1);
    memset(last, 1, 100);
    perebor_workspace_mark mark = perebor_workspace_here(&workspace);
    const char *behind = perebor_workspace_take(&workspace, 10, 1);
    perebor_workspace_return(&workspace, mark);
    assert_false(perebor_workspace_lengthen(&workspace, first, 100, 200, 1)); // not the last
    assert_true(perebor_workspace_lengthen(&workspace, last, 100, 5000, 1));
    memset(last + 100, 2, 4900);
    assert_int_equal(last[99], 1);
    assert_int_equal(workspace.taken, mark.taken + 5056); // as if it had been taken anew
    char *next = perebor_workspace_take(&workspace, 10, 1);
    assert_true(next >= last + 5000);
    assert_int_equal(last[4999], 2);
    assert_false(perebor_workspace_lengthen(&workspace, next, 10, (size_t)1 << 30, 1)); // no room
    perebor_workspace_limit(&workspace, 300);
    assert_true(perebor_workspace_lengthen(&workspace, next, 10, 70, 1));
    assert_false(perebor_workspace_lengthen(&workspace, next, 70, 200, 1)); // beyond the limit
    perebor_workspace_return(&workspace, mark);
    assert_int_equal(workspace.taken, mark.taken);
    assert_ptr_equal(perebor_workspace_take(&workspace, 10, 1), behind);
    perebor_workspace_release(&workspace);
}

static void large_pieces_are_whole(void **state) {
    (void)state;
    // Less than large pages are asked for, a large page more or less, and a tail of one.
    const size_t sizes[] = {(1 << 21) + 1, (1 << 22) - 200, 1 << 22, 5000001};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        perebor_workspace workspace = {0};
        unsigned char *small = perebor_workspace_take(&workspace, 3, 1);
        unsigned char *large = perebor_workspace_take(&workspace, sizes[k], 1);
        unsigned char *behind = perebor_workspace_take(&workspace, 3, 1);
        assert_true(small != NULL && large != NULL && behind != NULL);
        assert_int_equal((uintptr_t)large % 64, 0);
        memset(small, 1, 3);
        memset(behind, 3, 3);
        memset(large, 2, sizes[k]);
        assert_int_equal(small[2], 1);
        assert_int_equal(behind[0], 3);
        assert_int_equal(large[0], 2);
        assert_int_equal(large[sizes[k] - 1], 2);
        perebor_workspace_release(&workspace);
    }
}

static void impossible_sizes_and_no_memory_are_said(void **state) {
    (void)state;
    perebor_workspace workspace = {0};
    assert_null(perebor_workspace_take(&workspace, SIZE_MAX / 2, 8));
    assert_null(perebor_workspace_take(&workspace, SIZE_MAX - 3, 1));
    assert_null(perebor_workspace_take_zeroed(&workspace, SIZE_MAX / 64, 65));
    failing_malloc_arm(2); // the take, then the block
    assert_null(perebor_workspace_take(&workspace, 10, 10));
    assert_true(failing_malloc_disarm());
    assert_non_null(perebor_workspace_take(&workspace, 0, 8));
    perebor_workspace_release(&workspace);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_and_apart),
        cmocka_unit_test(what_is_given_back_is_taken_again),
        cmocka_unit_test(work_done_before_asks_the_system_for_nothing),
        cmocka_unit_test(memory_beyond_what_is_kept_goes_back),
        cmocka_unit_test(a_limit_counts_what_is_taken_and_nothing_else),
        cmocka_unit_test(the_last_piece_is_lengthened_where_it_is),
        cmocka_unit_test(large_pieces_are_whole),
        cmocka_unit_test(impossible_sizes_and_no_memory_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
