// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/suggest.h"

static const char *const names[] = {"standard", "minmax", "robust", "run_cap", "Выручка", "C"};
enum { n_names = sizeof names / sizeof *names };

static void the_nearest_name_is_found(void **state) {
    (void)state;
    assert_string_equal(perebor_suggest("standart", names, n_names), "standard");
    assert_string_equal(perebor_suggest("mimnax", names, n_names), "minmax");
    assert_string_equal(perebor_suggest("Run-Cap", names, n_names), "run_cap");
    assert_string_equal(perebor_suggest("Вырукча", names, n_names), "Выручка");
    assert_string_equal(perebor_suggest("c", names, n_names), "C");
}

static void nothing_near_is_nothing(void **state) {
    (void)state;
    assert_null(perebor_suggest("gamma_ray", names, n_names));
    assert_null(perebor_suggest("", names, n_names));
    assert_null(perebor_suggest("standard", names, 0));
    char word[200];
    memset(word, 's', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    assert_null(perebor_suggest(word, names, n_names));
}

static void a_swap_is_one_mistake(void **state) {
    (void)state;
    const char *const candidates[] = {"abd", "bac"};
    assert_string_equal(perebor_suggest("abc", candidates, 2), "abd");
    assert_string_equal(perebor_suggest("bca", candidates, 2), "bac");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_name_is_found),
        cmocka_unit_test(nothing_near_is_nothing),
        cmocka_unit_test(a_swap_is_one_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
