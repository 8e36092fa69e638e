// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/space.h"

#define INTEGER(n) ((perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = (n)})
#define REAL(x) ((perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = (x)})
#define TEXT(s) ((perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = (s)})
#define BOOLEAN(b) ((perebor_value){.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = (b)})
#define NONE ((perebor_value){.kind = PEREBOR_VALUE_NONE})

static void formats(perebor_value value, const char *wanted) {
    char text[64];
    memset(text, '#', sizeof text);
    assert_int_equal(perebor_value_format(value, text, sizeof text), strlen(wanted));
    assert_string_equal(text, wanted);
    for (size_t size = 0; size <= strlen(wanted); size++) { // cut, ended, and never beyond
        memset(text, '#', sizeof text);
        assert_int_equal(perebor_value_format(value, text, size), strlen(wanted));
        assert_true(size == 0 || memchr(text, '\0', size) != NULL);
        assert_int_equal(text[size], '#');
    }
}

static void values_are_written_as_json(void **state) {
    (void)state;
    formats(NONE, "null");
    formats(BOOLEAN(true), "true");
    formats(BOOLEAN(false), "false");
    formats(INTEGER(-12), "-12");
    formats(REAL(1.0), "1.0");
    formats(REAL(1e-4), "0.0001");
    formats(TEXT("l1"), "\"l1\"");
    formats(TEXT(""), "\"\"");
    formats(TEXT("a\"b\\c\n"), "\"a\\\"b\\\\c\\u000a\"");
    formats(TEXT("да"), "\"да\"");
}

static void values_equal_in_kind_and_content(void **state) {
    (void)state;
    char copy[] = "l1";
    assert_true(perebor_value_equal(TEXT("l1"), TEXT(copy)));
    assert_true(perebor_value_equal(NONE, NONE));
    assert_true(perebor_value_equal(INTEGER(3), INTEGER(3)));
    assert_false(perebor_value_equal(INTEGER(3), REAL(3.0)));
    assert_false(perebor_value_equal(REAL(0.0), REAL(-0.0)));
    assert_false(perebor_value_equal(BOOLEAN(true), BOOLEAN(false)));
    assert_false(perebor_value_equal(TEXT("l1"), TEXT("l2")));
}

static void values_are_ordered_by_kind_then_content(void **state) {
    (void)state;
    const perebor_value ascending[] = {NONE,         BOOLEAN(false),  BOOLEAN(true), INTEGER(-3),
                                       INTEGER(2),   REAL(-1.0),      REAL(0.0),     REAL(-0.0),
                                       REAL(1e-300), TEXT("entropy"), TEXT("gini")};
    enum { N = sizeof ascending / sizeof *ascending };
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < N; j++) {
            int order = perebor_value_compare(ascending[i], ascending[j]);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_written_as_json),
        cmocka_unit_test(values_equal_in_kind_and_content),
        cmocka_unit_test(values_are_ordered_by_kind_then_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
