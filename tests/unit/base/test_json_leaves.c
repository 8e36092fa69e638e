// SPDX-License-Identifier: MIT
/** JSON as paths and values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json_leaves.h"

/** The leaves as "path=value;" one after the other; "!" for what is no JSON. */
static void read(const char *text, char *list, size_t size) {
    perebor_arena arena = {0};
    perebor_error error = {0};
    const json_leaf *leaves = NULL;
    size_t n = 0, used = 0;
    list[0] = '\0';
    if (json_leaves_read(&arena, text, &leaves, &n, &error) != PEREBOR_OK) {
        assert_int_equal(error.status, PEREBOR_ERR_FORMAT);
        (void)snprintf(list, size, "!");
    }
    for (size_t i = 0; i < n; i++) {
        used +=
            (size_t)snprintf(list + used, size - used, "%s=%s;", leaves[i].path, leaves[i].value);
    }
    perebor_arena_release(&arena);
}

static void leaves_have_paths(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"{}", ""},
        {"[]", "=[];"},
        {"1", "=1;"},
        {" {\"a\" : -1.5e3 , \"b\":{\"c\":null}} ", "a=-1.5e3;b.c=null;"},
        {"{\"list\":[1,\"x, ]\",[2]],\"t\":true}", "list=[1,\"x, ]\",[2]];t=true;"},
        {"{\"s\":[{\"op\":\"a\"},{\"op\":\"b\",\"n\":[{}]}]}", "s[0].op=\"a\";s[1].op=\"b\";"},
        {"{\"q\":\"a \\\" } b\",\"Ж\":\"\\\\\"}", "q=\"a \\\" } b\";Ж=\"\\\\\";"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char list[256];
        read(cases[i][0], list, sizeof list);
        assert_string_equal(list, cases[i][1]);
    }
}

static void what_is_no_json_is_refused(void **state) {
    (void)state;
    static const char *const cases[] = {"",      "{",           "{\"a\"}",    "{\"a\":}",
                                        "[1,",   "{} {}",       "{\"a\":1,}", "\"never",
                                        "{a:1}", "[{\"a\":1},2"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char list[256];
        read(cases[i], list, sizeof list);
        assert_string_equal(list, "!");
    }
}

/** As deep as 64, and no deeper: the walk takes no more of the stack than that. */
static void depth_has_an_end(void **state) {
    (void)state;
    char text[1024] = "";
    char list[256];
    for (size_t depth = 0; depth < 100; depth++) {
        strcat(text, depth % 2 ? "{\"a\":" : "[");
    }
    read(text, list, sizeof list);
    assert_string_equal(list, "!");
    memset(text, '[', 60);
    memset(text + 60, ']', 60);
    text[120] = '\0';
    read(text, list, sizeof list);
    assert_int_equal(strlen(list), 122);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_have_paths),
        cmocka_unit_test(what_is_no_json_is_refused),
        cmocka_unit_test(depth_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
