// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static void pieces_are_zeroed_aligned_and_apart(void **state) {
    (void)state;
    perebor_arena arena = {0};
    unsigned char *pieces[200];
    for (size_t i = 0; i < 200; i++) {
        size_t size = 1 + i * i % 997;
        pieces[i] = perebor_arena_allocate(&arena, size, 1);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        for (size_t byte = 0; byte < size; byte++) {
            assert_int_equal(pieces[i][byte], 0);
        }
        memset(pieces[i], (int)i + 1, size);
    }
    for (size_t i = 0; i < 200; i++) {
        assert_int_equal(pieces[i][0], (i + 1) & 255);
        assert_int_equal(pieces[i][i * i % 997], (i + 1) & 255);
    }
    perebor_arena_release(&arena);
    assert_null(arena.blocks);
}

static void large_pieces_and_nothing_at_all_are_given(void **state) {
    (void)state;
    perebor_arena arena = {0};
    char *large = perebor_arena_allocate(&arena, 1000, 1000);
    assert_non_null(large);
    large[999999] = 'x';
    assert_non_null(perebor_arena_allocate(&arena, 0, 8));
    assert_string_equal(perebor_arena_text(&arena, "да"), "да");
    assert_string_equal(perebor_arena_copy(&arena, "abcdef", 3), "abc");
    perebor_arena_release(&arena);
}

static void impossible_sizes_are_refused(void **state) {
    (void)state;
    perebor_arena arena = {0};
    assert_null(perebor_arena_allocate(&arena, SIZE_MAX / 2, 8));
    assert_null(perebor_arena_allocate(&arena, SIZE_MAX - 3, 1));
    assert_null(perebor_arena_copy(&arena, "", SIZE_MAX));
    perebor_arena_release(&arena);
}

static void texts_are_made_as_printf_makes_them(void **state) {
    (void)state;
    perebor_arena arena = {0};
    char *text = perebor_arena_format(&arena, "%s has %d rows", "visits", 120);
    assert_string_equal(text, "visits has 120 rows");
    char *longer = perebor_arena_format(&arena, "%*d", 40000, 7); // more than a block
    assert_int_equal(strlen(longer), 40000);
    assert_string_equal(longer + 39998, " 7");
    assert_string_equal(text, "visits has 120 rows");
    perebor_arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(large_pieces_and_nothing_at_all_are_given),
        cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(texts_are_made_as_printf_makes_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
