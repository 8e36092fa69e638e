// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/status.h"

static void a_message_is_formatted(void **state) {
    (void)state;
    perebor_error error;
    assert_int_equal(perebor_fail(&error, PEREBOR_ERR_IO, "line %d", 3), PEREBOR_ERR_IO);
    assert_int_equal(error.status, PEREBOR_ERR_IO);
    assert_string_equal(error.message, "line 3");
}

static void a_message_may_quote_itself(void **state) {
    (void)state;
    perebor_error error;
    (void)perebor_fail(&error, PEREBOR_ERR_FORMAT, "bad value");
    (void)perebor_fail(&error, PEREBOR_ERR_FORMAT, "file.yaml: %s", error.message);
    assert_string_equal(error.message, "file.yaml: bad value");
}

static void a_long_message_is_cut_at_a_whole_character(void **state) {
    (void)state;
    perebor_error error;
    for (size_t shift = 0; shift < 4; shift++) {
        char text[2048];
        memset(text, 'x', shift);
        for (size_t i = shift; i + 2 < sizeof text; i += 2) {
            memcpy(text + i, "\xd1\x8f", 3); // я
        }
        (void)perebor_fail(&error, PEREBOR_ERR_IO, "%s", text);
        size_t length = strlen(error.message);
        assert_true(length >= sizeof error.message - 2);
        assert_int_equal((length - shift) % 2, 0);
    }
}

static void no_error_is_wanted(void **state) {
    (void)state;
    assert_int_equal(perebor_fail(NULL, PEREBOR_ERR_MEMORY, "x"), PEREBOR_ERR_MEMORY);
    assert_int_equal(perebor_no_memory(NULL, "for %d rows", 3), PEREBOR_ERR_MEMORY);
}

static void what_there_is_no_memory_for_is_said_in_one_way(void **state) {
    (void)state;
    perebor_error error;
    assert_int_equal(perebor_no_memory(&error, "for %d rows", 3), PEREBOR_ERR_MEMORY);
    assert_int_equal(error.status, PEREBOR_ERR_MEMORY);
    assert_string_equal(error.message, "no memory for 3 rows");
    char name[2048];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    (void)perebor_no_memory(&error, "to read %s", name);
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
    assert_int_equal(strncmp(error.message, "no memory to read xxx", 21), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_formatted),
        cmocka_unit_test(a_message_may_quote_itself),
        cmocka_unit_test(a_long_message_is_cut_at_a_whole_character),
        cmocka_unit_test(no_error_is_wanted),
        cmocka_unit_test(what_there_is_no_memory_for_is_said_in_one_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
